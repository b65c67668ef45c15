"""Who looks after an incident: one owner, and helpers each with a role word."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.account import Account
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, once, valid
from models.history import lock, tells, write_down
from models.incident import Incident, one
from models.verb import query, verb


class HelperDraft(Draft):
    account_id: int = Field(title=N_("Who"), schema_extra=hint(choices="colleague"))
    role_word: str = Field(
        min_length=2,
        max_length=60,
        title=N_("Does what"),
        description=N_("One or two words: contact with the police, at the scene …"),
    )


class IncidentHelper(Owned, table=True):
    """One helper of one incident. `ended` keeps who once helped; the timeline tells when."""

    __tablename__ = "incident_helper"
    __table_args__ = owned_by(
        UniqueConstraint("organisation_id", "incident_id", "account_id"), incident_id="incident", account_id="account"
    )
    id: int | None = Field(default=None, primary_key=True)
    incident_id: int
    account_id: int
    role_word: str = Field(max_length=60)
    ended: bool = False


tells(IncidentHelper, Permission.RECORD_READ)


def _colleague(session: Session, account_id: int | None, field: str) -> Account | None:
    """An active person of the own organisation, or None for nobody."""
    if account_id is None:
        return None
    person = session.exec(select(Account).where(Account.id == account_id, Account.active)).first()
    if person is None:
        raise Invalid(errors={field: ("unknown", {})})
    return person


@verb(Permission.RECORD_WRITE)
def assign(
    session: Session, incident_id: int, owner_id: int | None, seen: int | None = None, nonce: str | None = None
) -> Incident:
    """Give an incident to a colleague, or to nobody."""
    lock(session)
    row = one(session, incident_id)
    if once(session, nonce, incident_id):
        return row
    check_version(row, seen)
    new, old = _colleague(session, owner_id, "owner_id"), _name(session, row.owner_id)
    if row.owner_id == owner_id:
        return row
    write_down(session, "incident.assigned", row, {"owner": [old, new.full_name if new else None]})
    row.owner_id, row.version = owner_id, row.version + 1
    return row


def _name(session: Session, account_id: int | None) -> str | None:
    person = session.exec(select(Account).where(Account.id == account_id)).first()
    return person.full_name if person else None


@verb(Permission.RECORD_WRITE)
def add_helper(session: Session, incident_id: int, draft: HelperDraft) -> None:
    """Let a colleague help. Adding one person never touches the others, so that two people adding at once both succeed."""
    draft = valid(HelperDraft, draft)
    lock(session)
    row, person = one(session, incident_id), _colleague(session, draft.account_id, "account_id")
    there = _helper(session, incident_id, draft.account_id)
    if there and not there.ended and there.role_word == draft.role_word:
        return
    if there is None:
        there = IncidentHelper(incident_id=incident_id, **draft.model_dump())
        session.add(there)
    there.role_word, there.ended = draft.role_word, False
    write_down(session, "incident.helper_added", row, {"helper": [None, f"{person.full_name} ({draft.role_word})"]})  # type: ignore[union-attr]


@verb(Permission.RECORD_WRITE)
def remove_helper(session: Session, incident_id: int, account_id: int) -> None:
    lock(session)
    row, there = one(session, incident_id), _helper(session, incident_id, account_id)
    if there is None or there.ended:
        return
    there.ended = True
    write_down(
        session, "incident.helper_removed", row, {"helper": [f"{_name(session, account_id)} ({there.role_word})", None]}
    )


def _helper(session: Session, incident_id: int, account_id: int) -> IncidentHelper | None:
    statement = select(IncidentHelper).where(
        IncidentHelper.incident_id == incident_id, IncidentHelper.account_id == account_id
    )
    return session.exec(statement).first()


@query(Permission.RECORD_READ)
def people(session: Session, incident_id: int) -> tuple[str | None, list[tuple[int, str, str]]]:
    """The owner's name, and the helpers: (account id, name, role word)."""
    row = one(session, incident_id)
    helping = select(IncidentHelper).where(IncidentHelper.incident_id == incident_id, ~col(IncidentHelper.ended))
    helpers = [(one.account_id, _name(session, one.account_id) or "", one.role_word) for one in session.exec(helping)]
    return _name(session, row.owner_id), helpers
