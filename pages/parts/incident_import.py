"""Old incidents from a file: the template, a look at the first rows, what is wrong by row and column, then all of them."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from models import exports, incident_import, incident_template, spreadsheet
from models.access import Current, Permission, Refusal
from models.incident_import import Outcome, Problem, Tell
from models.spreadsheet import LARGEST, Cell, Table, letter
from pages.parts import downloads, guarding, long_work, page
from pages.parts.refusals import explain, sentence
from pages.parts.words import number, plain, t

ADDRESS, KEY = "tep", "import"
FIRST, MOST = 5, 500  # rows of the preview; problems that are listed


@dataclass
class _Loaded:
    """A file as it was read and checked: what the page keeps of it between two runs."""

    file_id: str
    name: str
    table: Table
    mask: bool
    outcome: Outcome
    left_out: list[str]


def is_open(current: Current) -> bool:
    return st.query_params.get(ADDRESS) == "1" and current.may(Permission.INCIDENT_IMPORT)


def button(current: Current) -> None:
    """The way in, for whom may use it."""
    if current.may(Permission.INCIDENT_IMPORT) and st.button(
        t("Bring in from a file"), key=f"{KEY}.open", icon=":material/upload_file:"
    ):
        st.query_params[ADDRESS] = "1"
        st.rerun()


def show(current: Current) -> None:
    """The whole way, from the template to the numbers that the incidents got."""
    actions = page.head(
        current, t("Bring in old incidents"), t("All rows of the file come in together, or none of them does.")
    )
    if actions.button(t("Back to the list"), key=f"{KEY}.close", icon=":material/arrow_back:"):
        _leave()
    if (done := st.session_state.get(f"{KEY}.done")) is not None:
        _said_done(done)
        return
    guarding.banner()
    _template(current)
    loaded = _loaded(current)
    if loaded is None:
        return
    _result(loaded)
    _first_rows(loaded)
    if not loaded.outcome.problems and loaded.outcome.new:
        _bring_in(current, loaded)


def _leave() -> None:
    for name in [key for key in st.session_state if str(key).startswith(f"{KEY}.")]:
        del st.session_state[name]
    st.query_params.pop(ADDRESS, None)
    st.rerun()


def _template(current: Current) -> None:
    st.markdown(t("1. Fill in the template, or give your file its headings. A .csv may be UTF-8 or Windows-1258."))
    downloads.offer(
        current,
        f"{KEY}.template",
        t("Make the template"),
        lambda: (t("Template for old incidents"), exports.SHEET, incident_template.template(current)),
        icon=":material/table:",
    )


# ---- reading and checking -------------------------------------------------------------------------------------------
def _loaded(current: Current) -> _Loaded | None:
    """The chosen file, read and checked once: again when another is chosen, or the mask is."""
    st.markdown(t("2. Choose the file. It is read and checked; nothing is saved yet."))
    file = st.file_uploader(
        t("File with old incidents"),
        type=["xlsx", "csv"],
        max_upload_size=LARGEST >> 20,
        key=f"{KEY}.file",
        label_visibility="collapsed",
    )
    if file is None:
        return None
    mask = st.checkbox(
        t("Hide identity numbers and phone numbers that stand in texts"),
        key=f"{KEY}.mask",
        help=t("All but the last three digits become dots. Without it, such rows are not taken."),
    )
    before: _Loaded | None = st.session_state.get(f"{KEY}.loaded")
    if before and (before.file_id, before.mask) == (file.file_id, mask):
        return before
    return _check(current, file, mask, before.table if before and before.file_id == file.file_id else None)


def _check(current: Current, file: Any, mask: bool, table: Table | None) -> _Loaded | None:
    name, data, file_id = file.name, file.getvalue(), file.file_id

    def do(tell: Tell) -> _Loaded:
        found = table or spreadsheet.read(data)
        outcome = incident_import.check(current, found, mask=mask, tell=tell)
        return _Loaded(file_id, name, found, mask, outcome, incident_import.not_understood(found))

    found = long_work.run(f"{KEY}.checking", (file_id, mask), do, t("Reading and checking the file …"))
    if isinstance(found, Refusal):
        st.error(explain(found), icon=":material/error:")
        return None
    st.session_state[f"{KEY}.loaded"] = found
    return found


# ---- what it holds --------------------------------------------------------------------------------------------------
def _first_rows(loaded: _Loaded) -> None:
    taken = incident_import.headings(loaded.table)
    names = incident_import.columns()
    rows = [
        {t("Row"): row.number}
        | {names[code].vi: _said(row.cells[at]) if at < len(row.cells) else "" for at, code in taken.items()}
        for row in loaded.table.rows[:FIRST]
    ]
    st.markdown(t("The first rows, as they were read:"))
    st.dataframe(rows, hide_index=True, key=f"{KEY}.first")


def _said(cell: Cell) -> str:
    return "" if cell is None else cell.strftime("%d/%m/%Y %H:%M") if hasattr(cell, "strftime") else str(cell)


def _result(loaded: _Loaded) -> None:
    outcome = loaded.outcome
    figures = {
        t("Rows"): outcome.total,
        t("New"): outcome.new,
        t("Here already"): outcome.known,
        t("With errors"): len({problem.row for problem in outcome.problems}),
    }
    with st.grid(4, gap="small", min_column_width=140):
        for label, value in figures.items():
            st.metric(label, number(value), border=True)
    if loaded.left_out:
        said = t(
            "These columns are left out, nothing here answers to them: {names}", names=plain(", ".join(loaded.left_out))
        )
        st.warning(said, icon=":material/view_column:")
    if outcome.problems:
        st.error(
            t("Nothing can be brought in yet. Please put these right in the file, then choose it again."),
            icon=":material/error:",
        )
        _problems(loaded)
    elif not outcome.new:
        st.info(t("Every row of this file is here already. There is nothing to bring in."), icon=":material/info:")


def _problems(loaded: _Loaded) -> None:
    problems = loaded.outcome.problems
    places = {code: at for at, code in incident_import.headings(loaded.table).items()}
    st.dataframe(
        [_problem(problem, places) for problem in problems[:MOST]],
        hide_index=True,
        key=f"{KEY}.problems",
        column_config={
            t("Row"): st.column_config.NumberColumn(width=70),
            t("Column"): st.column_config.TextColumn(width=190),
            t("What is wrong"): st.column_config.TextColumn(width=560),
        },
    )
    if len(problems) > MOST:
        st.caption(t("{count} further errors are not listed.", count=number(len(problems) - MOST)))


def _problem(problem: Problem, places: dict[str, int]) -> dict[str, Any]:
    entry = incident_import.columns().get(problem.column)
    place = letter(places[problem.column]) if problem.column in places else ""
    return {
        t("Row"): problem.row,
        t("Column"): " · ".join(part for part in (place, entry.vi if entry else problem.column) if part),
        t("What is wrong"): sentence(problem.code, problem.facts),
        t("What stands there"): problem.value,
    }


# ---- bringing in ----------------------------------------------------------------------------------------------------
def _bring_in(current: Current, loaded: _Loaded) -> None:
    st.markdown(t("3. Bring them in. Each gets a number of this year and an entry in its history."))
    said = t("Bring in {count} incidents", count=number(loaded.outcome.new))
    pressed = st.button(said, key=f"{KEY}.go", type="primary", icon=":material/download_done:")
    if not (pressed or long_work.is_running(f"{KEY}.writing")):
        return

    def do(tell: Tell) -> Outcome:
        return incident_import.bring_in(current, loaded.table, loaded.name, mask=loaded.mask, tell=tell)

    about = (loaded.file_id, loaded.mask)
    found = long_work.run(f"{KEY}.writing", about, do, t("Bringing in. This page may be left, the work goes on …"))
    st.session_state.pop(f"{KEY}.loaded", None)
    if isinstance(found, Refusal):
        st.error(explain(found), icon=":material/error:")
        return
    st.session_state[f"{KEY}.done"] = found
    st.rerun()


def _said_done(outcome: Outcome) -> None:
    if outcome.numbers:
        st.success(
            t(
                "{count} incidents were brought in, {first} to {last}.",
                count=number(outcome.new),
                first=outcome.numbers[0],
                last=outcome.numbers[-1],
            ),
            icon=":material/check_circle:",
        )
    else:
        st.info(t("Every row of this file is here already. There is nothing to bring in."), icon=":material/info:")
    if outcome.known and outcome.numbers:
        st.caption(t("{count} rows were here already.", count=number(outcome.known)))
