"""What many people look at is drawn once. After a change the house runs the same fragment for every open page; the first run
is written down, message by message, and the others send the same: to draw two hundred pages takes many seconds, to send them
one or two.

Only for what is the same for everybody of an organisation and role, and only for a run that nobody asked for: what a person
clicks is always drawn. Widgets may be among it: a session that has them from a run of its own keeps them and their values.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext, ThreadState, get_script_run_ctx

from models.access import Current
from pages.parts import page
from pages.parts.kept import DRAWINGS, kept
from pages.parts.words import language

# What belongs to one session or to one moment.
NEVER = {
    "form",
    "dialog",
    "exception",
    "toast",
    "balloons",
    "snow",
    "file_uploader",
    "component_instance",
    "bidi_component",
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """The messages of a run, and the widgets among them."""

    frames: tuple[bytes, ...]
    widgets: frozenset[str]


def drawn(current: Current, revision: int, what: Hashable, draw: Callable[[], None], *, holds: str = "") -> None:
    """Draw, or send what was drawn of `what` at this revision. `what` names everything that the drawing depends on beside
    the entries of the session that begin with `holds` (choices, what was clicked); the reader's own name does not belong
    into the drawing."""
    place, ctx = st.container(), get_script_run_ctx(suppress_warning=True)
    if ctx is None or not ctx.fragment_ids_this_run:
        with place:
            draw()
        return
    first: list[bool] = []

    def write_down() -> Drawing | None:
        first.append(True)
        with place:
            return _written_down(ctx, draw)

    view = ("drawn", what, _where(ctx, place), _how(), _held(holds))
    found = kept(current, revision, view, write_down, room=DRAWINGS)
    if first:
        return
    if found is None or not found.widgets <= _known(ctx):
        with place:
            draw()
        return
    for frame in found.frames:
        ctx.enqueue(ForwardMsg.FromString(frame))
    for widget in found.widgets:  # else the session would forget them as gone
        ctx.shared.widget_ids_this_run.check_and_add(widget)


def _where(ctx: ScriptRunContext, place: DeltaGenerator) -> Hashable:
    """The place on the page, which every message names."""
    thread, cursor = ThreadState.get(), place._cursor
    return thread.fragment_id, ctx.page_script_hash, tuple(cursor.delta_path) if cursor else ()


def _how() -> Hashable:
    """What a browser changes of a drawing."""
    return language(), st.context.theme.type, page.on_a_phone()


def _held(prefix: str) -> Hashable:
    keys = [key for key in st.session_state if str(key).startswith(prefix)] if prefix else []
    return tuple(sorted((str(key), repr(st.session_state[key])) for key in keys))


def _known(ctx: ScriptRunContext) -> set[str]:
    """The widgets that this session has."""
    return set(ctx.session_state._state._new_widget_state.widget_metadata)


def _written_down(ctx: ScriptRunContext, draw: Callable[[], None]) -> Drawing | None:
    """Draw, and give what was sent; None if something of it is not to be sent again."""
    found: list[ForwardMsg] = []
    fragments, before = ctx.fragment_storage.registration_sequence(), ctx.shared.widget_ids_this_run.snapshot()

    def enqueue(message: ForwardMsg) -> None:
        ScriptRunContext.enqueue(ctx, message)  # before the copy: it gives the message its hash
        copy = ForwardMsg()
        copy.CopyFrom(message)
        found.append(copy)

    ctx.enqueue = enqueue  # type: ignore[method-assign, assignment]
    try:
        draw()
    finally:
        del ctx.enqueue
    if ctx.fragment_storage.registration_sequence() != fragments or not all(map(_may_be_sent_again, found)):
        return None
    widgets = (ctx.shared.widget_ids_this_run.snapshot() - before) & _known(ctx)
    return Drawing(tuple(message.SerializeToString() for message in found), frozenset(widgets))


def _may_be_sent_again(message: ForwardMsg) -> bool:
    if message.WhichOneof("type") != "delta":
        return False
    kind = message.delta.WhichOneof("type")
    if kind not in ("new_element", "add_block"):
        return False
    what = message.delta.new_element.WhichOneof("type") or message.delta.add_block.WhichOneof("type")
    return what not in NEVER and b"/media/" not in message.SerializeToString()  # files are handed out to one session
