"""The demonstration world: the golden year gives its figures because they are computed, and its history is true."""

import datetime as dt
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from data import migrations
from data.demo import build, cast
from data.demo.golden import read
from models import breakdowns, history, kpis
from models.account import acting, check
from models.database import reading
from models.figures import KPIS
from models.history import HistoryEntry, broken_at
from models.incident import Incident
from models.organisation import units
from models.period import Period, Span, reporting
from tests.conftest import NOW
from tests.worlds import HANOI, instant

FIRST, LAST = dt.date(2019, 9, 1), dt.date(2020, 11, 12)
GOLDEN: dict[str, tuple[float, int | None, int | None]] = {  # of data/demo's year, counted by hand from its files
    "1": (438, None, None),
    "2": (31, 31, None),
    "3": (0.9, 27, 30),
    "4": (43.6667, None, None),
    "5": (1.0, 5, 5),
    "8": (24, 24, None),
    "9": (0.9231, 12, 13),
    "10": (0.2344, 15, 64),
    "11": (0.8235, 14, 17),
    "13": (1.0, 7, 7),
    "14": (0.8571, 6, 7),
    "15": (6.25, 3, 4800),
}
# Of what data/demo/register.py adds to that year, and of the re-checks and reports in the files.
ADDED: dict[str, tuple[float, float | None, float | None]] = {
    "6": (1, 1, None),  # no. 23
    "7": (0.5, 1, 2),  # no. 23 in time, no. 26 late
    "12": (1.0, 5, 5),
    "16": (1.0, 7, 7),
    "17": (92.5, 92.5, 100),
    "18": (24, 24, None),
    "19": (0, 0, None),
}


def rows(typed: str, cls: Any, *conditions: Any) -> list[Any]:
    with reading(acting(typed)) as session:
        return list(session.exec(select(cls).where(*conditions)))


def test_the_files_are_the_golden_ones() -> None:
    counts = {"incidents": 31, "rounds": 13, "visits": 64, "findings": 17, "events": 7}
    assert {name: len(read(name)) for name in counts} == counts


def test_the_golden_year_gives_its_figures(demo: str) -> None:
    report = kpis.report(acting(f"lan@{cast.DEPARTMENT}"), FIRST, LAST)
    found = {one["code"]: (one["value"], one["numerator"], one["denominator"]) for one in report["kpis"]}
    assert {code: found[code] for code in GOLDEN} == GOLDEN
    assert {code: found[code] for code in found if code not in GOLDEN} == ADDED
    assert not any(one["no_data"] for one in report["kpis"])


def test_the_golden_year_by_its_parts(demo: str) -> None:
    current, year = acting(f"lan@{cast.DEPARTMENT}"), Period(FIRST, LAST, HANOI)
    assert breakdowns.incidents_by_severity(current, year) == {1: 18, 2: 11, 3: 2}
    assert sum(number for _, number in breakdowns.incidents_by_month(current, year)) == 31
    partners = breakdowns.activities_by_partner(current, year)
    assert [(one.activities, one.confirmed) for one in partners] == [(19, 19), (16, 16)]
    subjects = breakdowns.inspections_by_subject(current, year)
    assert {code: one.rounds for code, one in subjects.items()} == {
        "festival": 5,
        "conditional_business": 4,
        "worship": 3,
    }


def test_a_merged_unit_bears_its_name_on_the_day_and_counts_under_its_successor(demo: str) -> None:
    current, year = acting(f"lan@{cast.DEPARTMENT}"), Period(FIRST, LAST, HANOI)
    ids = {row.name: row.id for row in units(current)}
    named = [one["no"] for one in read("incidents") if one["unit"] == cast.RELICS]
    stored = rows(f"minh@{cast.DEPARTMENT}", Incident, Incident.unit_id == ids[cast.RELICS])
    assert len(stored) == len(named) - 1  # no. 28 happened after the merger, so it is the museum's
    under_museum = [one for one in read("incidents") if one["unit"] in (cast.RELICS, cast.MUSEUM)]
    assert breakdowns.incidents_by_unit(current, year)[ids[cast.MUSEUM]] == len(under_museum)


def test_due_days_follow_the_rule(demo: str) -> None:
    stored = rows(f"minh@{cast.DEPARTMENT}", Incident, Incident.occurred_at < Period(FIRST, LAST, HANOI).end)
    by_instant = {row.occurred_at: row.due_on for row in stored}
    golden = {instant(one["occurred_at"]): dt.date.fromisoformat(one["due_on"]) for one in read("incidents")}
    assert by_instant == golden


def test_the_history_is_true(demo: str) -> None:
    """Every entry stands at the instant of its deed, in the order of time, and every chain holds."""
    for tenant in cast.TENANTS:
        typed = f"{tenant.people[0].account}@{tenant.code}"
        entries = rows(typed, HistoryEntry)
        instants = [entry.at for entry in sorted(entries, key=lambda entry: entry.sequence)]
        assert instants == sorted(instants)
        assert all(instant(cast.FOUNDED) <= when < NOW for when in instants)
        with reading(acting(typed)) as session:
            assert broken_at(session) is None
    entries = rows(f"minh@{cast.DEPARTMENT}", HistoryEntry, HistoryEntry.action == "plan.approved")
    approved = {instant(one["approved_at"]) for one in read("events")}
    assert {entry.at for entry in entries} >= approved
    assert {entry.actor_name for entry in entries} == {"Trần Quang Minh"}


def test_the_last_year_is_alive_in_three_organisations(demo: str) -> None:
    today = NOW.astimezone(HANOI).date()
    year = reporting(Span.YEAR, today, HANOI)
    for typed in (f"lan@{cast.DEPARTMENT}", f"hoa@{cast.SCHOOL}", f"thu@{cast.HOSPITAL}"):
        current = acting(typed)
        assert breakdowns.days_with_data(current) is not None
        figures = kpis.figures(current, year)
        assert all(figures[code].value for code in ("2", "3", "4", "9", "10", "11")), typed
    assert all(not one.no_data for one in kpis.figures(acting(f"lan@{cast.DEPARTMENT}"), year).values())


def test_one_organisation_is_empty_and_says_so(demo: str) -> None:
    current = acting(f"nga@{cast.ENTERPRISE}")
    figures = kpis.figures(current, reporting(Span.YEAR, current.today(), HANOI))
    assert [code for code, one in figures.items() if not one.no_data] == ["1"]
    assert len(figures) == len(KPIS)


def test_everything_says_that_it_is_invented(demo: str) -> None:
    for tenant in cast.TENANTS:
        assert "(minh họa)" in tenant.name
        assert acting(f"{tenant.people[0].account}@{tenant.code}").is_demo
    assert acting(f"{cast.SYSTEM.account}@{cast.OPERATOR}").is_demo


def test_the_accounts_file_is_ones_own_and_its_passwords_fit(demo: str) -> None:
    file = build.accounts_file()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    lines = [line.split(maxsplit=2) for line in file.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 1 + sum(len(tenant.people) for tenant in cast.TENANTS)
    typed, plain, _ = next(line for line in lines if line[0] == f"lan@{cast.DEPARTMENT}")
    assert check(typed, plain) == acting(typed).account_id
    assert not acting(typed).must_change_password


def test_a_second_build_changes_nothing(demo: str) -> None:
    before = history.revisions({acting(f"lan@{cast.DEPARTMENT}").organisation_id})  # type: ignore[arg-type]
    assert build.build(now=NOW) is False
    assert history.revisions(set(before)) == before


def test_it_refuses_a_database_with_other_records(small_world: Any) -> None:
    with pytest.raises(build.NotDemo):
        build.build(now=NOW)


def test_a_broken_off_build_is_not_taken_for_a_finished_one(
    empty: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(build, "LOCAL", tmp_path)
    migrations.create_fresh()

    def power_cut(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(build.lately, "write", power_cut)
    with pytest.raises(KeyboardInterrupt):
        build.build(now=NOW)
    with pytest.raises(build.NotDemo):
        build.build(now=NOW)
