"""Saved views: a list's filters under a name, one's own or shared with a role of the organisation."""

from typing import Any

from sqlalchemy import Column, or_
from sqlmodel import Field, col, select

from models.access import Denied, Invalid, NotFound, Permission, Role
from models.database import QUIET, Json, Owned, Session, owned_by
from models.draft import N_, Draft, hint, valid
from models.guard import refuse
from models.verb import query, verb

MOST = 50  # of one account and page


class SavedViewDraft(Draft):
    name: str = Field(min_length=2, max_length=80, title=N_("Name of the view"))
    shared_role: str | None = Field(
        default=None,
        max_length=20,
        title=N_("Shared with"),
        description=N_("Empty keeps it to yourself."),
        schema_extra=hint(choices="role"),
    )


class SavedView(SavedViewDraft, Owned, table=True):
    """`filters` holds enumerated choices and days only; a search text is a person's own and is not kept."""

    __tablename__ = "saved_view"
    __table_args__ = owned_by(account_id="account")
    id: int | None = Field(default=None, primary_key=True)
    account_id: int
    page: str = Field(max_length=40)
    filters: dict[str, Any] = Field(default_factory=dict, sa_column=Column(Json, nullable=False))


QUIET.add(SavedView)  # a person's own arrangement of a list, no record of the organisation


@verb(Permission.RECORD_READ)
def save_view(session: Session, page: str, draft: SavedViewDraft, filters: dict[str, str]) -> SavedView:
    """Keep filters under a name; the same name again replaces them."""
    draft = valid(SavedViewDraft, draft)
    refuse(draft)
    current = session.current
    if draft.shared_role is not None and draft.shared_role not in set(Role):
        raise Invalid(errors={"shared_role": ("unknown", {})})
    if len(str(filters)) > 2000:
        raise Invalid("string_too_long", max_length=2000)
    mine = list(
        session.exec(select(SavedView).where(SavedView.account_id == current.account_id, SavedView.page == page))
    )
    row = next((view for view in mine if view.name == draft.name), None)
    if row is None:
        if len(mine) >= MOST:
            raise Invalid("too_many", most=MOST, found=len(mine))
        row = SavedView(account_id=current.account_id, page=page, **draft.model_dump())  # type: ignore[arg-type]
        session.add(row)
    row.shared_role, row.filters = draft.shared_role, {name: str(value) for name, value in filters.items()}
    session.flush()
    return row


@verb(Permission.RECORD_READ)
def drop_view(session: Session, view_id: int) -> None:
    """Forget one's own view."""
    row = session.exec(select(SavedView).where(SavedView.id == view_id)).first()
    if row is None:
        raise NotFound("view")
    if row.account_id != session.current.account_id:
        raise Denied("view")
    session.delete(row)


@query(Permission.RECORD_READ)
def views(session: Session, page: str) -> list[SavedView]:
    """One's own views of a page and those shared with one's role, by name."""
    current = session.current
    whose = or_(col(SavedView.account_id) == current.account_id, col(SavedView.shared_role) == current.role)
    return list(session.exec(select(SavedView).where(SavedView.page == page, whose).order_by(col(SavedView.name))))
