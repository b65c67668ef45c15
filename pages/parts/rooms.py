"""The addresses of the app, and who may open them. The frame draws the navigation from it."""

import copy
import functools
import threading
from dataclasses import dataclass
from typing import Any

import streamlit as st

from models.access import Permission
from models.draft import N_


@dataclass(frozen=True)
class Place:
    """One address: its file, its title, its icon, who may open it, and the group of the navigation it stands in."""

    address: str
    file: str
    title: str
    icon: str
    permissions: tuple[Permission, ...]
    group: str = ""


P = Permission
PLACES = (
    Place("", "overview.py", N_("Overview"), ":material/home:", (P.OVERVIEW,)),
    Place("hop-thu", "inbox.py", N_("Inbox"), ":material/inbox:", (P.RECORD_READ,)),
    Place("chi-so", "kpis.py", N_("Figures"), ":material/monitoring:", (P.KPI_READ, P.KPI_BOARD), N_("Follow")),
    Place("phoi-hop", "joint_operations.py", N_("Joint work"), ":material/handshake:", (P.LEDGER_READ,), N_("Follow")),
    Place("vu-viec", "incidents.py", N_("Incidents"), ":material/report:", (P.RECORD_READ,), N_("Record")),
    Place("kiem-tra", "inspections.py", N_("Inspections"), ":material/fact_check:", (P.RECORD_READ,), N_("Record")),
    Place("su-kien", "events.py", N_("Events"), ":material/account_balance:", (P.RECORD_READ,), N_("Record")),
    Place("so-theo-doi", "register.py", N_("Register"), ":material/menu_book:", (P.RECORD_READ,), N_("Record")),
    Place(
        "quan-tri",
        "administration.py",
        N_("Administration"),
        ":material/settings:",
        (P.ACCOUNT_MANAGE, P.ORGANISATION_MANAGE, P.SECURITY_LOG_READ),
        N_("Manage"),
    ),
    Place("tai-khoan", "my_account.py", N_("My account"), ":material/manage_accounts:", (P.OWN_ACCOUNT,), N_("Manage")),
)


def room(place: Place, title: str) -> st.Page:
    """The page of a place, to be registered. Each run has one of its own, since Streamlit notes on it that it was run; but
    where its file lies on the disk is looked up once."""
    return copy.copy(_found(place, title))


@functools.lru_cache(500)
def _found(place: Place, title: str) -> st.Page:
    return st.Page(place.file, title=title, icon=place.icon, url_path=place.address, default=not place.address)


_here = threading.local()  # a run has a thread of its own while it runs


def stand(pages: dict[str, Any]) -> None:
    """The frame's, in every run of the whole page: file → the page that it has registered."""
    _here.pages = pages


def page_of(file: str) -> Any:
    """What a link to a file's page is given. By the file's name Streamlit looks on the disk where it really lies, for every
    link of every run; the page itself tells it without. (A fragment that runs by itself has the name alone.)"""
    return getattr(_here, "pages", {}).get(file, file)
