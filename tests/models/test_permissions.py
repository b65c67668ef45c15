"""Every verb and query asks for its permission; another organisation's ids look like ids that nobody has. The list is the
registry itself, so a new verb is covered or refused."""

import ast
import datetime as dt
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticUndefined

from data.migrations import import_models
from models.access import DOOR, RIGHTS, Current, Denied, Permission, Refusal, Role
from models.database import reading, writing
from models.draft import Draft
from models.period import Period
from models.settings import ROOT
from models.verb import QUERIES, VERBS
from tests.canaries import FOREIGN, NOBODY, OWN, mark, plant
from tests.conftest import KINDS, cast_of, copied
from tests.worlds import HANOI, World

import_models()
REGISTERED = {name: permission for name, permission in (VERBS | QUERIES).items() if name.startswith("models.")}
# What opens the database by itself without being a verb or a query, and why that is right.
DOORS = {
    "models.verb._open_to": "opens it for every verb and query, after the permission was checked",
    "models.history.revisions": "numbers only, for the house's own watcher; nobody is asked for",
    "models.security.refused": "writes down that the account was refused: whoever it is must be able to",
    "models.board._answered": "part of queries: asks one below for its numbers, under that organisation's own scope",
    "models.board.breakdown": "a query: the same, for one line of the board",
    "models.account.check": "the door: nobody is known before the password was right",
    "models.account.wait": "the door: how long to wait, the same for a name that nobody has",
    "models.account.begin": "the door, after check()",
    "models.account.exchange": "the door: a ticket of one minute, known to its browser only",
    "models.account.who": "the door: makes the Current that everything else asks",
    "models.account.acting": "the terminal and the demonstration world: whoever calls it runs on the server",
    "models.account.touch": "the door: moves the idle limit of one's own sign-in",
    "models.account.end_sign_in": "the door: the token's holder signs out",
    "models.account.ended_since": "the house's own watcher: hashes of sign-ins that ended",
    "models.wall.wall": "a query: reads as staff of no name, so that a head's rights never hang on a wall",
    "models.channel.line": "the house's own ear: which organisations moved, by number; it asks nothing",
    "models.display.open_display": "the door: a code of one hour, handed over by a head",
    "models.display.screen": "the door: makes the Current of a wall screen",
    "models.display.still_there": "the house's own watcher: when a screen was on last",
    "models.display.leave": "the door: the token's holder puts its screen away",
    "models.display.ended_since": "the house's own watcher: hashes of screens that ended",
    "models.mail.deliver": "the postman: counts what waits, and reads as the reader whose letter it is",
    "models.mail._waits": "the postman looks whether anything of one organisation is due",
    "models.mail._claimed": "the postman takes a batch of one organisation",
    "models.mail._send": "the postman says what became of a batch",
    "models.mail._written": "reads as the reader, so that a letter holds what its reader may see",
    "models.mail._reader": "the postman looks whether the reader still wants letters",
    "models.mail._gather": "the postman asks, as each reader, what is new for it",
    "models.setup.needed": "before anybody has an account",
    "models.setup.make_code": "before anybody has an account; the code goes to the terminal",
    "models.setup.set_up": "before anybody has an account; asks for that code",
    "models.setup._try_code": "part of set_up",
    "models.setup.at_terminal": "the terminal: whoever calls it runs on the server",
    "models.setup.appoint": "the terminal",
    "models.setup.reset": "the terminal",
    "models.setup.deactivate": "the terminal",
}


# What lays out for somebody what was asked before, and opens nothing.
LAYS_OUT = {"models.mail.letter", "models.spreadsheet.write"}


def function(name: str) -> Callable[..., Any]:
    module, _, short = name.rpartition(".")
    return getattr(importlib.import_module(module), short)


# ---- who may open the database --------------------------------------------------------------------------------------------
def _functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in sorted((ROOT / "models").glob("*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield f"models.{file.stem}.{node.name}", node


def _opens(node: ast.FunctionDef) -> bool:
    calls = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    names = {call.id for call in calls if isinstance(call, ast.Name)}
    return bool(names & {"reading", "writing", "door", "as_owner", "engine"})


def _first(node: ast.FunctionDef) -> str:
    """What the first argument is said to be."""
    arguments = [*node.args.posonlyargs, *node.args.args]
    return ast.unparse(arguments[0].annotation) if arguments and arguments[0].annotation else ""


def test_only_verbs_and_queries_open_the_database() -> None:
    """A function that takes a `Session` needs somebody who opened one, so it is inside a verb already."""
    found = {name for name, node in _functions() if _opens(node) and not name.startswith("models.database.")}
    assert found == set(DOORS), "a function that opens the database is a verb, a query, or has its reason here"


DATABASE_DOORS = ("models.database.reading", "models.database.one_reading", "models.database.writing")


def test_only_verbs_and_queries_take_a_current() -> None:
    """A public function that acts for somebody is a verb or a query, or has its reason above."""
    taking = {
        name for name, node in _functions() if _first(node).startswith("Current") and not node.name.startswith("_")
    }
    assert taking - set(REGISTERED) - set(DOORS) - LAYS_OUT == set(DATABASE_DOORS)


# Several queries of one page in one reading, so that its numbers fit each other; and a session that a query is handed.
ONE_READING = {
    "pages/parts/figures_view.py": {"one_reading", "reading"},
    "pages/parts/figures_charts.py": {"one_reading", "reading"},
    "pages/parts/figures_parts.py": {"Session"},
    "pages/parts/lasting.py": {"reading"},
    "pages/parts/kept.py": {"let_go"},
    "pages/parts/guard.py": {"one_reading"},
}


def test_pages_never_open_a_session_themselves() -> None:
    for file in [*(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]:
        allowed = {"is_empty", "answers", "is_sqlite"} | ONE_READING.get(str(file.relative_to(ROOT)), set())
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "models.database":
                assert {alias.name for alias in node.names} <= allowed, file
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "database":
                assert node.attr in allowed, file


# ---- roles ------------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module", params=KINDS)
def canaries(request: pytest.FixtureRequest) -> Iterator[World]:
    for url in copied(request.param, request):
        world = cast_of(url)
        plant(world.organisations)
        yield world


@pytest.mark.parametrize("name", sorted(REGISTERED))
def test_it_is_refused_to_every_role_without_its_permission(small_world_once: World, name: str) -> None:
    permission = REGISTERED[name]
    for role in Role:
        current = replace(small_world_once.alice, role=role)
        if permission is None or permission not in RIGHTS[role]:
            _is_denied(name, current)
    _is_denied(name, Current()) if permission else _is_denied(name, small_world_once.alice)


@pytest.fixture(scope="module")
def small_world_once(request: pytest.FixtureRequest) -> Iterator[World]:
    for url in copied("sqlite", request):
        yield cast_of(url)


def _is_denied(name: str, current: Current) -> None:
    with pytest.raises(Denied):
        function(name)(current)
    with reading(current) as session, pytest.raises(Denied):  # joined by another verb, it is checked all the same
        function(name)(session)


def test_every_permission_is_given_to_somebody_and_asked_by_something() -> None:
    assert set().union(*RIGHTS.values()) == set(Permission)
    files = [file for room in ("models", "pages") for file in (ROOT / room).rglob("*.py") if file.name != "access.py"]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [one for one in Permission if f"Permission.{one.name}" not in source] == []


# ---- foreign ids ------------------------------------------------------------------------------------------------------
def _ids(name: str) -> list[str]:
    """The arguments of a verb that are somebody's id."""
    return [one for one in inspect.signature(function(name)).parameters if one.endswith("_id")]


# The system administrator's: organisations are nobody's, and it may know of all of them.
SYSTEM = {name for name, permission in REGISTERED.items() if permission is Permission.ORGANISATION_MANAGE}
# An id that is only kept, and looked at when the form is sent.
KEPT = {"models.draft.start"}
ABOUT_IDS = sorted(
    name for name, permission in REGISTERED.items() if permission and _ids(name) and name not in SYSTEM | KEPT
)


# Text ids of one's own drafts; a sign-in and a note that the canaries are not.
NOT_FOUND_EITHER_WAY = {f"models.draft.{one}" for one in ("keep", "kept", "made", "discard")}
# Says the same to everybody: nothing to take away; one answer for each record of a whole list.
SILENT = {"models.incident_people.remove_helper", "models.incident_desk.assign_all"}
NOT_OWN = {"models.account.end_own_sign_in", "models.history.strike"}
NOT_OWN |= {f"models.attachment.{one}" for one in ("hand_out", "shown", "strike")}  # a canary hangs on no record
NOT_OWN |= {"models.link.remove_link"}  # nor does it link two
NOT_OWN |= {f"models.plan_opinion.{one}" for one in ("asked", "give_opinion")}  # the police's, who have no canary


@pytest.mark.parametrize("name", ABOUT_IDS)
def test_foreign_ids_and_missing_ids_look_the_same(canaries: World, name: str) -> None:
    current = _somebody(canaries, REGISTERED[name])
    for argument in _ids(name):
        said = {one: _outcome(name, current, {argument: one}) for one in (OWN, FOREIGN, NOBODY)}
        assert said[FOREIGN] == said[NOBODY], argument
        if name not in NOT_FOUND_EITHER_WAY | SILENT and not said[FOREIGN].startswith(
            f"Invalid invalid {{'{argument}'"
        ):
            assert said[FOREIGN].startswith("NotFound"), argument
            assert name in NOT_OWN or not said[OWN].startswith("NotFound"), "the own id is looked up in vain too"


def _ids_in_forms() -> Iterator[tuple[str, str, str]]:
    """(function, argument, field) of each id that a form sends."""
    for name in sorted(set(REGISTERED) - SYSTEM):
        for argument, kind in typing.get_type_hints(inspect.unwrap(function(name))).items():
            if isinstance(kind, type) and issubclass(kind, Draft) and argument != "return":
                yield from ((name, argument, field) for field in kind.model_fields if field.endswith("_id"))


@pytest.mark.parametrize(("name", "argument", "field"), list(_ids_in_forms()))
def test_foreign_ids_in_a_form_look_like_missing_ones(canaries: World, name: str, argument: str, field: str) -> None:
    draft = sample(typing.get_type_hints(inspect.unwrap(function(name)))[argument], argument)
    current, said = _somebody(canaries, REGISTERED[name]), {}
    for one in (FOREIGN, NOBODY):
        said[one] = _outcome(name, current, {argument: draft.model_copy(update={field: one})})
    assert said[FOREIGN] == said[NOBODY]
    assert said[FOREIGN].startswith(("Invalid", "NotFound"))


def _somebody(world: World, permission: Permission | None) -> Current:
    """Who may do it, in so-a where anybody there may."""
    order = ("alice", "hanh", "an", "ban", "liem", "quan_tri")
    return next(world.people[one] for one in order if world.people[one].may(permission))  # type: ignore[arg-type]


class _Undone(Exception):
    """Nothing of what a probe wrote stays."""


def _outcome(name: str, current: Current, ids: dict[str, Any]) -> str:
    """What the function answers or refuses, as text; whatever it wrote is rolled back."""
    door = writing if name in VERBS else reading
    said = ""
    try:
        with door(current) as session:
            session.info["entries"] = 1
            try:
                said = _told(function(name)(session, **_arguments(name, ids)))
            except Refusal as refusal:
                said = f"{type(refusal).__name__} {refusal.code} {getattr(refusal, 'errors', '')}"
            raise _Undone
    except _Undone:
        return said


def _told(value: Any) -> str:
    """A result as text, to its last field."""
    if is_dataclass(value) and not isinstance(value, type):
        return _told({one.name: getattr(value, one.name) for one in fields(value)})
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_told(key)}: {_told(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(_told(one) for one in value) + "]"
    return repr(value)


# ---- arguments, made from what the signatures say ---------------------------------------------------------------------
def _arguments(name: str, ids: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(inspect.unwrap(function(name)))
    found: dict[str, Any] = {}
    for one in list(inspect.signature(function(name)).parameters.values())[1:]:
        if one.name in ids:
            found[one.name] = ids[one.name]
        elif one.name.endswith("_id"):
            found[one.name] = OWN if one.default is one.empty else one.default
        elif one.default is one.empty:
            found[one.name] = sample(hints[one.name], one.name)
    return found


WORDS: dict[str, Any] = {
    "subject": "incident",
    "catalogue": "severity",
    "language": "vi",
    "source": "incident",
    "codes": ["1"],
    "kpi": "2",
}
PLAIN: dict[Any, Any] = {
    str: "một lý do đủ dài",
    int: 1,
    bool: True,
    float: 1.0,
    dt.date: dt.date(2020, 1, 6),
    dt.datetime: dt.datetime(2020, 1, 6, 1, tzinfo=dt.UTC),
    Period: Period(dt.date(2020, 1, 1), dt.date(2020, 1, 31), HANOI),
}


def sample(kind: Any, name: str) -> Any:
    """Some value of a type."""
    if name in WORDS or kind in PLAIN:
        return WORDS.get(name, PLAIN.get(kind))
    inner = typing.get_args(kind)
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return sample(inner[0], name)
    if typing.get_origin(kind) in (list, tuple, Iterable, Sequence):
        return [sample(inner[0], name)]
    if isinstance(kind, type) and issubclass(kind, Draft):
        return _draft(kind)
    if kind is dict or typing.get_origin(kind) is dict:
        return {}
    if is_dataclass(kind):
        needed = (one for one in fields(kind) if one.default is one.default_factory)
        return kind(**{one.name: sample(one.type, one.name) for one in needed})
    raise LookupError(f"{name}: how is a {kind!r} made up? Say it in tests/models/test_permissions.py.")


TRIES = ("một lý do đủ dài", "unknown", "2020-01-06", "0900000000")


def _draft(kind: type[Draft]) -> Draft:
    """A draft with its required fields filled, by what its own rules let through."""
    values: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        if field.default is PydanticUndefined and field.default_factory is None:
            values[name] = sample(field.annotation, name)
    for word in TRIES:
        try:
            return kind.model_validate(
                {name: word if isinstance(value, str) else value for name, value in values.items()}
            )
        except ValidationError:
            continue
    return kind.model_construct(**values)


# ---- queries show nothing foreign -------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(name for name, permission in QUERIES.items() if permission))
def test_a_query_shows_nothing_of_a_stranger(canaries: World, name: str) -> None:
    """Asked with one's own ids by everybody who may, outside of the organisation too."""
    for current in canaries.people.values():
        if (
            current.may(REGISTERED[name])
            and current.organisation_code != "truong-b"
            and current.role is not Role.SYSTEM
        ):  # type: ignore[arg-type]
            assert mark("truong-b") not in _outcome(name, current, {}), current.name


def test_the_door_is_nobodys(canaries: World) -> None:
    for name, permission in REGISTERED.items():
        if permission:
            with pytest.raises(Denied):
                function(name)(DOOR)
