"""Quản trị: an organisation administrator's accounts and units; a system administrator's organisations; the security log, which
a head reads too."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from models.access import Current, Permission
from pages.parts import administration, administration_catalogues, opening, page, period_rules, places
from pages.parts.guard import enter
from pages.parts.words import t

current = enter(Permission.SECURITY_LOG_READ)
TABS = "administration.tabs"
page.head(current, t("Administration"))
rooms: dict[str, Callable[[Current], Any]] = {}
if current.may(Permission.ACCOUNT_MANAGE):
    rooms = {
        t("Accounts"): administration.accounts,
        t("Units"): administration.units,
        t("Places"): places.places,
        t("Catalogues"): administration_catalogues.catalogues,
        t("Reporting periods"): period_rules.rules,
    }
if current.may(Permission.ORGANISATION_MANAGE):
    rooms[t("Organisations")] = administration.organisations
rooms[t("Security log")] = administration.security_log
asked = (
    t("Catalogues") if administration_catalogues.ADDRESS in st.query_params and TABS not in st.session_state else None
)
opening.tabs(TABS, {name: (name, partial(inside, current)) for name, inside in rooms.items()}, asked)
