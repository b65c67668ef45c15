"""Màn hình treo tường (/chi-so?tv=1): four figures, a trend, the latest entries and a clock; nothing to click, no names."""

import streamlit as st

from models.access import Permission
from pages.parts import wall_view
from pages.parts.guard import enter
from pages.server import live

current = enter(Permission.WALL)
ANEW = 600  # seconds: a new day, what is over by now, and a page that comes back after its server was away


@st.fragment(run_every=ANEW)
def head() -> None:
    wall_view.show_head(enter(Permission.WALL))


@st.fragment(run_every=ANEW)
def scene() -> None:
    current = enter(Permission.WALL)
    own = current.organisation_id or 0
    wall_view.show(current, live.following({own})[own])


head()
scene()
