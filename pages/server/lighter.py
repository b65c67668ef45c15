"""What Streamlit does in every run, or for every element of a page, although it comes to the same each time: done once, or not
at all. All of it leans on Streamlit's inside; tests/server/test_lighter.py holds each beside what it stands in for."""

import functools
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import streamlit as st
from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper  # type: ignore[import-untyped]
from streamlit import string_util, user_info
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.metrics_util import gather_metrics
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType
from streamlit.runtime.secrets import AttrDict
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.common import is_element_id
from streamlit.runtime.state.session_state import STREAMLIT_INTERNAL_KEY_PREFIX


def take() -> None:
    """From now on."""
    theme_once()
    icons_once()
    no_secrets()
    enums_once()
    state_by_key()
    asked_in_passing()
    uncounted()


def theme_once() -> None:
    """Streamlit reads our theme out of its settings six times a run, for always the same message: half a millisecond that
    two hundred pages wait for when they are told of a change."""
    read, known = app_session._populate_theme_msg, dict[str, CustomThemeConfig]()

    def remembered(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in known:
            known[section] = CustomThemeConfig()
            read(known[section], section)
        msg.MergeFrom(known[section])

    app_session._populate_theme_msg = remembered


def icons_once() -> None:
    """Streamlit looks whether each choice of a widget begins with an emoji by a pattern of some thousand branches, which
    Python hashes anew every time, and takes the name of every icon apart. The words are the same from run to run."""
    for name in ("extract_leading_emoji", "validate_material_icon"):
        setattr(string_util, name, functools.lru_cache(2000)(getattr(string_util, name)))


def no_secrets() -> None:
    """Each look at `st.user` looks for a file of secrets on the disk, in case it asks for a sign-in. We have none: our
    sign-in is the gate's."""
    user_info.get_secrets_auth_section = lambda: AttrDict({})  # type: ignore[attr-defined]


def enums_once() -> None:
    """A message's choices of a fixed set ("small", "left") are looked up by their names through three layers of Python. Once
    found, they lie beside the names."""
    look_up = EnumTypeWrapper.__getattr__

    def found(self: EnumTypeWrapper, name: str) -> int:
        value: int = look_up(self, name)
        self.__dict__[name] = value
        return value

    EnumTypeWrapper.__getattr__ = found


class _ByKey(Mapping[str, Any]):
    """What `SessionState.filtered_state` gives, put together only for who goes through all of it."""

    def __init__(self, state: SessionState) -> None:
        self._state = state

    @functools.cached_property
    def _whole(self) -> dict[str, Any]:
        return _whole_state(self._state)

    def __getitem__(self, key: str) -> Any:
        if is_element_id(key) or key.startswith(STREAMLIT_INTERNAL_KEY_PREFIX):
            raise KeyError(key)
        return self._state[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._whole)

    def __repr__(self) -> str:
        return repr(self._whole)


_whole_state = SessionState.filtered_state.fget  # type: ignore[attr-defined]


def state_by_key() -> None:
    """Every text box and every choice copies the whole state of its session to look one key up in it: a form of thirty
    fields does so thirty times."""
    SessionState.filtered_state = property(_ByKey)  # type: ignore[assignment, method-assign]


def asked_in_passing() -> None:
    """With every message and every look at the session a run asks whether it is to stop or to begin anew: five steps to learn
    that it is not. Nobody here draws in several threads, whose end would be asked for too."""
    ask = ScriptRunner._maybe_handle_execution_control_request

    def pass_by(self: ScriptRunner) -> None:
        if self._requests._state is not ScriptRequestType.CONTINUE:
            ask(self)

    ScriptRunner._maybe_handle_execution_control_request = pass_by  # type: ignore[method-assign]


def uncounted() -> None:
    """Streamlit times each of its commands for its makers' statistics, which are off here (`browser.gatherUsageStats`): a
    wrapper around every part of a page. The commands themselves are taken instead."""
    for cls in DeltaGenerator.__mro__:
        for name, command in list(vars(cls).items()):
            if inspect.isfunction(command) and command.__code__ is _COUNTED:
                setattr(cls, name, command.__wrapped__)  # type: ignore[attr-defined]
    for name, command in list(vars(st).items()):
        if inspect.ismethod(command) and command.__func__.__code__ is _COUNTED:
            setattr(st, name, getattr(command.__self__, command.__func__.__name__))


_COUNTED = gather_metrics("_", lambda: None).__code__
