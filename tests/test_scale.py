"""The big world, small: its history is true, its figures are right, and its rows are those that the verbs would have made."""

import datetime as dt
import functools
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import inspect

from data import migrations, verify
from data.__main__ import FAILED, OK, REFUSED, USAGE, main
from data.scale import build, cast, houses
from models import account, history, kpis
from models.account import acting, check
from models.database import Session, as_owner, engine, is_sqlite, reading
from models.period import Period, Span, reporting
from models.settings import settings
from tests.bench.questions import QUESTIONS, Said, explained, head_of, statements
from tests.conftest import forget, use
from tests.replay import Replay, Row, Told, plainly
from tests.worlds import HANOI, instant

UNTIL = instant("2026-11-01T00:00")
SMALL = build.Size(organisations=3, incidents=300, seed=1, until=UNTIL)
PLAIN = "một mật khẩu của mọi người"
# Every action that a big world's history tells, after the founding.
ACTIONS = {
    *("incident.reported", "incident.open", "incident.settled", "incident.closed", "incident.void"),
    *("incident.transferred", "incident.extended", "incident.amended", "incident.assigned", "incident.reopened"),
    *("incident.tasks_born", "incident.flash_reported", "noted", "task.reported", "task.verified"),
    *("round.planned", "round.started", "round.concluded", "round.cancelled", "visit.added", "finding.added"),
    *("finding.remedied", "finding.reported", "finding.recheck_passed", "finding.given_up"),
    *("event.added", "event.reported", "event.cancelled", "plan.drafted", "plan.submitted", "plan.approved"),
    *("plan.returned", "plan.redrafted", "joint_activity.proposed", "joint_activity.released"),
    *("joint_activity.confirmed", "joint_activity.declined", "movement.added"),
}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small big world, by the command; its tests only read it."""
    folder = tmp_path_factory.mktemp("scale")
    server = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    url = server.make() if server else f"sqlite:///{folder / 'scale.sqlite3'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(houses, "LOCAL", folder)
        before = settings.database_url
        use(url)
        words = ["--organisations", "3", "--incidents", "300", "--seed", "1", "--until", "2026-11-01"]
        assert main(["scale", *words]) == OK
        use(before)
    yield url
    server.drop(url) if server else forget(url)


@pytest.fixture
def scaled(built: str) -> Iterator[Told]:
    before = settings.database_url
    use(built)
    yield told(built)
    use(before)


@functools.cache
def told(_url: str) -> Told:
    return Told.read()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    """A second, empty database."""
    before, url = settings.database_url, f"sqlite:///{tmp_path / 'other.sqlite3'}"
    use(url)
    migrations.create_fresh()
    yield url
    use(before)
    forget(url)


# ---- what it is -----------------------------------------------------------------------------------------------------
def test_what_is_kept_is_what_was_written(scaled: Told) -> None:
    with as_owner() as connection:
        answers = verify.everything(connection)
    assert [str(one) for one in answers if one.wrong] == []
    assert main(["verify"]) == OK


def test_it_has_what_was_asked_for(scaled: Told) -> None:
    rows = scaled.rows
    kinds = Counter(one["kind"] for one in rows["organisation"].values())
    assert sum(kinds.values()) - kinds["police"] - kinds["board"] - kinds["operator"] == 3
    assert len(rows["incident"]) == 300
    assert all(one["is_demo"] for one in rows["organisation"].values())
    assert all(cast.MARK in one["name"] for one in rows["organisation"].values() if one["kind"] != "operator")
    sizes = Counter(one["organisation_id"] for one in rows["incident"].values())
    assert sorted(sizes.values(), reverse=True) == SMALL.shares()
    for table in (
        "event",
        "event_plan",
        "inspection_round",
        "inspection_visit",
        "finding",
        "recheck",
        "task",
        "movement_activity",
    ):
        assert rows[table], table
    assert len({one["entered_at"].year for one in rows["incident"].values()}) >= 10
    assert all(one["entered_at"] < UNTIL for one in rows["incident"].values())


def test_numbers_have_no_gaps(scaled: Told) -> None:
    given: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    for table in ("incident", "event", "inspection_round", "joint_activity"):
        for row in scaled.rows[table].values():
            series, year, number = row["number"].split("-")
            given[row["organisation_id"], series, int(year)].append(int(number))
    assert all(sorted(of) == list(range(1, len(of) + 1)) for of in given.values())
    last = {
        (one["organisation_id"], one["series"], one["year"]): one["last"] for one in scaled.rows["counter"].values()
    }
    assert last == {key: len(of) for key, of in given.items()}


def test_a_chain_goes_with_the_time(scaled: Told) -> None:
    for _, of in itertools.groupby(
        sorted(scaled.entries(), key=lambda one: (one["organisation_id"], one["sequence"])),
        key=lambda one: one["organisation_id"],
    ):
        times = [one["at"] for one in of]
        assert times == sorted(times)
        assert times[-1] < UNTIL or times[-1] > dt.datetime.now(dt.UTC) - dt.timedelta(
            hours=1
        )  # the last deed: finished


def test_everybody_signs_in_with_the_password_that_was_printed(built: str, tmp_path: Path, other: str) -> None:
    """On a world of its own: a sign-in writes."""
    build.build(build.Size(1, 1, 1, UNTIL), PLAIN)
    assert check("canbo1@dv-001", PLAIN) == acting("canbo1@dv-001").account_id
    assert check("lienlac1@ca-00", PLAIN) is not None
    file = houses.accounts_file()
    assert file.name == "other-accounts.txt"
    assert PLAIN in houses.write_accounts(PLAIN, 1)
    assert file.stat().st_mode & 0o077 == 0


def test_the_verbs_go_on_where_it_ends(built: str, tmp_path: Path, other: str) -> None:
    build.build(build.Size(1, 20, 1, UNTIL), PLAIN)
    head = acting("lanhdao1@dv-001")
    history.note(head, "incident", 7, "Vẫn tiếp tục theo dõi.")
    with reading(head) as session:
        assert history.broken_at(session) is None


def test_only_an_empty_database_is_filled(scaled: Told, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scale"]) == REFUSED
    assert "empty" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["scale", "--incidents", "0"])
    assert left.value.code == USAGE != FAILED
    assert build.is_finished() is True


def test_the_same_seed_gives_the_same_world(tmp_path: Path, other: str) -> None:
    build.build(build.Size(2, 60, 7, UNTIL), PLAIN)
    first = Told.read()
    forget(other)
    use(f"sqlite:///{tmp_path / 'again.sqlite3'}")
    migrations.create_fresh()
    build.build(build.Size(2, 60, 7, UNTIL), PLAIN)
    again = Told.read()
    forget(settings.database_url)
    for table in set(first.rows) - {"account", "submission"}:
        rows = (dict(of) for of in (first.rows[table], again.rows[table]))
        one, other_one = ({key: row for key, row in of.items() if not _of_the_end(row)} for of in rows)
        assert one == other_one, table
    passwords = {row["password"] for row in again.rows["account"].values()}
    assert len(passwords) == 1
    assert account.password.matches(PLAIN, passwords.pop())


def _of_the_end(row: Row) -> bool:
    """The last deed is done at the time of the building, by the operator."""
    return row.get("action") == "organisation.demo_built" or row.get("organisation_id") == 1


# ---- its figures ----------------------------------------------------------------------------------------------------
def test_the_figures_are_those_that_one_counts_by_hand(scaled: Told) -> None:
    """SQL against plain Python, for every organisation and two years."""
    for code in (houses.code(rank) for rank in range(3)):
        head = acting(f"lanhdao1@{code}")
        own = {
            name: [row for row in of.values() if row.get("organisation_id") == head.organisation_id]
            for name, of in scaled.rows.items()
        }
        for day in (dt.date(2026, 6, 1), dt.date(2024, 6, 1)):
            period = reporting(Span.YEAR, day, HANOI)
            figures = kpis.figures(head, period)
            for number, expected in counted(own, period).items():
                assert (figures[number].numerator, figures[number].denominator) == expected[:2], (code, day, number)
                if len(expected) > 2:
                    assert figures[number].value == pytest.approx(expected[2]), (code, day, number)


def counted(rows: dict[str, list[Row]], period: Period) -> dict[str, tuple[Any, ...]]:
    """Figure → (numerator, denominator[, value]), counted as its definition says."""
    end = min(period.end, dt.datetime.now(dt.UTC))
    real = [one for one in rows["incident"] if not (one["not_confirmed_at"] and one["not_confirmed_at"] < end)]
    kept = [one for one in real if not (one["transferred_at"] and one["transferred_at"] < end)]
    ended = [one for one in rows["event"] if period.start <= one["ends_at"] < end and not one["cancelled_at"]]
    visits = [one for one in rows["inspection_visit"] if period.first <= one["visited_on"] <= period.last]
    return {
        "2": _occurred(real, period),
        "3": _on_time(kept, period),
        "4": _took(kept, period),
        "5": _prevented(real, period),
        "9": _rounds(rows, period),
        "10": (len({one["visit_id"] for one in rows["finding"]} & {one["id"] for one in visits}), len(visits)),
        "11": _put_right(rows, period),
        "13": _planned(rows, ended, lambda plan, _event: plan["staffed_posts"] > 0),
        "14": _planned(rows, ended, lambda plan, event: plan["approved_at"] <= event["starts_at"]),
    }


def _within(moment: dt.datetime | None, period: Period) -> bool:
    return moment is not None and period.start <= moment < period.end


def _occurred(rows: list[Row], period: Period) -> tuple[Any, ...]:
    number = sum(_within(one["occurred_at"], period) for one in rows)
    return (number, None, number)


def _on_time(rows: list[Row], period: Period) -> tuple[Any, ...]:
    today = dt.datetime.now(HANOI).date()
    due = [one for one in rows if period.first <= one["due_on"] <= min(period.last, today)]
    due = [one for one in due if one["resolved_at"] or one["due_on"] < today]
    return sum(
        bool(one["resolved_at"]) and one["resolved_at"].astimezone(HANOI).date() <= one["due_on"] for one in due
    ), len(due)


def _took(rows: list[Row], period: Period) -> tuple[Any, ...]:
    hours = [
        (one["resolved_at"] - one["received_at"]) / dt.timedelta(hours=1)
        for one in rows
        if _within(one["resolved_at"], period)
    ]
    return (None, None, median(hours)) if hours else (None, None)


def _prevented(rows: list[Row], period: Period) -> tuple[Any, ...]:
    ended = [one["latent_outcome"] for one in rows if _within(one["latent_ended_at"], period)]
    return ended.count("prevented"), ended.count("prevented") + ended.count("became_complex")


def _rounds(rows: dict[str, list[Row]], period: Period) -> tuple[Any, ...]:
    asked = [one for one in rows["inspection_round"] if one["kind"] == "scheduled"]
    asked = [one for one in asked if period.first <= one["planned_on"] <= period.last]
    return sum(bool(one["done_on"]) and one["done_on"] <= period.last for one in asked), len(asked)


def _put_right(rows: dict[str, list[Row]], period: Period) -> tuple[Any, ...]:
    today = dt.datetime.now(HANOI).date()
    due = [
        one for one in rows["finding"] if one["deadline"] and period.first <= one["deadline"] <= min(period.last, today)
    ]
    due = [one for one in due if one["remedied_on"] or one["deadline"] < today]
    return sum(bool(one["remedied_on"]) and one["remedied_on"] <= one["deadline"] for one in due), len(due)


def _planned(rows: dict[str, list[Row]], events: list[Row], fits: Any) -> tuple[Any, ...]:
    plans = [one for one in rows["event_plan"] if one["approved_at"]]
    secured = [any(plan["event_id"] == event["id"] and fits(plan, event) for plan in plans) for event in events]
    return sum(secured), len(events)


# ---- what pages ask of it -------------------------------------------------------------------------------------------
LARGE = "incident|history_entry|notice|watch|task|inspection_visit|finding|joint_activity|joint_party|joint_answer"
WHOLE = {
    "sqlite": rf"SCAN ({LARGE})(_\d+)?\b",
    # A scan of an index reads the whole of it unless the next line says between which keys.
    "postgresql": rf"(Parallel )?(Seq|Index|Index Only) Scan (Backward )?(using \w+ )?on ({LARGE})\b"
    rf"|Bitmap Index Scan on \w\w_({LARGE})_",
}


def planned(session: Session, said: Said) -> list[str]:
    """How the database goes about a statement when it must not read a table whole for being small."""
    if not is_sqlite():
        session.connection().exec_driver_sql("SET LOCAL enable_seqscan = off")
    return [line.strip().removeprefix("->  ") for line in explained(session, said)]


def read_whole(lines: list[str]) -> list[str]:
    """The lines of a plan that go through everybody's rows."""
    kind = "sqlite" if is_sqlite() else "postgresql"
    return [
        line
        for line, next_one in itertools.zip_longest(lines, lines[1:], fillvalue="")
        if re.match(WHOLE[kind], line) and "(never executed)" not in line and not next_one.startswith("Index Cond")
    ]


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_reads_a_whole_table(scaled: Told, name: str) -> None:
    """Of everybody's rows: each is found by its organisation, or by a key."""
    for rank in range(SMALL.organisations):
        with reading(head_of(houses.code(rank))) as session:
            for said in statements(session, QUESTIONS[name]):
                lines = planned(session, said)
                assert lines, said[0]
                assert read_whole(lines) == [], said[0]


@pytest.mark.parametrize(
    "asked", ["SELECT count(area) FROM joint_activity", "SELECT id FROM joint_activity ORDER BY id"]
)
def test_a_question_that_reads_a_whole_table_is_found_out(scaled: Told, asked: str) -> None:
    """A comparison that sees nothing is green too."""
    with reading(head_of(houses.code(0))) as session:
        lines = planned(session, (asked, ()))
        assert read_whole(lines), lines


def test_the_bubbles_are_counted_from_an_index_alone(scaled: Told) -> None:
    """Of a head, who sees all, and of the staff, to whom confidential incidents are not shown. PostgreSQL goes to the rows
    nevertheless where a table was just written, so there the index is only asked whether it would do."""
    indexes = {one["name"]: one["column_names"] for one in inspect(engine()).get_indexes("incident")}
    for who in ("lanhdao1", "canbo1"):
        with reading(acting(f"{who}@{houses.code(0)}")) as session:
            [said] = statements(session, QUESTIONS["incidents: bubbles"])
            lines = planned(session, said)
        asked = set(re.findall(r"\bincident\.(\w+)", said[0]))
        assert "severity" in asked
        assert asked - set(indexes["ix_incident_bubbles"]) == set()
        assert not is_sqlite() or "USING COVERING INDEX ix_incident_bubbles" in lines[0]


# ---- the same through the verbs -------------------------------------------------------------------------------------
def test_its_rows_are_those_that_the_verbs_make(other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world is acted out once more, verb by verb, in another one that has its organisations alone; then every column of
    every row, every entry, notice, watch, number and ledger is compared."""
    monkeypatch.setattr(build, "PROPORTION", {kind: 3 * often for kind, often in build.PROPORTION.items()})
    build.build(build.Size(3, 300, 3, UNTIL), PLAIN)
    scaled = Told.read()
    forget(other)
    use(f"sqlite:///{tmp_path / 'verbs.sqlite3'}")
    migrations.create_fresh()
    build.build(build.Size(3, 0, 3, UNTIL), PLAIN)
    founded = len(Told.read().entries()) - 1  # without "finished"
    replay = Replay(scaled)
    deeds = [one for one in scaled.entries()[founded:] if one["action"] != "organisation.demo_built"]
    for entry in deeds:
        replay.act(entry)
    made = Told.read()
    forget(settings.database_url)
    assert {one["action"] for one in deeds} == ACTIONS
    for table in sorted(set(scaled.rows) - {"organisation", "chain_head", "submission", "installation"}):
        assert differing(table, scaled, made, replay.ids) == [], table
    assert [told_of(one, replay.ids) for one in deeds] == [told_of(one) for one in made.entries()[founded + 1 :]]


def differing(table: str, scaled: Told, made: Told, ids: dict[tuple[str, int], int]) -> list[str]:
    """Rows of either world that the other one lacks."""
    one = Counter(
        str(sorted(plainly(table, row, ids).items())) for row in scaled.rows[table].values() if _of_records(row)
    )
    two = Counter(str(sorted(plainly(table, row).items())) for row in made.rows[table].values() if _of_records(row))
    return [f"scaled: {row}" for row in one - two] + [f"verbs: {row}" for row in two - one]


def _of_records(row: Row) -> bool:
    """Not what the operator did in the end."""
    return row.get("organisation_id") != 1


def told_of(entry: Row, ids: dict[tuple[str, int], int] | None = None) -> Row:
    return plainly("history_entry", entry, ids)
