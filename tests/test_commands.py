"""`python -m data`: what each command does, says, and leaves as its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import select

from data import migrations
from data.__main__ import COMMANDS, FAILED, OK, REFUSED, USAGE, main
from models import account, history
from models.access import Role
from models.account import Account, acting, check
from models.database import as_owner, reading
from models.incident import Incident
from models.settings import ROOT, settings
from models.verb import VERBS
from tests.worlds import PASSWORD, World


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]):
    """`say("account", "make", "x@so-a")` → (exit code, standard output, standard error)."""

    def said(*words: str) -> tuple[int, str, str]:
        try:
            code = main(list(words))
        except SystemExit as left:  # argparse
            code = int(left.code or 0)
        out = capsys.readouterr()
        return code, out.out.strip(), out.err.strip()

    return said


@pytest.fixture
def in_step(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The cast, in a database that says that it is migrated."""
    monkeypatch.setattr(migrations, "here", migrations.head)
    return world


# ---- a database that is not there ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("url", ["mysql://x/y", "du-lieu.sqlite3", "sqlite://"])
def test_an_address_of_no_database_is_not_understood(say, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(settings, "database_url", url)
    code, out, err = say("verify")
    assert (code, out) == (USAGE, "")
    assert "DATABASE_URL is not understood" in err


def test_a_database_that_does_not_answer_is_said_in_one_line_without_its_password() -> None:
    away = os.environ | {"DATABASE_URL": "postgresql://ai:mat-khau-kin@127.0.0.1:1/x"}
    done = subprocess.run(
        [sys.executable, "-m", "data", "verify"], check=False, cwd=ROOT, env=away, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (FAILED, "")
    assert done.stderr.startswith("The database cannot be used: ")
    assert "Traceback" not in done.stderr
    assert "mat-khau-kin" not in done.stderr


def test_an_organisation_that_does_not_exist_is_said_in_words(say, in_step: World) -> None:
    code, _, err = say("kpis", "khong-co", "2019-09-01", "2020-11-12")
    assert (code, err) == (REFUSED, "Refused: there is no such organisation.")


# ---- help and codes -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_each_command_explains_itself(say, name: str) -> None:
    code, out, _ = say(*name.split(), "--help")
    assert code == OK
    assert "Exit codes: 0 done" in out
    assert not name or COMMANDS[name].help.lower() in " ".join(out.split()).lower()


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["account"],
        ["account", "make"],
        ["account", "make", "no-at-sign"],
        ["account", "make", "x@so-a", "--role", "king"],
        ["kpis", "so-a", "2020-01-01", "tomorrow"],
        ["kpis", "so-a", "2020-02-01", "2020-01-01"],
        ["backup"],
        ["restore", "file", "--yes"],
    ],
    ids=" ".join,
)
def test_what_is_not_understood_is_2(say, words: list[str]) -> None:
    code, out, err = say(*words)
    assert (code, out) == (USAGE, "")
    assert "usage:" in err


def test_it_runs_as_a_module(empty: str) -> None:
    environment = {"DATABASE_URL": settings.database_url, "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-W", "error", "-m", "data"]
    for words, code in ((["verify"], REFUSED), (["migrate"], OK), (["verify"], OK), (["nonsense"], USAGE)):
        done = subprocess.run(
            [*command, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


# ---- migrate -------------------------------------------------------------------------------------------------------------
def test_it_migrates_and_says_so(empty: str, say) -> None:
    assert say("migrate") == (OK, "", f"The schema is at {migrations.head()}, it was empty.")
    assert say("migrate") == (OK, "", f"The schema is at {migrations.head()}, as before.")


def test_a_newer_schema_is_left_alone(world: World, say) -> None:
    with as_owner() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for command in ("migrate", "demo"):
        code, out, err = say(command)
        assert (code, out) == (REFUSED, "")
        assert migrations.here() == "9999"
    code, _, err = say("migrate")
    assert "schema 9999, which this version" in err
    assert "\n" not in err


@pytest.mark.parametrize(
    "words", ["verify", "backup new.backup", "kpis so-a 2020-01-01 2020-01-31", "account reset an@so-a"]
)
def test_nothing_works_on_a_database_that_is_not_migrated(empty: str, say, words: str) -> None:
    code, out, err = say(*words.split())
    assert (code, out) == (REFUSED, "")
    assert "python -m data migrate" in err


# ---- accounts --------------------------------------------------------------------------------------------------------------
def test_it_makes_an_account_and_prints_the_password_alone(in_step: World, say) -> None:
    code, plain, err = say("account", "make", "moi@so-a", "--role", "staff", "--full-name", "Nguyễn Thị Mới")
    assert code == OK
    assert check("moi@so-a", plain) is not None
    assert plain not in err
    person = acting("moi@so-a")
    assert (person.role, person.name, person.must_change_password) == (Role.STAFF, "Nguyễn Thị Mới", True)
    with reading(in_step.admin) as session:
        newest = session.exec(select(history.HistoryEntry).order_by(history.HistoryEntry.sequence.desc())).first()
        assert (newest.action, newest.actor_name, newest.actor_id) == ("account.opened", "terminal", None)
        assert history.broken_at(session) is None


def test_it_makes_a_system_administrator_with_the_operator_only(in_step: World, say) -> None:
    assert say("account", "make", "hai@he-thong", "--role", "system")[0] == OK
    assert acting("hai@he-thong").role is Role.SYSTEM
    for words in (
        ["hai@so-a", "--role", "system"],
        ["hai@congan", "--role", "head"],
        ["alice@so-a"],
        ["x@nowhere"],
        ["Ă@so-a"],
    ):
        code, out, err = say("account", "make", *words)
        assert (code, out) == (REFUSED, "")
        assert err.startswith("Refused")


def test_it_resets_a_password(in_step: World, say) -> None:
    for _ in range(5):
        check("alice@so-a", "sai mật khẩu rồi")
    assert check("alice@so-a", PASSWORD) is None
    _, plain, _ = say("account", "reset", "alice@so-a")
    assert check("alice@so-a", plain) is not None
    assert check("alice@so-a", PASSWORD) is None
    assert say("account", "reset", "nobody@so-a")[0] == REFUSED


def test_it_deactivates_an_account(in_step: World, say) -> None:
    token = account.sha(account.exchange(account.begin(in_step.alice.account_id)))
    assert say("account", "deactivate", "alice@so-a")[0] == OK
    assert account.who(token) is None
    assert check("alice@so-a", PASSWORD) is None
    with reading(in_step.admin) as session:
        assert session.exec(select(Account).where(Account.name == "alice")).one().active is False
    assert say("account", "deactivate", "alice@nowhere")[0] == REFUSED


# ---- figures -------------------------------------------------------------------------------------------------------------
def test_it_prints_the_figures_as_json(in_step: World, say) -> None:
    code, out, _ = say("kpis", "so-a", "2019-09-01", "2019-12-31")
    said = json.loads(out)
    assert code == OK
    assert list(said) == ["organisation", "from", "to", "kpis"]
    assert (said["organisation"], said["from"], said["to"]) == ("so-a", "2019-09-01", "2019-12-31")
    assert [one["code"] for one in said["kpis"]] == [str(number) for number in range(1, 20)]
    assert all(list(one) == ["code", "value", "numerator", "denominator", "no_data"] for one in said["kpis"])
    assert say("kpis", "nowhere", "2019-09-01", "2019-12-31")[0] == REFUSED


# ---- verify ----------------------------------------------------------------------------------------------------------------
def test_verify_counts_what_it_saw(in_step: World, say) -> None:
    code, out, _ = say("verify")
    assert code == OK
    for line in (
        "history of so-a, entries: ",
        "history of truong-b, entries: ",
        "foreign keys: ",
        "attachments: 0, in order",
    ):
        assert line in out
    assert "WRONG" not in out


def test_verify_fails_and_names_what_is_wrong(in_step: World, say) -> None:
    folder = Path(settings.files_url.removeprefix("file://")) / "ab"
    folder.mkdir(parents=True)
    (folder / ("ab" * 32)).write_text("not that")
    code, out, err = say("verify")
    assert (code, err) == (FAILED, "Not in order.")
    assert f"WRONG: ab/{'ab' * 32} is not what was stored" in out


# ---- backup and restore: tests/test_backup.py ---------------------------------------------------------------------------------
def test_backup_and_restore_from_the_terminal(
    empty: str, say, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch
) -> None:
    if empty.startswith("postgresql"):
        monkeypatch.setenv("PATH", str(request.getfixturevalue("postgres").programs))
    say("migrate")
    file = str(tmp_path / "one.backup")
    assert say("backup", file)[0] == OK
    code, _, err = say("backup", file)
    assert code == REFUSED
    assert "already there" in err
    code, out, _ = say("restore", file)
    assert code == OK
    assert out.startswith("Restored the backup of 20")
    assert say("restore", str(tmp_path / "missing"))[0] == REFUSED
    (tmp_path / "torn").write_bytes(Path(file).read_bytes()[:-200])
    assert say("restore", str(tmp_path / "torn"))[0] == FAILED


# ---- the demonstration world: tests/test_demo.py -------------------------------------------------------------------------------
def test_the_demonstration_never_touches_real_records(in_step: World, say) -> None:
    for words in (["demo"], ["demo", "--reset"]):
        code, out, err = say(*words)
        assert (code, out) == (REFUSED, "")
        assert "records of" in err
        assert "so-a" in err
    with reading(in_step.head) as session:
        assert session.exec(select(Account)).first() is not None
        assert session.exec(select(Incident)).all() == []


def test_rights_are_printed_for_the_readme(say) -> None:
    code, out, _ = say("rights")
    assert code == OK
    assert out.startswith("| | staff | head |")
    assert VERBS
