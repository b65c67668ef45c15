"""Verbs and queries: each names the permission it needs, and is known by name so that tests can walk all of them."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from models.access import Current, Denied, Permission, Scope
from models.database import Session, reading, writing

P = ParamSpec("P")
R = TypeVar("R")
Doer = Callable[Concatenate[Session, P], R]
Asked = Callable[Concatenate[Current | Session, P], R]

VERBS: dict[str, Permission | None] = {}
QUERIES: dict[str, Permission | None] = {}


def _name(body: Callable[..., Any]) -> str:
    return f"{body.__module__}.{body.__qualname__}"


def _checked(current: Current, permission: Permission | None) -> None:
    """None is for what happens at the door, before anybody is known."""
    if permission is None:
        if current.scope is not Scope.DOOR:
            raise Denied("door")
    elif not current.may(permission):
        raise Denied(str(permission))


def _open_to(
    registry: dict[str, Permission | None], door: Callable[[Current], Any], permission: Permission | None
) -> Callable[[Doer[P, R]], Asked[P, R]]:
    def wrap(body: Doer[P, R]) -> Asked[P, R]:
        registry[_name(body)] = permission

        @functools.wraps(body)
        def act(who: Current | Session, *args: P.args, **kwargs: P.kwargs) -> R:
            if isinstance(who, Session):
                _checked(who.current, permission)
                return body(who, *args, **kwargs)
            _checked(who, permission)
            with door(who) as session:
                return body(session, *args, **kwargs)

        act.permission = permission  # type: ignore[attr-defined]
        return act  # type: ignore[return-value]  # its first argument takes either

    return wrap


def verb(permission: Permission | None) -> Callable[[Doer[P, R]], Asked[P, R]]:
    """`report(current, …)` opens a transaction, checks the permission and commits; `report(session, …)` joins the
    caller's transaction and checks all the same."""
    return _open_to(VERBS, writing, permission)


def query(permission: Permission | None) -> Callable[[Doer[P, R]], Asked[P, R]]:
    """A named question, with the permission it needs."""
    return _open_to(QUERIES, reading, permission)
