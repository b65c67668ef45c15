"""Row-level security on PostgreSQL: the third wall between organisations, behind the scope and the foreign keys.

The app's transactions run as `app_rw`, told by `app.scope` and `app.organisation_id` for whom (models/database.py). The
owner of the tables is not held by the policies (ENABLE, never FORCE: that breaks migrations and backups silently).

`protect()` says it for every mapped class, for a database made fresh from the models. A migration says the same for the
tables it adds, in plain words that stay what they are: `own(op, "incident")`. SQLite has no such wall, only the triggers.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import SQLModel

from models.access import Scope
from models.database import GLOBAL, OPEN, Owned, mapped_classes

ROLE = "app_rw"
# Asked once a statement, not once a row.
ORGANISATION = "(SELECT nullif(current_setting('app.organisation_id', true), '')::int)"
SCOPE = "(SELECT current_setting('app.scope', true))"
ROWS = "SELECT, INSERT, UPDATE"  # what the app may do to a table unless said otherwise: nothing loses rows
APPEND = "SELECT, INSERT"

# What the app may do to these tables instead.
GRANTS: dict[str, str] = {
    "history_entry": APPEND,
    "security_entry": APPEND,
    "form_draft": f"{ROWS}, DELETE",
    "export": f"{ROWS}, DELETE",
    "saved_view": f"{ROWS}, DELETE",
}
# What a member may read beyond its own rows: READABLE of models/, said in SQL (:me is its organisation). A test compares
# the rows both give.
#
# The ledger's tables grow with all organisations, so the order of words counts there. PostgreSQL asks this policy before
# `own`, from the left and no further than it must: its own rows and the answers to its own activities come first, though
# they need no permission here. And the row above is looked up by its key, as a value: `EXISTS (SELECT …)` and `IN (SELECT
# …)` it may turn into a table of everything that can be read, of all organisations, before it looks at the first row.
READ: dict[str, str] = {
    "organisation": "path LIKE '%/' || :me || '/%' OR kind = 'police'",
    "security_entry": "organisation_id = :me",
    # The ledger looks one way only: answer → party → activity → the activity's own columns. Back again is endless recursion.
    "joint_activity": "organisation_id = :me OR released_at IS NOT NULL AND (shared_with LIKE '%,' || :me || ',%'"
    " OR host_path LIKE '%/' || :me || '/%'"
    " AND EXISTS (SELECT FROM organisation WHERE organisation.id = :me AND organisation.kind = 'board'))",
    "joint_summary": "organisation_id = :me OR shared_with LIKE '%,' || :me || ',%'",
    "joint_party": "organisation_id = :me"
    " OR released_at IS NOT NULL AND (SELECT true FROM joint_activity a WHERE a.id = activity_id)",
    # Its foreign key holds an answer to a party of the host's, which the host reads anyway.
    "joint_answer": "organisation_id = :me OR host_id = :me OR (SELECT true FROM joint_party p WHERE p.id = joint_party_id)",
    "joint_opening": "host_id = :me",
    "plan_request": "party_id = :me AND withdrawn_at IS NULL",
    "plan_opinion": "host_id = :me",
}
# What a row must also be when it is written, whoever writes it.
REQUIRED: dict[str, str] = {
    # One answers for oneself, and only while one is asked.
    "joint_answer": "EXISTS (SELECT FROM joint_party p WHERE p.id = joint_party_id AND p.party_id = joint_answer.organisation_id"
    " AND p.organisation_id = host_id AND p.activity_id = joint_answer.activity_id"
    " AND p.released_at IS NOT NULL AND p.withdrawn_at IS NULL)",
    # One opens what one may read.
    "joint_opening": "EXISTS (SELECT FROM joint_activity a WHERE a.id = activity_id AND a.organisation_id = host_id)",
    # A police body speaks for itself, where it is asked, until the host has decided.
    "plan_opinion": "EXISTS (SELECT FROM plan_request r WHERE r.id = request_id AND r.organisation_id = host_id"
    " AND r.party_id = plan_opinion.organisation_id AND r.withdrawn_at IS NULL AND r.decided_at IS NULL)",
}
APPEND_ONLY = ("history_entry",)


def _run(where: Any, *statements: str) -> None:
    """`where` is alembic's `op` or a connection. No parameters, so a % is a %."""
    connection = where.get_bind() if hasattr(where, "get_bind") else where
    for statement in statements:
        connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def _postgres(where: Any) -> bool:
    connection = where.get_bind() if hasattr(where, "get_bind") else where
    return bool(connection.dialect.name == "postgresql")


def _among(scopes: Iterable[str]) -> str:
    return f"{SCOPE} IN ({', '.join(repr(str(scope)) for scope in sorted(scopes))})"


def _member(readable: str) -> str:
    return f"({_among([Scope.MEMBER])} AND ({readable.replace(':me', ORGANISATION)}))"


# ---- what a migration says ------------------------------------------------------------------------------------------
def role(op: Any) -> None:
    """The role of the app's transactions. The owner may become it (SET) but does not inherit it, else its policies would
    hold for the owner too. Roles belong to the whole server: it stays when the tables go."""
    if _postgres(op):
        _run(op, _ROLE, "REVOKE ALL ON SCHEMA public FROM PUBLIC", f"GRANT USAGE ON SCHEMA public TO {ROLE}")


_ROLE = f"""DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(20200107);
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS; END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}' AND (rolbypassrls OR rolsuper)) THEN
    RAISE EXCEPTION 'the role {ROLE} must not bypass row-level security';
  END IF;
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN NULL;
  ELSIF NOT pg_has_role(current_user, '{ROLE}', 'SET') THEN GRANT {ROLE} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
  END IF;
END $$"""  # noqa: S608 - our own words


def own(op: Any, table: str, *, open_to: Collection[str] = (), readable: str = "", grants: str = ROWS) -> None:
    """An organisation's table: its own rows, all rows to the scopes in `open_to`, and to read, the rows of `readable`."""
    if not _postgres(op):
        return
    mine = f"organisation_id = {ORGANISATION} AND {_among([Scope.MEMBER, Scope.SYSTEM])}"
    rule = f"({mine}) OR {_among(open_to)}" if open_to else mine
    _walls(op, table, grants)
    _run(op, f"CREATE POLICY own ON {table} TO {ROLE} USING ({rule}) WITH CHECK ({rule})")
    if readable:
        _run(op, f"CREATE POLICY read ON {table} FOR SELECT TO {ROLE} USING ({_member(readable)})")


def reread(op: Any, table: str, *, readable: str) -> None:
    """Say anew which rows of others a member may read of an organisation's table that has its walls already."""
    if _postgres(op):
        _run(op, f"ALTER POLICY read ON {table} USING ({_member(readable)})")


def share(op: Any, table: str, *, writers: Iterable[str], readable: str = "", grants: str = ROWS) -> None:
    """A table without an owner: read by all (a member: the rows of `readable`), written by the scopes in `writers`."""
    if not _postgres(op):
        return
    beyond = {str(scope) for scope in Scope} - {str(Scope.MEMBER)}
    read = f"{_among(beyond)} OR {_member(readable)}" if readable else _among(Scope)
    write = _among(writers)
    _walls(op, table, grants)
    _run(
        op,
        f"CREATE POLICY read ON {table} FOR SELECT TO {ROLE} USING ({read})",
        f"CREATE POLICY add ON {table} FOR INSERT TO {ROLE} WITH CHECK ({write})",
        f"CREATE POLICY change ON {table} FOR UPDATE TO {ROLE} USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY remove ON {table} FOR DELETE TO {ROLE} USING ({write})",
    )


def require(op: Any, table: str, condition: str) -> None:
    """Beside the other policies: no row is added or changed to one that does not meet the condition."""
    if _postgres(op):
        _run(
            op,
            f"CREATE POLICY required_new ON {table} AS RESTRICTIVE FOR INSERT TO {ROLE} WITH CHECK ({condition})",
            f"CREATE POLICY required ON {table} AS RESTRICTIVE FOR UPDATE TO {ROLE} USING (true) WITH CHECK ({condition})",
        )


def _walls(op: Any, table: str, grants: str) -> None:
    _run(
        op, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"GRANT {grants} ON {table} TO {ROLE}", _sequences(table)
    )


def _sequences(table: str) -> str:
    """The counters behind a table's ids may be drawn from by whoever may insert."""
    return f"""DO $$ DECLARE one text; BEGIN
  FOR one IN SELECT pg_get_serial_sequence('{table}', column_name) FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name = '{table}' LOOP
    IF one IS NOT NULL THEN EXECUTE 'GRANT USAGE ON SEQUENCE ' || one || ' TO {ROLE}'; END IF;
  END LOOP;
END $$"""  # noqa: S608 - our own words


def append_only(op: Any, table: str) -> None:
    """No UPDATE and no DELETE, whoever is connected, the owner included."""
    if not _postgres(op):
        _run(op, *(_refusal(table, what) for what in ("UPDATE", "DELETE")))
        return
    _run(
        op,
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'history is append-only'; END $$",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    )


def _refusal(table: str, what: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{what.lower()} BEFORE {what} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
    )


def forget(op: Any, table: str) -> None:
    """Before a downgrade drops an append-only table: its function does not go with it."""
    if _postgres(op):
        _run(op, f"DROP FUNCTION {table}_refuse() CASCADE")


# ---- what the models say ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """One call of the functions above, so that it can be made, or written into a migration."""

    what: str
    table: str
    words: dict[str, Any] = field(default_factory=dict)

    def take(self, op: Any) -> None:
        _CALLS[self.what](op, self.table, **self.words)

    def written(self) -> str:
        """As a line of a migration."""
        words = "".join(f", {name}={value!r}" for name, value in self.words.items())
        return f"security.{self.what}(op, {self.table!r}{words})"


_CALLS: dict[str, Callable[..., None]] = {"own": own, "share": share, "require": require, "append_only": append_only}


def _words(table: str) -> dict[str, Any]:
    known = {"readable": READ.get(table, ""), "grants": GRANTS.get(table, ROWS)}
    return {name: value for name, value in known.items() if value not in ("", ROWS)}


def _step(cls: type[SQLModel]) -> Step:
    table: str = cls.__tablename__  # type: ignore[assignment]
    if cls in GLOBAL:
        return Step("share", table, {"writers": _sorted(GLOBAL[cls])} | _words(table))
    if not issubclass(cls, Owned):
        raise LookupError(f"{table} belongs to no organisation and is not in GLOBAL")
    opened = {"open_to": _sorted(OPEN[cls])} if OPEN.get(cls) else {}
    return Step("own", table, opened | _words(table))


def _sorted(scopes: Iterable[Scope]) -> tuple[str, ...]:
    return tuple(sorted(str(scope) for scope in scopes))


def steps() -> list[Step]:
    """The walls of every mapped class, in the order of their names."""
    tables = sorted((_step(cls) for cls in mapped_classes()), key=lambda step: step.table)
    required = [Step("require", table, {"condition": condition}) for table, condition in REQUIRED.items()]
    return tables + required + [Step("append_only", table) for table in APPEND_ONLY]


def protect(connection: Any) -> None:
    """All walls round a database made fresh from the models. SQLite's triggers come with the tables (models/history.py)."""
    if not _postgres(connection):
        return
    role(connection)
    for step in steps():
        step.take(connection)
