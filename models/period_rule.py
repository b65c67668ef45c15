"""How an organisation reckons its periods: the cut-off day of a reporting month, the working days that a result report may
take, and the day on which the assessment year begins. Each set of them holds from a day on; before the first, the defaults."""

import datetime as dt

from sqlalchemy import Index
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, once, submitted, valid
from models.entry import amend, stands, strike
from models.history import lock, record, tells, write_down
from models.period import CUT_OFF, CutOffs
from models.steady import steady
from models.verb import query, verb

MOST_RESULT_DAYS = 60


class PeriodRuleDraft(Draft):
    valid_from: dt.date = Field(
        title=N_("Holds from"),
        description=N_("For the reporting months that are named after a month from this day on. Earlier ones stay."),
    )
    cut_off: int = Field(
        default=CUT_OFF,
        ge=1,
        le=28,
        title=N_("Cut-off day"),
        description=N_(
            "The day of the month before on which a reporting month begins. 15: from the 15th to the 14th, as in "
            "Nghị định 09/2019/NĐ-CP. 1: calendar months."
        ),
    )
    result_days: int = Field(
        default=5,
        ge=1,
        le=MOST_RESULT_DAYS,
        title=N_("Working days for a result report"),
        description=N_("Within how many working days after an event its result is to be reported."),
    )
    year_day: int = Field(
        default=16,
        ge=1,
        le=28,
        title=N_("Assessment year begins on day"),
        description=N_("The year of the self-score and of the title. For agencies it runs from 16/11 to 15/11."),
    )
    year_month: int = Field(default=11, ge=1, le=12, title=N_("Assessment year begins in month"))


class PeriodRule(PeriodRuleDraft, Owned, table=True):
    """One set. A struck one never held."""

    __tablename__ = "period_rule"
    __table_args__ = owned_by(Index("ix_period_rule_valid_from", "organisation_id", "valid_from"))
    id: int | None = Field(default=None, primary_key=True)
    struck_at: dt.datetime | None = Field(default=None, title=N_("Struck out at"))
    version: int = Field(default=1)


tells(PeriodRule, Permission.PERIOD_SET)
DEFAULTS = PeriodRuleDraft(valid_from=dt.date.min)


# ---- asking ----------------------------------------------------------------------------------------------------------
def held(session: Session) -> tuple[PeriodRule, ...]:
    """The organisation's own rules in the order of time, asked once a session."""
    if "period_rules" not in session.info:
        own = select(PeriodRule).where(col(PeriodRule.struck_at).is_(None)).order_by(col(PeriodRule.valid_from))
        session.info["period_rules"] = steady(session, "period rules", lambda: tuple(session.exec(own)))
    return session.info["period_rules"]


def rule_on(session: Session, day: dt.date) -> PeriodRuleDraft:
    """What holds on a day."""
    return next((rule for rule in reversed(held(session)) if rule.valid_from <= day), DEFAULTS)


@query(Permission.OVERVIEW)
def cut_offs(session: Session) -> CutOffs:
    """The organisation's cut-off days, for models/period.py."""
    return CutOffs(tuple((rule.valid_from, rule.cut_off) for rule in held(session)))


@query(Permission.PERIOD_SET)
def rules(session: Session) -> list[PeriodRule]:
    """The own rules, the newest first; without any, the defaults hold."""
    return list(reversed(held(session)))


def assessment_year(session: Session, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the assessment year that a day lies in."""
    rule = rule_on(session, day)
    begins = dt.date(day.year, rule.year_month, rule.year_day)
    first = begins if begins <= day else begins.replace(year=day.year - 1)
    return first, first.replace(year=first.year + 1) - dt.timedelta(days=1)


# ---- setting ---------------------------------------------------------------------------------------------------------
def _one(session: Session, period_rule_id: int) -> PeriodRule:
    return record(session, "period_rule", period_rule_id)


@verb(Permission.PERIOD_SET)
def save_rule(
    session: Session,
    draft: PeriodRuleDraft,
    period_rule_id: int | None = None,
    seen: int | None = None,
    nonce: str | None = None,
) -> PeriodRule:
    """Say what holds from a day on, or correct it."""
    draft = valid(PeriodRuleDraft, draft)
    if done := submitted(session, nonce):
        return _one(session, done.subject_id)  # type: ignore[arg-type]
    row = check_version(_one(session, period_rule_id), seen, draft) if period_rule_id else None
    if row:
        stands(row)
    if any(one.valid_from == draft.valid_from and one.id != period_rule_id for one in held(session)):
        raise Invalid(errors={"valid_from": ("taken", {})})
    session.info.pop("period_rules", None)
    if row is None:
        row = PeriodRule.model_validate(draft)
        session.add(row)
        session.flush()
        once(session, nonce, row.id)
        write_down(session, "period_rule.added", row, {name: [None, one] for name, one in draft.model_dump().items()})
        return row
    once(session, nonce, row.id)
    return amend(session, row, "period_rule.amended", draft)


@verb(Permission.PERIOD_SET)
def strike_rule(session: Session, period_rule_id: int) -> None:
    """Take a rule back: what was there before it holds again."""
    lock(session)
    strike(session, _one(session, period_rule_id), "period_rule.struck")
    session.info.pop("period_rules", None)
