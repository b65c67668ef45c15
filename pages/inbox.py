"""Hộp thư: what changed since the last visit, what waits for me, what is due, what I watch."""

import streamlit as st

from models import inbox
from models.access import Permission
from pages.parts import address, inbox_deadlines, inbox_news, inbox_watch, page, waiting
from pages.parts.guard import enter
from pages.parts.kept import revision_of
from pages.parts.words import N_, number, t
from pages.server import live

current = enter(Permission.RECORD_READ)
DRAWN = "inbox.drawn"  # up to which entry, and when: what "mark all as read" is about
ROOMS = {"moi": N_("News"), "han": N_("Deadlines"), "theo-doi": N_("What I watch")}


def news() -> None:
    """Unread first; everything on a switch."""
    every = address.flag(st, "da-doc", "1", t("Show what I have read"), key="inbox.every")
    found = inbox.news(current, unread_only=not every)
    if not found:
        page.empty(t("Nothing new."), t("What others do to records that you own, watch or decide on appears here."))
    inbox_news.show(current, found)


live.follow(current.organisation_id or 0, revision_of(current))
unread = inbox.unread_count(current)
said = t("{count} record(s) with news for you.", count=number(unread)) if unread else t("You have read everything.")
actions = page.head(current, t("Inbox"), said)
if unread and actions.button(t("Mark all as read"), key="inbox.read_all", icon=":material/done_all:"):
    inbox.read_all(current, *st.session_state.get(DRAWN, ()))
    inbox_watch.read()
st.session_state[DRAWN] = (inbox.newest(current), current.now())
room = address.room("phan", {code: t(name) for code, name in ROOMS.items()}, key="inbox.room")
if room == "han":
    inbox_deadlines.show(current)
elif room == "theo-doi":
    inbox_news.watched(current)
else:
    left, right = st.columns([3, 2])
    with right:
        waiting.for_me(current)
    with left:
        news()
