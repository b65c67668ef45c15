"""The yearly self-score (figure 17): points and their maximum for each of the four safeties, signed by a head; and the
grade that the body above gave, once it did."""

import datetime as dt
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.catalogue import chosen
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, in_order, once, submitted, valid
from models.entry import amend, by_whom, not_in_future, put_in, strike
from models.figures import as_of, happened, not_yet
from models.history import lock, record, tells, write_down
from models.period import Period
from models.period_rule import assessment_year
from models.verb import query, verb

PILLARS = ("premises", "people", "property", "activities")
MOST_POINTS = 1000
STANDS = 366  # days after its year that a self-score still speaks for the organisation


def _points(title: str) -> Any:
    return Field(ge=0, le=MOST_POINTS, title=title)


def _most(title: str) -> Any:
    return Field(default=25.0, gt=0, le=MOST_POINTS, title=title)


class SelfScoreDraft(Draft):
    """The four safeties of the model, each with its points and the most that can be had."""

    year_first: dt.date = Field(title=N_("Assessment year from"))
    year_last: dt.date = Field(title=N_("to"))
    premises_points: float = _points(N_("1. Premises and surroundings: points"))
    premises_max: float = _most(N_("1. Premises and surroundings: of at most"))
    people_points: float = _points(N_("2. People: points"))
    people_max: float = _most(N_("2. People: of at most"))
    property_points: float = _points(N_("3. Property: points"))
    property_max: float = _most(N_("3. Property: of at most"))
    activities_points: float = _points(N_("4. Regular activities: points"))
    activities_max: float = _most(N_("4. Regular activities: of at most"))
    note: str = Field(default="", max_length=2000, title=N_("Note"), schema_extra=hint(widget="text_area", rows=2))


class GradeDraft(Draft):
    """What the body above decided."""

    grade: str = Field(
        min_length=1, max_length=40, title=N_("Official grade"), schema_extra=hint(choices="assessment_grade")
    )
    graded_on: dt.date = Field(title=N_("Decided on"))
    grade_document: str = Field(min_length=2, max_length=200, title=N_("Decision: number, body"))


class SelfScore(SelfScoreDraft, Owned, table=True):
    """`total` and `most` are the sums. Until it is signed it counts nowhere; then its points stay as they are."""

    __tablename__ = "self_score"
    __table_args__ = owned_by(
        Index("ix_self_score_year", "organisation_id", "year_last", "signed_at", "struck_at"), entered_by="account"
    )
    id: int | None = Field(default=None, primary_key=True)
    entered_at: dt.datetime
    entered_by: int | None = Field(default=None)
    entered_by_name: str = Field(max_length=200)
    signed_at: dt.datetime | None = Field(default=None, title=N_("Signed at"))
    signed_by_name: str = Field(default="", max_length=200, title=N_("Signed by"))
    grade: str = Field(
        default="", max_length=40, title=N_("Official grade"), schema_extra=hint(choices="assessment_grade")
    )
    graded_on: dt.date | None = Field(default=None, title=N_("Decided on"))
    grade_document: str = Field(default="", max_length=200, title=N_("Decision: number, body"))
    struck_at: dt.datetime | None = Field(default=None, title=N_("Struck out at"))
    struck_reason: str = Field(default="", max_length=1000)
    version: int = Field(default=1)

    @property
    def total(self) -> float:
        return round(sum(getattr(self, f"{pillar}_points") for pillar in PILLARS), 2)

    @property
    def most(self) -> float:
        return round(sum(getattr(self, f"{pillar}_max") for pillar in PILLARS), 2)


tells(SelfScore, Permission.RECORD_READ)


# ---- scoring ---------------------------------------------------------------------------------------------------------
def _one(session: Session, self_score_id: int) -> SelfScore:
    return record(session, "self_score", self_score_id)


def _checked(draft: SelfScoreDraft) -> None:
    in_order(draft.year_first, draft.year_last, "year_last")
    if (draft.year_last - draft.year_first).days > STANDS:
        raise Invalid(errors={"year_last": ("longer_than_a_year", {})})
    for pillar in PILLARS:
        most = getattr(draft, f"{pillar}_max")
        if getattr(draft, f"{pillar}_points") > most:
            raise Invalid(errors={f"{pillar}_points": ("more_than_most", {"most": most})})


def _open(row: SelfScore) -> SelfScore:
    if row.signed_at or row.struck_at:
        raise Invalid("struck" if row.struck_at else "score_signed")
    return row


@verb(Permission.KPI_SET)
def add_score(session: Session, draft: SelfScoreDraft, nonce: str | None = None) -> SelfScore:
    """Enter the self-score of an assessment year."""
    draft = valid(SelfScoreDraft, draft)
    if done := submitted(session, nonce):
        return _one(session, done.subject_id)  # type: ignore[arg-type]
    _checked(draft)
    row = SelfScore(**draft.model_dump(), **by_whom(session))
    return put_in(session, row, "self_score.added", draft, nonce)


@verb(Permission.KPI_SET)
def amend_score(
    session: Session, self_score_id: int, draft: SelfScoreDraft, seen: int, nonce: str | None = None
) -> SelfScore:
    """Change a self-score that is not signed yet."""
    draft = valid(SelfScoreDraft, draft)
    lock(session)
    row = _one(session, self_score_id)
    if once(session, nonce, row.id):
        return row
    _open(check_version(row, seen, draft))
    _checked(draft)
    return amend(session, row, "self_score.amended", draft)


@verb(Permission.KPI_SET)
def sign_score(session: Session, self_score_id: int, seen: int) -> SelfScore:
    """Sign it: from now on it counts. One signed self-score a year."""
    lock(session)
    row = _open(check_version(_one(session, self_score_id), seen))
    signed = (col(SelfScore.signed_at).is_not(None), col(SelfScore.struck_at).is_(None))
    if session.exec(select(SelfScore.id).where(SelfScore.year_last == row.year_last, *signed)).first():
        raise Invalid("score_exists")
    row.signed_at, row.signed_by_name, row.version = session.current.now(), session.current.name, row.version + 1
    write_down(session, "self_score.signed", row, {"signed_at": [None, row.signed_at]})
    return row


@verb(Permission.KPI_SET)
def grade_score(session: Session, self_score_id: int, draft: GradeDraft, seen: int) -> SelfScore:
    """Note the official grade that a signed self-score was given, or correct it."""
    draft = valid(GradeDraft, draft)
    lock(session)
    row = check_version(_one(session, self_score_id), seen, draft)
    if row.struck_at or row.signed_at is None:
        raise Invalid("struck" if row.struck_at else "score_unsigned")
    chosen(session, "assessment_grade", draft.grade, "grade", draft.graded_on)
    not_in_future(session, draft.graded_on, "graded_on")
    return amend(session, row, "self_score.graded", draft)


@verb(Permission.KPI_SET)
def strike_score(session: Session, self_score_id: int, reason: str) -> SelfScore:
    """Strike it out, with the reason: another one of the same year can be signed then."""
    lock(session)
    return strike(session, _one(session, self_score_id), "self_score.struck", reason)


# ---- finding ---------------------------------------------------------------------------------------------------------
def standing(session: Session, period: Period) -> tuple[Any, ...]:
    """The self-score that stands at the period's end: the one of the latest year among those signed by then, for as long
    as a year after the year it is about."""
    signed = (
        happened(SelfScore.signed_at, period),
        not_yet(SelfScore.struck_at, period),
        col(SelfScore.year_last) >= as_of(session, period) - dt.timedelta(days=STANDS),
    )
    latest = select(SelfScore.id).where(*signed).order_by(col(SelfScore.year_last).desc(), col(SelfScore.id).desc())
    return (col(SelfScore.id) == latest.limit(1).scalar_subquery(),)


@query(Permission.RECORD_READ)
def scores(session: Session, asked: Any = None, limit: int = 50) -> list[SelfScore]:
    """The self-scores, the latest year first; struck ones too. Or the one that a number stands on (models/counted.py)."""
    from models.counted import where

    statement = select(SelfScore).where(*where(session, asked, SelfScore))
    statement = statement.order_by(col(SelfScore.year_last).desc(), col(SelfScore.id).desc())
    return list(session.exec(statement.limit(limit)))


@query(Permission.RECORD_READ)
def score(session: Session, self_score_id: int) -> SelfScore:
    return _one(session, self_score_id)


@query(Permission.KPI_SET)
def year_to_score(session: Session) -> tuple[dt.date, dt.date]:
    """The assessment year that a new self-score is about: the running one."""
    return assessment_year(session, session.current.today())


@query(Permission.KPI_READ)
def standing_score(session: Session, period: Period) -> SelfScore | None:
    """The self-score behind figure 17."""
    return session.exec(select(SelfScore).where(*standing(session, period))).first()
