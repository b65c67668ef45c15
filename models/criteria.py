"""What a session may read of each table: the rules, and which tables a statement speaks of. models/database.py adds the one to
every statement by the other."""

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from cachetools import LRUCache
from sqlalchemy import event, false
from sqlalchemy.orm import LoaderCriteriaOption, Mapper
from sqlalchemy.sql.expression import ClauseElement, ColumnClause, Join, Select, TableClause, TextClause, TextualSelect
from sqlalchemy.sql.selectable import AliasedReturnsRows
from sqlmodel import SQLModel

from models.access import NoScope, Scope

# Owned tables that a scope beyond the organisation may touch, and tables without an owner with who may write them.
OPEN: dict[type[SQLModel], frozenset[Scope]] = {}
GLOBAL: dict[type[SQLModel], frozenset[Scope]] = {}
# Tables whose rows more than their owner may read: organisation id → criterion (the joint ledger, organisation names).
READABLE: dict[type[SQLModel], Callable[[int], Any]] = {}
# Tables that change without a history entry: what is half typed, sign-ins, counters, the history itself.
QUIET: set[type[SQLModel]] = set()


# ---- the rules ------------------------------------------------------------------------------------------------------
def mapped_classes() -> list[type[SQLModel]]:
    return [mapper.class_ for mapper in SQLModel._sa_registry.mappers]


@event.listens_for(Mapper, "after_mapper_constructed")
def _new_table(_mapper: Any, _class: Any) -> None:
    criterion.cache_clear()  # a table mapped after the first query would be unfiltered otherwise
    _kept.cache_clear()


def rule_of(cls: type[SQLModel], scope: Scope, organisation_id: int | None) -> Any:
    """What a session may read of a table; None is everything."""
    if scope in OPEN.get(cls, ()) or (cls in GLOBAL and (scope is not Scope.MEMBER or cls not in READABLE)):
        return None
    if scope is Scope.DOOR or organisation_id is None:
        return false()
    return READABLE[cls](organisation_id) if cls in READABLE else cls.organisation_id == organisation_id  # type: ignore[attr-defined]


class _Criterion(LoaderCriteriaOption):
    """SQLAlchemy's own, but `.join(aliased(Thing), …)` is filtered by the alias: there it would say the table's name again."""

    _traverse_internals = LoaderCriteriaOption._traverse_internals  # what the statement cache is keyed by

    def __init__(self, cls: type[SQLModel], scope: Scope, organisation_id: int | None, rule: Any) -> None:
        super().__init__(cls, rule, include_aliases=True)
        self._named = ("criterion", cls, scope, organisation_id is None)
        self._bound = rule._generate_cache_key().bindparams

    def _gen_cache_key(self, _anon_map: Any, bindparams: list[Any]) -> tuple[Any, ...]:
        """A rule is put together alike for every organisation, so its class and scope name it. SQLAlchemy would walk through
        the whole of it for every statement."""
        bindparams.extend(self._bound)
        return self._named

    def _resolve_where_criteria(self, entity: Any) -> Any:
        criterion = super()._resolve_where_criteria(entity)
        return entity._adapter.traverse(criterion) if entity.is_aliased_class else criterion


@functools.lru_cache(maxsize=4000)
def criterion(cls: type[SQLModel], scope: Scope, organisation_id: int | None) -> _Criterion | None:
    """One per mapped class: a lambda on the mixin fails, SQLModel has no such attribute there. Each when it is first asked
    for: a board speaks for hundreds of organisations, of a dozen tables."""
    rule = rule_of(cls, scope, organisation_id)
    return None if rule is None else _Criterion(cls, scope, organisation_id, rule)


# ---- the tables of a statement ---------------------------------------------------------------------------------------
def _classes(statement: Any) -> set[type[SQLModel]]:
    """The mapped classes a statement speaks of. Only they are filtered: a table, a join of tables or a piece of SQL text
    among them would not be, and is refused. So every table in it is one that is named here."""
    found, seen, classes = [statement], set(), set()
    while found:
        part = found.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if (entity := part._annotations.get("parententity")) is not None and _is_table(part):
            classes.add(entity.mapper.class_)
            continue
        if isinstance(part, TableClause | Join | TextClause | TextualSelect) or _is_text(part):
            raise NoScope("Core tables and SQL text are for models/database.py only")
        if isinstance(part, ColumnClause) and part.table is not None:
            found.append(part.table)
        # Of a SELECT what was written, not the tables that SQLAlchemy gathers from it.
        found.extend(ClauseElement.get_children(part) if isinstance(part, Select) else part.get_children())
    return classes


_known_classes: LRUCache[Any, frozenset[type[SQLModel]]] = LRUCache(4000)


def spoken_of(statement: Any) -> frozenset[type[SQLModel]]:
    """The same, looked up by what SQLAlchemy keeps its compiled statements by: two with the same key say the same SQL."""
    key = statement._generate_cache_key()
    if key is None:
        return frozenset(_classes(statement))
    found = _known_classes.get(key.key)
    if found is None:
        _known_classes[key.key] = found = frozenset(_classes(statement))
    return found


def _is_table(part: Any) -> bool:
    """A mapped class, an alias of one, or a column of either."""
    of = part.table if isinstance(part, ColumnClause) else part
    return isinstance(of.element if isinstance(of, AliasedReturnsRows) else of, TableClause)


def _is_text(part: Any) -> bool:
    """literal_column(); SQLAlchemy itself writes count(*) and SELECT 1 that way."""
    return isinstance(part, ColumnClause) and part.is_literal and part.name != "*" and not part.name.isdigit()


# ---- the one added to the other ---------------------------------------------------------------------------------------
_OFTEN: dict[int, Any] = {}
Statement = TypeVar("Statement")


def said_often(statement: Statement) -> Statement:
    """Of a statement that is put together once and said in every run: what is added to it for an organisation is kept too,
    and with it the key by which SQLAlchemy finds how it is compiled."""
    _OFTEN[id(statement)] = statement
    return statement


def narrowed(statement: Any, scope: Scope, organisation_id: int | None, *, every_class: bool = False) -> Any:
    """The statement with the rules of its tables; `every_class` for what SQLAlchemy loads of itself."""
    if not every_class and _OFTEN.get(id(statement)) is statement:
        return _kept(id(statement), scope, organisation_id)
    return _with_rules(statement, mapped_classes() if every_class else spoken_of(statement), scope, organisation_id)


def _with_rules(statement: Any, classes: Iterable[type[SQLModel]], scope: Scope, organisation_id: int | None) -> Any:
    asked = sorted(classes, key=lambda cls: cls.__name__)
    rules = [rule for cls in asked if (rule := criterion(cls, scope, organisation_id)) is not None]
    return statement.options(*rules) if rules else statement


@functools.lru_cache(maxsize=500)
def _kept(number: int, scope: Scope, organisation_id: int | None) -> Any:
    statement = _OFTEN[number]
    return _with_rules(statement, spoken_of(statement), scope, organisation_id)
