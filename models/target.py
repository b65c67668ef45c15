"""Targets that a head sets for a figure: what should be reached, and from where on it is near (F53)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Index
from sqlmodel import Field, col, select

from models.access import Invalid, Permission
from models.database import Owned, Session, owned_by
from models.draft import N_, Draft, check_version, hint, in_order, once, submitted, valid
from models.entry import amend, put_in, stands, strike
from models.figures import Better, Figure, Measure, as_of, of_unit
from models.history import lock, record, tells
from models.kpis import KPIS
from models.organisation import unit_on
from models.period import Period, Span, reporting
from models.verb import query, verb

MET, NEAR, MISSED = "met", "near", "missed"
MOST = 1_000_000


class GoalDraft(Draft):
    """What is set for a figure. `value` and `warning` are typed as the figure is shown: a share as per cent."""

    value: float = Field(
        ge=0, le=MOST, title=N_("Target"), description=N_("As the figure is shown; shares in per cent.")
    )
    warning: float | None = Field(
        default=None,
        ge=0,
        le=MOST,
        title=N_("Near the target from"),
        description=N_("Between this and the target the figure is shown as near, beyond it as missed."),
    )
    valid_from: dt.date = Field(title=N_("Holds from"))
    valid_to: dt.date | None = Field(
        default=None, title=N_("Holds until"), description=N_("The first day on which it no longer holds.")
    )
    span: str | None = Field(
        default=None,
        max_length=10,
        title=N_("For periods of"),
        description=N_("A number that grows with the days needs it. Empty means every period."),
        schema_extra=hint(choices="span"),
    )
    unit_id: int | None = Field(
        default=None,
        title=N_("Unit"),
        description=N_("Empty means the whole organisation."),
        schema_extra=hint(choices="unit"),
    )


class TargetDraft(GoalDraft):
    code: str = Field(min_length=1, max_length=4, title=N_("Figure"), schema_extra=hint(choices="kpi"))


class KpiTarget(TargetDraft, Owned, table=True):
    """One target. A struck one never held."""

    __tablename__ = "kpi_target"
    __table_args__ = owned_by(
        Index("ix_kpi_target_code", "organisation_id", "code", "unit_id", "span", "valid_from"), unit_id="unit"
    )
    id: int | None = Field(default=None, primary_key=True)
    struck_at: dt.datetime | None = Field(default=None, title=N_("Struck out at"))
    version: int = Field(default=1)


tells(KpiTarget, Permission.KPI_READ)


@dataclass(frozen=True, slots=True)
class Target:
    """What holds for one figure, in the figure's own measure (a share between 0 and 1)."""

    code: str
    value: float
    warning: float | None = None
    target_id: int | None = None

    def state(self, figure: Figure) -> str | None:
        """Whether the figure meets the target, is near it, or misses it; None where there is no data."""
        if figure.value is None:
            return None
        more = KPIS[self.code].better is Better.MORE
        reached = figure.value >= self.value if more else figure.value <= self.value
        if reached:
            return MET
        if self.warning is None:
            return MISSED
        return NEAR if (figure.value >= self.warning if more else figure.value <= self.warning) else MISSED


def settable() -> list[str]:
    """The figures that have a better direction; the others have no target."""
    return [code for code in sorted(KPIS, key=int) if KPIS[code].better is not Better.NEITHER]


# ---- setting ---------------------------------------------------------------------------------------------------------
def _one(session: Session, kpi_target_id: int) -> KpiTarget:
    return record(session, "kpi_target", kpi_target_id)


def _checked(session: Session, draft: TargetDraft, own: int | None) -> TargetDraft:
    if draft.code not in settable():
        raise Invalid(errors={"code": ("unknown", {})})
    if draft.span is not None and draft.span not in (Span.MONTH, Span.QUARTER, Span.HALF, Span.YEAR):
        raise Invalid(errors={"span": ("unknown", {})})
    in_order(draft.valid_from, draft.valid_to, "valid_to")
    kpi = KPIS[draft.code]
    if kpi.measure is Measure.SHARE and max(draft.value, draft.warning or 0) > 100:
        raise Invalid(errors={"value": ("less_than_equal", {"le": 100})})
    low, high = (draft.warning, draft.value) if kpi.better is Better.MORE else (draft.value, draft.warning)
    if low is not None and high is not None and low > high:
        raise Invalid(errors={"warning": ("wrong_side", {})})
    unit_id = unit_on(session, draft.unit_id, draft.valid_from)
    same = (
        col(KpiTarget.struck_at).is_(None),
        KpiTarget.code == draft.code,
        col(KpiTarget.unit_id).is_(None) if unit_id is None else col(KpiTarget.unit_id) == unit_id,
        col(KpiTarget.span).is_(None) if draft.span is None else col(KpiTarget.span) == draft.span,
        KpiTarget.valid_from == draft.valid_from,
    )
    if session.exec(select(KpiTarget.id).where(*same, KpiTarget.id != own)).first():
        raise Invalid(errors={"valid_from": ("taken", {})})
    return draft.model_copy(update={"unit_id": unit_id})


@verb(Permission.KPI_SET)
def set_target(
    session: Session,
    draft: TargetDraft,
    kpi_target_id: int | None = None,
    seen: int | None = None,
    nonce: str | None = None,
) -> KpiTarget:
    """Set a target from a day on, or correct one. An earlier one of the same kind holds until that day."""
    if done := submitted(session, nonce):
        return _one(session, done.subject_id)  # type: ignore[arg-type]
    row = check_version(_one(session, kpi_target_id), seen, draft) if kpi_target_id else None
    draft = valid(TargetDraft, draft)
    if row:
        stands(row)
    draft = _checked(session, draft, kpi_target_id)
    if row is None:
        return put_in(session, KpiTarget.model_validate(draft), "target.set", draft, nonce)
    once(session, nonce, row.id)
    return amend(session, row, "target.amended", draft)


@verb(Permission.KPI_SET)
def strike_target(session: Session, kpi_target_id: int) -> None:
    """Take a target back that was set by mistake."""
    lock(session)
    strike(session, _one(session, kpi_target_id), "target.struck")


# ---- asking ----------------------------------------------------------------------------------------------------------
@query(Permission.KPI_READ)
def targets(session: Session, period: Period, unit_id: int | None = None) -> dict[str, Target]:
    """Code → the target that holds at the period's end. One for periods of this length goes before one for all; a unit's
    own before the organisation's, which a unit inherits only where numbers do not grow with the organisation."""
    day = as_of(session, period)
    of_unit(session, col(KpiTarget.unit_id), unit_id)  # a foreign unit is not found
    rows = session.exec(select(KpiTarget).where(col(KpiTarget.struck_at).is_(None), col(KpiTarget.valid_from) <= day))
    return {row.code: _target(row) for row in _holding(rows, day, period.span, unit_id)}


@query(Permission.KPI_READ)
def month_targets(
    session: Session, code: str, months: Sequence[Period], unit_id: int | None = None
) -> list[Target | None]:
    """The target of each reporting month, as that month's own page has it: for a line beside the bars of a trend.

    Only what was set for months, or for every period, is a month's. A target of a quarter or a year is not divided: a head who
    allows 24 incidents a year has not said two a month, and a month of three would look like a failure that nobody spoke of. A
    month that the ends of free days cut has none either, since the target is of the whole. Each month has the one that holds
    at its end, or today while it runs; so the line steps where the target changes, and what was struck out is nowhere.
    """
    of_unit(session, col(KpiTarget.unit_id), unit_id)  # a foreign unit is not found
    rows = session.exec(select(KpiTarget).where(col(KpiTarget.struck_at).is_(None), KpiTarget.code == code)).all()
    return [_of_month(session, rows, month, unit_id) for month in months]


def _of_month(session: Session, rows: Sequence[KpiTarget], month: Period, unit_id: int | None) -> Target | None:
    if month != reporting(Span.MONTH, month.last, month.zone, month.cut_offs):
        return None
    day = month.last if month.first > session.current.today() else as_of(session, month)
    held = _holding(rows, day, Span.MONTH, unit_id)
    return _target(held[-1]) if held else None


def _holding(rows: Iterable[KpiTarget], day: dt.date, span: Span, unit_id: int | None) -> list[KpiTarget]:
    """Those that hold on a day for periods of that length, the one that goes before the others last."""
    held = [
        row
        for row in rows
        if row.valid_from <= day
        and (row.valid_to is None or row.valid_to > day)
        and row.span in (None, str(span))
        and row.unit_id in (None, unit_id)
        and row.code in KPIS
        and _fits(row, unit_id)
    ]
    return sorted(held, key=lambda row: (row.unit_id is not None, row.span is not None, row.valid_from))


def _fits(row: KpiTarget, unit_id: int | None) -> bool:
    if unit_id is None or row.unit_id is not None:
        return True
    return KPIS[row.code].measure is not Measure.COUNT


def _target(row: KpiTarget) -> Target:
    scale = 100 if KPIS[row.code].measure is Measure.SHARE else 1
    warning = None if row.warning is None else row.warning / scale
    return Target(row.code, row.value / scale, warning, row.id)


@query(Permission.KPI_READ)
def all_targets(session: Session, code: str = "") -> list[KpiTarget]:
    """Every target, or those of one figure; the newest first."""
    statement = select(KpiTarget).where(col(KpiTarget.struck_at).is_(None))
    statement = statement.order_by(col(KpiTarget.valid_from).desc(), col(KpiTarget.id).desc())
    return list(session.exec(statement.where(KpiTarget.code == code) if code else statement))
