"""Tasks (việc cần làm) on a record: entered by people, or born with an incident by the rules of data/catalogues/task_rule.toml.

A task has no state column: its state follows from the instants of what happened to it. Who did it never verifies it.
"""

import datetime as dt
from typing import Any, NamedTuple

from sqlalchemy import Index, and_, or_
from sqlmodel import Field, col, select

from models.access import RIGHTS, Denied, Invalid, NotFound, Permission
from models.account import Account
from models.catalogue import Entry, merged
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, ReasonDraft, check_version, hint, once, submitted, valid
from models.entry import amend, filled
from models.history import SUBJECTS, lock, record, tells, write_down
from models.verb import query, verb
from models.working_days import after, holidays

TODO, DOING, TO_VERIFY, DONE, CANNOT = STATES = ("todo", "doing", "to_verify", "done", "cannot")
TASKED = ("incident", "inspection_round", "event")  # records that may have tasks


# ---- what is typed --------------------------------------------------------------------------------------------------
class TaskEditDraft(Draft):
    """What may be put otherwise at any time. The due date moves by an extension only."""

    title: str = Field(min_length=3, max_length=200, title=N_("What is to be done"))
    detail: str = Field(default="", max_length=2000, title=N_("Details"), schema_extra=hint(widget="text_area", rows=2))
    owner_id: int | None = Field(default=None, title=N_("In charge"), schema_extra=hint(choices="colleague"))


class TaskDraft(TaskEditDraft):
    """A task as somebody enters it."""

    due_on: dt.date = Field(title=N_("Due date"))


class TaskDoneDraft(Draft):
    result: str = Field(
        min_length=3, max_length=2000, title=N_("What was done"), schema_extra=hint(widget="text_area", rows=2)
    )


class TaskExtendDraft(Draft):
    due_on: dt.date = Field(title=N_("New due date"))
    due_basis: str = Field(
        min_length=3, max_length=1000, title=N_("On what basis"), schema_extra=hint(widget="text_area", rows=2)
    )


# ---- what is kept ---------------------------------------------------------------------------------------------------
class Task(TaskDraft, Owned, table=True):
    """`rule` is the code of the rule that brought it, empty for one that a person entered."""

    __table_args__ = owned_by(
        Index("ix_task_record", "organisation_id", "subject", "subject_id"),
        Index("ix_task_owner", "organisation_id", "owner_id", "verified_at", "given_up_at"),
        Index("ix_task_due", "organisation_id", "due_on", "verified_at", "given_up_at"),
        owner_id="account",
        done_by="account",
    )
    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(max_length=40)
    subject_id: int
    rule: str | None = Field(default=None, max_length=60)
    entered_at: dt.datetime
    entered_by_name: str = Field(max_length=200)
    first_due_on: dt.date
    due_basis: str = Field(default="", max_length=1000, title=N_("On what basis"))
    started_at: dt.datetime | None = None
    done_at: dt.datetime | None = Field(default=None, title=N_("Done at"))
    done_by: int | None = Field(default=None)
    done_by_name: str = Field(default="", max_length=200)
    result: str = Field(default="", max_length=2000, title=N_("What was done"))
    verified_at: dt.datetime | None = Field(default=None, title=N_("Verified at"))
    verified_by_name: str = Field(default="", max_length=200)
    given_up_at: dt.datetime | None = None
    given_up_reason: str = Field(default="", max_length=1000, title=N_("Why it cannot be done"))
    version: int = Field(default=1)

    @property
    def state(self) -> str:
        if self.verified_at is not None:
            return DONE
        if self.given_up_at is not None:
            return CANNOT
        if self.done_at is not None:
            return TO_VERIFY
        return TODO if self.started_at is None else DOING


def _of_readable(session: Session) -> list[Any]:
    """One condition a kind of record: a task is seen by whoever may open its record."""
    found = []
    for name in TASKED:
        known = SUBJECTS[name]
        cls: Any = known.cls
        readable = select(cls.id).where(cls.id == Task.subject_id, known.visible(session)).exists()
        found.append(and_(col(Task.subject) == name, readable))
    return found


def visible(session: Session) -> Any:
    return or_(*_of_readable(session))


tells(Task, Permission.RECORD_READ, visible)


def one(session: Session, task_id: int) -> Task:
    """The row, or `NotFound` for a missing, foreign or hidden one."""
    return record(session, "task", task_id)


# ---- entering -------------------------------------------------------------------------------------------------------
_MAY_OWN = [str(role) for role, rights in RIGHTS.items() if Permission.RECORD_WRITE in rights]


@query(Permission.RECORD_READ)
def possible_owners(session: Session) -> dict[int, str]:
    """Id → name of those who can be put in charge, by given name."""
    statement = select(Account).where(Account.active, col(Account.role).in_(_MAY_OWN)).order_by(Account.sort)
    return {row.id: row.full_name for row in session.exec(statement) if row.id is not None}


def _checked(session: Session, draft: TaskEditDraft, before: int | None = None) -> None:
    """Who is in charge is of this house and may write; who was already stays, even after leaving."""
    if draft.owner_id not in (None, before) and draft.owner_id not in possible_owners(session):
        raise Invalid(errors={"owner_id": ("unknown", {})})


def _open_record(session: Session, subject: str, subject_id: int) -> Any:
    """The record a task is for, while its file is open."""
    if subject not in TASKED:
        raise NotFound(subject)
    row = record(session, subject, subject_id)
    if getattr(row, "closed_at", None):
        raise Invalid("closed")
    return row


@verb(Permission.RECORD_WRITE)
def add_task(session: Session, subject: str, subject_id: int, draft: TaskDraft, nonce: str | None = None) -> Task:
    """Write down something that is to be done about a record."""
    draft = valid(TaskDraft, draft)
    if done := submitted(session, nonce):
        return one(session, done.subject_id)  # type: ignore[arg-type]
    _open_record(session, subject, subject_id)
    _checked(session, draft)
    row = _new(session, subject, subject_id, draft)
    once(session, nonce, row.id)
    return row


def _new(session: Session, subject: str, subject_id: int, draft: TaskDraft, rule: str | None = None) -> Task:
    row = Task(
        **draft.model_dump(),
        subject=subject,
        subject_id=subject_id,
        rule=rule,
        first_due_on=draft.due_on,
        entered_at=session.current.now(),
        entered_by_name=session.current.name,
    )
    session.add(row)
    session.flush()
    if rule is None:
        write_down(session, "task.added", row, filled(draft))
    return row


def rules_for(session: Session, row: Any, day: dt.date) -> list[Entry]:
    """The rules that hold on a day and fit an incident's kind and unit."""
    return [rule for rule in merged(session, "task_rule").values() if rule.holds_on(day) and _fits(rule, row)]


def _fits(rule: Entry, row: Any) -> bool:
    kind, asked = row.kind or "", rule.attributes
    its = any(kind == one or kind.startswith(f"{one}.") for one in asked["kinds"])
    return its and asked.get("unit_id") in (None, row.unit_id)


def born(session: Session, row: Any) -> list[Task]:
    """Give an incident the steps of each rule that fits it now, with one line on its timeline that names the rule. A rule gives
    them once, however often the kind changes; an incident out of an old file gets none."""
    if row.kind is None or row.origin == "file":
        return []
    day = row.received_at.astimezone(session.current.zone).date()
    rules = rules_for(session, row, day)
    known = {task.rule for task in _of(session, "incident", row.id)} if rules else set()
    found = []
    for rule in (rule for rule in rules if rule.code not in known):
        steps = [_step(session, row, rule, step, day) for step in rule.attributes["steps"]]
        said = "; ".join(step.title for step in steps)
        write_down(session, "incident.tasks_born", row, {"tasks": [0, len(steps)]}, note=f"{rule.vi}: {said}"[:10_000])
        found += steps
    return found


def _step(session: Session, row: Any, rule: Entry, step: dict[str, Any], day: dt.date) -> Task:
    due = after(day, step["working_days"], holidays(session))
    draft = TaskDraft(title=step["vi"], due_on=due, owner_id=row.owner_id)
    return _new(session, "incident", row.id, draft, rule.code)


# ---- its life -------------------------------------------------------------------------------------------------------
def _taken(
    session: Session, task_id: int, seen: int | None, states: tuple[str, ...], asked: Draft | None = None
) -> Task:
    """The task, which must still be the one that was opened and in one of these states."""
    lock(session)
    row = check_version(one(session, task_id), seen, asked)
    if row.state not in states:
        raise Invalid("no_such_move", state=row.state)
    return row


def _tell(session: Session, action: str, row: Task, note: str = "", **values: Any) -> Task:
    changes = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    row.sqlmodel_update(values)
    row.version += 1
    said = {name: pair for name, pair in changes.items() if not name.endswith(("_by", "_by_name"))}
    write_down(session, action, row, said, note=note)
    return row


@verb(Permission.RECORD_WRITE)
def amend_task(session: Session, task_id: int, draft: TaskEditDraft, seen: int, nonce: str | None = None) -> Task:
    """Put a task otherwise, or somebody else in charge of it."""
    draft = valid(TaskEditDraft, draft)
    lock(session)
    row = one(session, task_id)
    if once(session, nonce, task_id):
        return row
    check_version(row, seen, draft)
    if row.state in (DONE, CANNOT):
        raise Invalid("settled")
    _checked(session, draft, row.owner_id)
    return amend(session, row, "task.amended", draft)


@verb(Permission.RECORD_WRITE)
def start_task(session: Session, task_id: int) -> Task:
    """Somebody is at it. Starting what is started changes nothing; who starts what nobody is in charge of, is."""
    lock(session)
    row = one(session, task_id)
    if row.state == DOING:
        return row
    row = _taken(session, task_id, None, (TODO,))
    owner = row.owner_id or session.current.account_id
    return _tell(session, "task.started", row, started_at=session.current.now(), owner_id=owner)


@verb(Permission.RECORD_WRITE)
def report_task(session: Session, task_id: int, draft: TaskDoneDraft, seen: int, nonce: str | None = None) -> Task:
    """It is done, says who did it; somebody else looks at it then."""
    draft = valid(TaskDoneDraft, draft)
    if submitted(session, nonce):
        return one(session, task_id)
    row, current = _taken(session, task_id, seen, (TODO, DOING), draft), session.current
    once(session, nonce, task_id)
    did = {"done_at": current.now(), "done_by": current.account_id, "done_by_name": current.name}
    return _tell(session, "task.reported", row, note=draft.result, result=draft.result, **did)


@verb(Permission.RECORD_WRITE)
def verify_task(session: Session, task_id: int, seen: int) -> Task:
    """Looked at and found done, by another person than the one who did it."""
    row = _by_another(session, _taken(session, task_id, seen, (TO_VERIFY,)))
    current = session.current
    return _tell(session, "task.verified", row, verified_at=current.now(), verified_by_name=current.name)


@verb(Permission.RECORD_WRITE)
def return_task(session: Session, task_id: int, draft: ReasonDraft, seen: int) -> Task:
    """Looked at and found not done: back to work, with the reason."""
    draft = valid(ReasonDraft, draft)
    row = _by_another(session, _taken(session, task_id, seen, (TO_VERIFY,), draft))
    return _tell(session, "task.returned", row, note=draft.reason, **_undone(session))


def _by_another(session: Session, row: Task) -> Task:
    if row.done_by == session.current.account_id:
        raise Denied("not_the_doer")
    return row


@verb(Permission.RECORD_WRITE)
def give_up_task(session: Session, task_id: int, draft: ReasonDraft, seen: int) -> Task:
    """It cannot be done, and why."""
    draft = valid(ReasonDraft, draft)
    row = _taken(session, task_id, seen, (TODO, DOING, TO_VERIFY), draft)
    why = {"given_up_at": session.current.now(), "given_up_reason": draft.reason}
    return _tell(session, "task.given_up", row, note=draft.reason, **why)


@verb(Permission.RECORD_WRITE)
def reopen_task(session: Session, task_id: int, draft: ReasonDraft, seen: int) -> Task:
    """Take up again what counted as done, or as impossible."""
    draft = valid(ReasonDraft, draft)
    row = _taken(session, task_id, seen, (DONE, CANNOT), draft)
    return _tell(session, "task.reopened", row, note=draft.reason, **_undone(session))


def _undone(session: Session) -> dict[str, Any]:
    nothing = dict.fromkeys(("done_at", "done_by", "verified_at", "given_up_at"))
    words = dict.fromkeys(("done_by_name", "verified_by_name", "given_up_reason", "result"), "")
    return nothing | words | {"started_at": session.current.now()}


@verb(Permission.RECORD_WRITE)
def extend_task(session: Session, task_id: int, draft: TaskExtendDraft, seen: int, nonce: str | None = None) -> Task:
    """Move the due date on, with the basis. The first one stays and shows."""
    draft = valid(TaskExtendDraft, draft)
    if submitted(session, nonce):
        return one(session, task_id)
    row = _taken(session, task_id, seen, (TODO, DOING, TO_VERIFY), draft)
    if draft.due_on <= row.due_on:
        raise Invalid(errors={"due_on": ("out_of_order", {})})
    once(session, nonce, task_id)
    return _tell(session, "task.extended", row, note=draft.due_basis, **draft.model_dump())


# ---- finding them again ---------------------------------------------------------------------------------------------
def _of(session: Session, subject: str, subject_id: int) -> list[Task]:
    statement = select(Task).where(Task.subject == subject, Task.subject_id == subject_id)
    return list(session.exec(statement.order_by(col(Task.due_on), col(Task.id))))


@query(Permission.RECORD_READ)
def tasks(session: Session, subject: str, subject_id: int) -> list[Task]:
    """Everything to be done about a record, the next due first."""
    record(session, subject, subject_id)
    return _of(session, subject, subject_id)


@query(Permission.RECORD_READ)
def task(session: Session, task_id: int) -> Task:
    return one(session, task_id)


@query(Permission.RECORD_READ)
def unfinished(session: Session, subject: str, subject_id: int) -> list[Task]:
    """What still waits: for the gate before a record is closed."""
    return [row for row in tasks(session, subject, subject_id) if row.state not in (DONE, CANNOT)]


class TaskOn(NamedTuple):
    """A task with the record it is for."""

    task: Task
    record: Any


def waiting(session: Session) -> Any:
    """Neither verified nor given up, on a record whose file is still open."""
    from models.incident import Incident

    over = or_(col(Incident.closed_at).is_not(None), col(Incident.not_confirmed_at).is_not(None))
    moot = select(Incident.id).where(Incident.id == Task.subject_id, over).exists()
    still = and_(col(Task.verified_at).is_(None), col(Task.given_up_at).is_(None), visible(session))
    return and_(still, or_(col(Task.subject) != "incident", ~moot))


def with_records(session: Session, *where: Any, limit: int) -> list[TaskOn]:
    """Waiting tasks, the next due first, each with its record: one question a kind of record."""
    statement = select(Task).where(waiting(session), *where).order_by(col(Task.due_on), col(Task.id)).limit(limit)
    rows = list(session.exec(statement))
    records: dict[tuple[str, int], Any] = {}
    for name in {row.subject for row in rows}:
        cls: Any = SUBJECTS[name].cls
        ids = {row.subject_id for row in rows if row.subject == name}
        records |= {(name, one.id): one for one in session.exec(select(cls).where(cls.id.in_(ids)))}
    return [TaskOn(row, records[row.subject, row.subject_id]) for row in rows]


@query(Permission.RECORD_WRITE)
def my_tasks(session: Session, limit: int = 50) -> list[TaskOn]:
    """What one is in charge of and has not reported done."""
    mine = (Task.owner_id == session.current.account_id, col(Task.done_at).is_(None))
    return with_records(session, *mine, limit=limit)


@query(Permission.RECORD_WRITE)
def to_verify(session: Session, limit: int = 50) -> list[TaskOn]:
    """What others reported done, on records that one is in charge of; for a head, on every record."""
    from models.incident import Incident

    done = (col(Task.done_at).is_not(None), col(Task.done_by).is_distinct_from(session.current.account_id))
    if session.current.may(Permission.INCIDENT_CLOSE):
        return with_records(session, *done, limit=limit)
    own = select(Incident.id).where(Incident.owner_id == session.current.account_id)
    return with_records(session, *done, Task.subject == "incident", col(Task.subject_id).in_(own), limit=limit)
