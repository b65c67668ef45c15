"""What a figure of inspections counts: visits, findings or re-checks, a page at a time; a click opens the round."""

from typing import Any

import streamlit as st

from models import counted
from models.access import Current
from models.catalogue import entries
from models.counted import Counted, Line
from pages.parts import lists, page
from pages.parts.words import date, label, t

TABLES = ("inspection_visit", "finding", "recheck")
SIZE = 15


def show(current: Current, what: Counted) -> int | None:
    """The rows behind the number; returns the round of the one that was clicked."""
    total = counted.size(current, what)
    if not total:
        page.empty(t("Nothing was counted here."))
        return None
    place = st.container()
    offset = lists.pager(total, SIZE, "counted.page")
    found = counted.inspection_lines(current, what, SIZE, offset)
    columns, shown = _drawn(current, counted.table(what), found)
    with place:
        picked = lists.table(shown, columns, range(len(found)), f"counted.{counted.table(what)}")
    return None if picked is None else found[picked].round_id


def _drawn(current: Current, table: str, found: list[Line]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Columns and rows, by what is listed."""
    text = st.column_config.TextColumn
    place = {"place": text(t("Establishment"), width=220)}
    if table == "inspection_visit":
        columns = {"day": text(t("Visited on"), width=95), **place, "ward": text(t("Ward or commune"), width=150)}
        return columns, [{"day": date(one.row.visited_on), **_place(one), "ward": one.row.ward} for one in found]
    item = {"item": text(t("Violation"), width=320)}
    if table == "finding":
        columns = {"day": text(t("Remedy deadline"), width=110), "done": text(t("Put right on"), width=110)}
        days = ({"day": date(one.row.deadline), "done": date(one.row.remedied_on)} for one in found)
    else:
        results = entries(current, "recheck_result")
        columns = {"day": text(t("Re-checked on"), width=110), "result": text(t("Result"), width=130)}
        days = ({"day": date(one.row.checked_on), "result": label(results, one.row.result)} for one in found)
    return columns | item | place, [day | _item(one) | _place(one) for day, one in zip(days, found, strict=True)]


def _place(one: Line) -> dict[str, str]:
    return {"place": one.visit.place}


def _item(one: Line) -> dict[str, str]:
    return {"item": one.finding.item if one.finding else ""}
