"""Pages for the tests of the server: a plain sign-in, something protected, and one of each thing the gate looks at."""

import itertools
import time

import streamlit as st

from models import account
from pages.parts.drawn import drawn
from pages.server import live

PAGES = ("vu-viec", "chi-so", "ban", "loi", "tep-len", "anh", "widgets", "ve", "do-thi")


@st.cache_data
def made_at() -> str:
    return f"nhớ-{time.monotonic_ns()}"


def sign_in() -> None:
    st.title("Đăng nhập")
    st.text(made_at())
    with st.form("sign_in"):
        name = st.text_input("Tài khoản", key="name")
        typed = st.text_input("Mật khẩu", type="password", key="password")
        pressed = st.form_submit_button("Vào")
    if pressed:
        found = account.check(name, typed)
        if found is None:
            st.error("Sai tài khoản hoặc mật khẩu")
        else:
            run(ticket=account.begin(found, "test"), failed="Chưa vào được, xin thử lại")


def run(**data: str) -> None:
    attributes = " ".join(f'data-{name}="{value}"' for name, value in data.items())
    st.html(f'<script src="/phien.js" {attributes}></script>', unsafe_allow_javascript=True)
    st.stop()


def show(name: str) -> None:
    current = account.who(st.user.get("sid"))
    if current is None:
        sign_in()
        return
    st.title(f"Trang {name}")
    st.text(made_at())
    st.text(f"BÍ MẬT của {current.name}")
    PARTS.get(name, lambda: None)()


def figures(wait: float = 0.0) -> None:
    if st.text_input("Ghi chú", key="note"):
        st.text(f"đã nhập {st.session_state['note']}")
    st.link_button("liên kết", "https://example.vn")

    @st.fragment
    def live_figure() -> None:
        current = account.who(st.user.get("sid"))
        if current is None or current.organisation_id is None:
            st.text("không ai")
            return
        time.sleep(wait)
        revision = live.following({current.organisation_id})[current.organisation_id]
        st.metric("Bản", revision)

    live_figure()


def chart() -> None:
    """Two live fragments: what is urgent, and what may wait."""

    @st.fragment
    def later() -> None:
        current = account.who(st.user.get("sid"))
        own = current.organisation_id if current else 0
        time.sleep(0.05)
        st.text(f"đồ thị {live.following({own}, live.AFTERWARDS)[own]}")

    @st.fragment
    def first() -> None:
        current = account.who(st.user.get("sid"))
        own = current.organisation_id if current else 0
        st.text(f"số {live.following({own})[own]}")

    later()
    first()


@st.cache_resource
def turns() -> "itertools.count[int]":
    return itertools.count(1)


def shared() -> None:
    """A drawing that all who look at it get from whoever comes first, with widgets in it."""

    def count() -> None:
        st.session_state["ve.count"] = st.session_state.get("ve.count", 0) + 1

    def draw() -> None:
        st.text(f"vẽ lần {next(turns())}")
        st.text(f"chọn {st.selectbox('Tùy chọn', ['một', 'hai', 'ba'], key='ve.choice')}")
        st.button("Đếm", key="ve.button", on_click=count)
        st.text(f"đếm {st.session_state.get('ve.count', 0)}")
        with st.container(border=True), st.expander("Thêm"):
            st.dataframe({"a": [1, 2]}, key="ve.table")
            st.metric("Số", 3, delta=1)

    @st.fragment
    def live_drawing() -> None:
        current = account.who(st.user.get("sid"))
        own = current.organisation_id if current else 0
        drawn(current, live.following({own})[own], "ve", draw, holds="ve.")

    live_drawing()


def broken() -> None:
    if st.button("hỏng", key="break"):
        raise ValueError("mật khẩu của csdl nằm ở /etc/bi-mat")

    @st.fragment
    def part() -> None:
        if st.button("mảnh hỏng", key="break_part"):
            raise ValueError("mảnh /etc/bi-mat")

    part()

    def callback() -> None:
        raise ValueError("gọi lại /etc/bi-mat")

    st.button("gọi lại hỏng", key="break_callback", on_click=callback)


def upload() -> None:
    if file := st.file_uploader("Tệp", key="file"):
        st.text(f"nhận {file.name} {file.size}")


def picture() -> None:
    st.image(bytes.fromhex(PNG), width=40)


def busy() -> None:
    """A figure that takes its time, so that what a person sends meets it running."""
    figures(wait=0.8)


def widgets() -> None:
    st.text_input("Open", key="w1", required=True)
    st.selectbox("Chọn", ["Search", "Open", "ba"], index=None, key="w2")
    st.multiselect("Nhiều", ["Search", "Open", "ba", "bốn"], default=["Open"], key="w3", accept_new_options=True)
    st.date_input("Ngày", value=None, key="w4")
    st.number_input("Số", key="w5")
    st.file_uploader("Tệp", key="w6")
    st.dataframe({"Search": ["Open"], "b": [1]}, key="w7")
    st.markdown("Search")
    st.text("Search")
    st.caption("Open")
    with st.expander("Search"):
        st.write("Open")
    st.tabs(["Search", "Open"])
    st.button("Search", key="w8")
    st.radio("Open", ["Search", "Open"], key="w9")
    st.metric("Search", "Open")
    if st.toggle("English", key="english"):
        st.container(key="language-en").empty()


PNG = (
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f00010401005f"
    "e5c34b0000000049454e44ae426082"
)
PARTS = {
    "chi-so": figures,
    "ve": shared,
    "do-thi": chart,
    "loi": broken,
    "tep-len": upload,
    "anh": picture,
    "ban": busy,
    "widgets": widgets,
}

st.set_page_config(page_title="Sân khấu")
pages = [st.Page(lambda: show("đầu"), title="Đầu", url_path="", default=True)]
pages += [st.Page(lambda name=name: show(name), title=name, url_path=name) for name in PAGES]
chosen = st.navigation(pages)
live.here()
if account.who(st.user.get("sid")) and st.sidebar.button("Thoát", key="sign_out"):
    account.end_sign_in(st.user["sid"])
    run(end="1")
chosen.run()


@st.fragment(run_every=3600)
def back_again() -> None:
    """As in the real frame."""


back_again()
