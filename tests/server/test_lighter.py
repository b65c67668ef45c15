"""Each thing that Streamlit is spared comes to what Streamlit makes of it."""

import threading
from typing import Any

import pytest
import streamlit as st
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper
from streamlit import string_util, user_info
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.proto.GapSize_pb2 import GapSize
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import RerunData, RerunException, ScriptRunner, StopException
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import WidgetMetadata

from pages.server import lighter


def test_the_theme_that_is_remembered_is_the_one_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    sections = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")
    read = app_session._populate_theme_msg
    monkeypatch.setattr(app_session, "_populate_theme_msg", read)
    lighter.theme_once()
    for _ in range(2):
        for section in sections:
            before, after = CustomThemeConfig(), CustomThemeConfig()
            read(before, section)
            app_session._populate_theme_msg(after, section)
            assert after == before, section


def test_an_icon_that_is_remembered_is_the_one_that_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    find, check = string_util.extract_leading_emoji, string_util.validate_material_icon
    monkeypatch.setattr(string_util, "extract_leading_emoji", find)
    monkeypatch.setattr(string_util, "validate_material_icon", check)
    lighter.icons_once()
    for _ in range(2):
        for words in ("🚨 Khẩn", "Quá hạn 3", "Open", ""):
            assert string_util.extract_leading_emoji(words) == find(words)
            assert string_util.extract_leading_icon(words)[0] == find(words)[0]
        assert string_util.validate_icon_or_emoji(":material/home:") == check(":material/home:") == ":material/home:"
        with pytest.raises(StreamlitAPIException):
            string_util.validate_icon_or_emoji(":material/no_such_thing:")


def test_no_file_of_secrets_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_info, "get_secrets_auth_section", user_info.get_secrets_auth_section)  # type: ignore[attr-defined]
    before = user_info.get_secrets_auth_section()  # type: ignore[attr-defined]
    lighter.no_secrets()
    assert dict(user_info.get_secrets_auth_section()) == dict(before) == {}  # type: ignore[attr-defined]


def a_state() -> SessionState:
    """Words of a page's own, a widget with a key and one without."""
    state = SessionState()
    state["own"], state["nothing"] = 5, None
    for number, key in ((1, "box"), (2, None)):
        widget = f"$$ID-{number:032}-{key}"
        kept: WidgetMetadata[Any] = WidgetMetadata(widget, lambda value: value, lambda value: value, "string_value")
        state._set_widget_metadata(kept)
        state._new_widget_state.set_from_value(widget, "typed")
        if key:
            state._set_key_widget_mapping(widget, key)
    return state


def test_a_key_of_the_session_is_looked_up_as_in_the_copy_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = a_state().filtered_state
    monkeypatch.setattr(SessionState, "filtered_state", SessionState.filtered_state)
    lighter.state_by_key()
    state = a_state()
    looked_up = state.filtered_state
    assert whole == {"own": 5, "nothing": None, "box": "typed"}
    assert dict(looked_up) == whole
    for key in (*whole, *state._keys(), "missing", "$$STREAMLIT_INTERNAL_KEY_X"):
        assert (key in looked_up) == (key in whole), key
        assert looked_up.get(key) == whole.get(key), key


def test_a_choice_of_a_fixed_set_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = EnumTypeWrapper.__getattr__
    monkeypatch.setattr(EnumTypeWrapper, "__getattr__", look_up)
    lighter.enums_once()
    sizes = EnumTypeWrapper(GapSize.DESCRIPTOR)
    for _ in range(2):
        assert {name: getattr(sizes, name) for name in sizes.keys()} == dict(sizes.items())  # noqa: SIM118 - no dictionary
        with pytest.raises(AttributeError):
            _ = sizes.HUGE


class Runner:
    """As much of a run as is asked whether it is to end."""

    def __init__(self) -> None:
        self._requests, self._execing, self._script_thread = ScriptRequests(), True, threading.current_thread()

    def _is_in_script_thread(self) -> bool:
        return True


def test_a_run_that_is_to_stop_or_to_begin_anew_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        ScriptRunner,
        "_maybe_handle_execution_control_request",
        ScriptRunner._maybe_handle_execution_control_request,
    )
    lighter.asked_in_passing()
    ask = ScriptRunner._maybe_handle_execution_control_request
    runner: Any = Runner()
    assert ask(runner) is None  # type: ignore[func-returns-value]
    runner._requests.request_rerun(RerunData())
    with pytest.raises(RerunException):
        ask(runner)
    assert ask(runner) is None  # type: ignore[func-returns-value]
    runner._requests.request_stop()
    with pytest.raises(StopException):
        ask(runner)


def test_no_command_is_timed_for_statistics_that_nobody_takes() -> None:
    import app  # noqa: F401

    for command in (st.markdown, st.dataframe, st.container, st.button, st.metric, DeltaGenerator.columns):
        assert getattr(command, "__func__", command).__code__ is not lighter._COUNTED
    assert st.markdown.__self__ is st.text_input.__self__  # type: ignore[attr-defined]
