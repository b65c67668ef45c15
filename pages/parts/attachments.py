"""The files of a record: small pictures, who brought them and when, the hash; taking one out, striking one, adding some.

`attachments.show(current, "incident", row)` in a tab that `attachments.title` names: the same for rounds and events.
"""

import secrets
from typing import Any

import streamlit as st

from models import attachment, guard
from models.access import Current, Permission, Refusal
from models.attachment import AttachDraft, Attachment
from models.draft import ReasonDraft, valid
from models.file_kinds import ENDINGS, LARGEST
from models.settings import settings
from pages.parts import downloads, forms, guarding, page
from pages.parts.kept import kept, revision_of
from pages.parts.refusals import explain
from pages.parts.words import N_, moment, number, plain, t

PHOTOS = N_("Photos lose the place and the camera data in them.")
KINDS = N_("Photos (JPEG, PNG, WebP) and documents (PDF, .docx, .xlsx), up to {megabytes} MB each.")
ICONS = {
    "application/pdf": ":material/picture_as_pdf:",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ":material/table:",
}
WIDTH = 128


def title(current: Current, subject: str, row: Any) -> str:
    """What the tab is called: "Files (2)"."""
    what = ("files", current.account_id, subject, row.id)
    count = kept(current, revision_of(current), what, lambda: _count(current, subject, row.id))
    return t("Files ({count})", count=number(count)) if count else t("Files")


def _count(current: Current, subject: str, row_id: int) -> int:
    return sum(one.struck_at is None for one in attachment.attachments(current, subject, row_id))


def show(current: Current, subject: str, row: Any) -> None:
    """Everything that this account may see of a record's files and do with them."""
    if current.may(Permission.RECORD_WRITE):
        _add(current, subject, row.id)
    rows = attachment.attachments(current, subject, row.id)
    if not rows:
        st.caption(t("No files yet."))
    for one in rows:
        _one(current, one)


# ---- one file -------------------------------------------------------------------------------------------------------
def _one(current: Current, row: Attachment) -> None:
    readable = attachment.readable(row, by_head=current.may(Permission.NOTE_STRIKE_ANY))
    with st.container(border=True):
        line = st.container(horizontal=True, vertical_alignment="top", gap="small")
        if readable and row.preview_sha256:  # by the file route, which asks for each picture who may see it
            line.image(f"{settings.public_url.rstrip('/')}/tep/{row.id}?xem=nho", width=WIDTH)
        with line.container(width="stretch", gap="xsmall"):
            _words(current, row)
            _steps(current, row, readable)


def _words(current: Current, row: Attachment) -> None:
    name = f":gray[~~{plain(row.name)}~~]" if row.struck_at else f"**{plain(row.name)}**"
    st.markdown(f"{_icon(row)} {name}")
    if row.caption:
        st.markdown(plain(row.caption))
    st.caption(" · ".join((plain(row.entered_by_name), moment(row.entered_at, current), _size(row.size))))
    st.caption(f"SHA-256 {row.sha256[:16]}…", help=f"`{row.sha256}`")
    if row.struck_at:
        said = {"name": plain(row.struck_by_name), "reason": plain(row.struck_reason)}
        st.caption(t("Struck out by {name}: {reason}", **said))


def _icon(row: Attachment) -> str:
    if row.struck_at:
        return ":material/block:"
    return ":material/image:" if row.preview_sha256 else ICONS.get(row.content_type, ":material/description:")


def _size(size: int) -> str:
    return f"{number(max(1, size / 1024))} KB" if size < 1 << 20 else f"{number(size / (1 << 20), 1)} MB"


def _steps(current: Current, row: Attachment, readable: bool) -> None:
    line = st.container(horizontal=True, gap="small")
    with line:
        if readable:
            downloads.link(f"/tep/{row.id}", t("Download"))
        own = row.entered_by == current.account_id or current.may(Permission.NOTE_STRIKE_ANY)
        if row.struck_at is None and own and current.may(Permission.RECORD_WRITE):
            forms.ask(
                current,
                f"attachment.strike.{row.id}",
                t("Strike out"),
                ReasonDraft,
                lambda asked: attachment.strike(current, row.id or 0, asked.reason),
                type="tertiary",
                icon=":material/strikethrough_s:",
            )


# ---- adding ---------------------------------------------------------------------------------------------------------
def _add(current: Current, subject: str, subject_id: int) -> None:
    """Chosen, said, ticked, sent. What could not be taken says why and stays chosen; the rest is there already."""
    key = f"{subject}.{subject_id}.files"
    nonce = st.session_state.setdefault(f"{key}.nonce", secrets.token_urlsafe(16))
    with st.expander(t("Attach files"), icon=":material/attach_file:", key=f"{key}.open"):
        guarding.banner(t(PHOTOS), small=True)
        chosen = st.file_uploader(
            t("Choose files"),
            type=list(ENDINGS),
            accept_multiple_files=True,
            max_upload_size=LARGEST >> 20,
            key=f"{key}.chosen.{nonce}",
            help=t(KINDS, megabytes=LARGEST >> 20),
        )
        said = {
            "caption": st.text_input(t("What they show"), key=f"{key}.caption.{nonce}"),
            "not_secret": st.checkbox(
                f"{t('These are not state-secret documents')} *", key=f"{key}.not_secret.{nonce}"
            ),
        }
        reason = _reason(key, nonce)
        there = st.session_state.get(f"{key}.there.{nonce}", ())
        waiting = [file for file in chosen if file.file_id not in there]
        if st.button(t("Attach"), key=f"{key}.send", type="primary", disabled=not waiting):
            try:
                _send(current, (subject, subject_id), waiting, valid(AttachDraft, said), reason, nonce)
            except Refusal as refusal:
                st.session_state[f"{key}.refused.{nonce}"] = [explain(refusal)]
        if chosen and not waiting:  # what was refused has been taken away again
            _forget(key, nonce)
            st.rerun()
        for sentence in st.session_state.get(f"{key}.refused.{nonce}", ()) if waiting else ():
            st.error(sentence, icon=":material/error:")


def _send(
    current: Current, record: tuple[str, int], waiting: list[Any], draft: AttachDraft, reason: str, nonce: str
) -> None:
    """One verb a file, so that a bad one does not keep the others out. Then everything is drawn anew."""
    key, refused = f"{record[0]}.{record[1]}.files", {}
    with st.spinner(t("Looking at the files …")):
        for file in waiting:
            try:
                taken = attachment.take(file.name, file.getvalue())
                with guard.despite(reason):
                    attachment.attach(current, *record, draft, taken, nonce=f"{nonce}.{taken.received_sha256[:40]}")
            except Refusal as refusal:
                refused[file.file_id] = (file.name, refusal)
    there = [file.file_id for file in waiting if file.file_id not in refused]
    if there:
        page.done(t("Attached: {count}.", count=number(len(there))))
    st.session_state[f"{key}.there.{nonce}"] = [*st.session_state.get(f"{key}.there.{nonce}", ()), *there]
    st.session_state[f"{key}.refused.{nonce}"] = [
        f"**{plain(name)}**: {explain(why)}" for name, why in refused.values()
    ]
    st.session_state[f"{key}.guarded.{nonce}"] = any(why.code == "guarded" for _, why in refused.values())
    if not refused:
        _forget(key, nonce)
    st.rerun()


def _reason(key: str, nonce: str) -> str:
    """Asked for once the guard stopped a name or what was said of the files."""
    if not st.session_state.get(f"{key}.guarded.{nonce}"):
        return ""
    return st.text_input(t("Why the name or the text must stay so"), key=f"{key}.reason.{nonce}")


def _forget(key: str, nonce: str) -> None:
    for name in [one for one in st.session_state if str(one).startswith(f"{key}.") and str(one).endswith(nonce)]:
        del st.session_state[name]
    del st.session_state[f"{key}.nonce"]
