"""Sharing: the host's side of the joint ledger. Staff propose, heads release and take back."""

from typing import Any

from sqlmodel import col, select

from models.access import Invalid, NotFound, Permission
from models.catalogue import chosen
from models.database import Session
from models.draft import Draft, ReasonDraft, check_version, in_order, once, submitted, valid
from models.history import lock, record, write_down
from models.joint import (
    SERIES,
    ActivityDraft,
    EntryDraft,
    JointActivity,
    JointParty,
    JointSummary,
    PartnersDraft,
    PartyDraft,
    ShareDraft,
    SummaryDraft,
    parties,
    partners,
    tell,
)
from models.numbering import next_number
from models.organisation import own_organisation
from models.shared import SHARED, Shared, told
from models.text import fold
from models.verb import verb


# ---- entering -------------------------------------------------------------------------------------------------------
def _own(session: Session, activity_id: int, seen: int | None = None, draft: Draft | None = None) -> JointActivity:
    """The host's own activity; a partner's view of another's is no way to change it."""
    own = JointActivity.organisation_id == session.current.organisation_id
    row = session.exec(select(JointActivity).where(JointActivity.id == activity_id, own)).first()
    if row is None:
        raise NotFound("joint_activity")
    return check_version(row, seen, draft)


def _summary(session: Session, activity: JointActivity) -> JointSummary:
    return session.exec(select(JointSummary).where(JointSummary.activity_id == activity.id)).one()


def _entered(session: Session, draft: EntryDraft) -> Shared:
    """What an entry says, with everything that needs the database or the clock checked."""
    in_order(draft.started_at, draft.ended_at, "ended_at")
    if draft.started_at > session.current.now():
        raise Invalid(errors={"started_at": ("in_the_future", {})})
    day = draft.started_at.astimezone(session.current.zone).date()
    kind = chosen(session, "activity_kind", draft.kind, "kind", day)
    if kind is None or "shared_from" in kind.attributes:
        raise Invalid(errors={"kind": ("unknown", {})})
    subject = chosen(session, "inspection_subject", draft.subject, "subject", day)
    return Shared(
        **draft.model_dump(include={"kind", "title", "summary", "started_at", "ended_at", "subject", "area"}),
        occurred_on=day,
        subject_label=subject.vi if subject else "",
        figures={} if draft.people is None else {"people": draft.people},
    )


def _facts(said: Shared) -> dict[str, Any]:
    names = ("kind", "occurred_on", "started_at", "ended_at", "subject", "subject_label", "area", "confidential")
    return {name: getattr(said, name) for name in names} | {"area_folded": fold(said.area)}


def _added(session: Session, said: Shared, source: str | None = None, source_id: int | None = None) -> JointActivity:
    """A new activity with its summary, not yet released to anybody."""
    host = own_organisation(session)
    activity = JointActivity(
        **_facts(said),
        number=next_number(session, SERIES),
        source=source,
        source_id=source_id,
        host_name=host.name,
        host_path=host.path,
        entered_at=session.current.now(),
    )
    session.add(activity)
    session.flush()
    texts = {"title": said.title, "summary": said.summary, "figures": said.figures}
    session.add(JointSummary(activity_id=activity.id, **texts))  # type: ignore[arg-type]
    session.flush()
    return activity


def _rewritten(session: Session, activity: JointActivity, draft: Any) -> dict[str, list[Any]]:
    """Put the text anew, and the facts as the record (or the entry) has them now. {field: [old, new]}."""
    if activity.source:
        text, said = valid(SummaryDraft, draft), told(session, activity.source, activity.source_id)
    else:
        text = valid(EntryDraft, draft)
        said = _entered(session, text)
    summary = _summary(session, activity)
    figures = _compared(summary.figures, said.figures)
    _put(summary, {"figures": said.figures})
    return _put(activity, _facts(said)) | _put(summary, {"title": text.title, "summary": text.summary}) | figures


def _compared(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [old.get(name), new.get(name)] for name in old | new if old.get(name) != new.get(name)}


def _put(row: Any, values: dict[str, Any]) -> dict[str, list[Any]]:
    changes = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    row.sqlmodel_update({name: new for name, (_, new) in changes.items()})
    return {name: pair for name, pair in changes.items() if name not in ("area_folded", "subject")}  # the label says it


@verb(Permission.SHARE_PROPOSE)
def propose(
    session: Session, source: str, source_id: int, draft: ShareDraft, nonce: str | None = None, *, at_once: bool = False
) -> JointActivity:
    """Ask to share a record with partners. A record has one activity, however often it is proposed; while partners read
    it, its text changes by `rerelease` only. A head may release in the same step."""
    draft = valid(ShareDraft, draft)
    if done := submitted(session, nonce):
        return _own(session, done.subject_id)  # type: ignore[arg-type]
    row = record(session, source, source_id)
    if source not in SHARED:
        raise NotFound(source)
    activity = of_source(session, source, source_id)
    new = activity is None
    if activity is None:
        activity = _added(session, SHARED[source](session, row), source, source_id)
    changes = _worded(session, activity, SummaryDraft(title=draft.title, summary=draft.summary))
    once(session, nonce, activity.id)
    return _proposed(session, activity, draft.partners, _first(draft) if new else changes, at_once)


def _worded(session: Session, activity: JointActivity, text: SummaryDraft) -> dict[str, list[Any]]:
    """Put the proposed text where nobody reads one now. The facts of what was once released wait for the next release."""
    if activity.release == 0:
        return _rewritten(session, activity, text)
    return _put(_summary(session, activity), text.model_dump()) if activity.withdrawn_at else {}


def of_source(session: Session, source: str, source_id: int) -> JointActivity | None:
    """The own activity of a record, if it was ever proposed."""
    own = JointActivity.organisation_id == session.current.organisation_id
    statement = select(JointActivity).where(own, JointActivity.source == source, JointActivity.source_id == source_id)
    return session.exec(statement).first()


@verb(Permission.SHARE_PROPOSE)
def enter_activity(
    session: Session, draft: ActivityDraft, nonce: str | None = None, *, at_once: bool = False
) -> JointActivity:
    """Enter a patrol, a meeting or a training held together. A head may release it in the same step."""
    draft = valid(ActivityDraft, draft)
    if done := submitted(session, nonce):
        return _own(session, done.subject_id)  # type: ignore[arg-type]
    activity = _added(session, _entered(session, draft))
    once(session, nonce, activity.id)
    return _proposed(session, activity, draft.partners, _first(draft), at_once)


def _first(draft: SummaryDraft) -> dict[str, list[Any]]:
    """What a person wrote for partners, as the history begins with it."""
    said = draft.model_dump(include={"title", "summary", "area"})
    return {name: [None, value] for name, value in said.items() if value}


def _proposed(
    session: Session, activity: JointActivity, codes: list[str], changes: dict[str, Any], at_once: bool
) -> JointActivity:
    if names := _invited(session, activity, codes):
        changes = changes | {"partners": [None, names]}
    if changes:
        activity.version += 1
        write_down(session, "joint_activity.proposed", activity, changes)
    return release(session, activity.id) if at_once else activity  # type: ignore[arg-type]


@verb(Permission.SHARE_PROPOSE)
def invite(session: Session, activity_id: int, draft: PartnersDraft) -> JointActivity:
    """Propose further partners for an activity that stands already."""
    draft = valid(PartnersDraft, draft)
    lock(session)
    return _proposed(session, _own(session, activity_id), draft.partners, {}, False)


@verb(Permission.SHARE_PROPOSE)
def amend(session: Session, activity_id: int, draft: SummaryDraft, seen: int | None = None) -> JointActivity:
    """Change what is not released yet."""
    lock(session)
    activity = _own(session, activity_id, seen, draft)
    if activity.release:
        raise Invalid("released")
    if changes := _rewritten(session, activity, draft):
        activity.version += 1
        write_down(session, "joint_activity.amended", activity, changes)
    return activity


@verb(Permission.SHARE_PROPOSE)
def describe_party(session: Session, joint_party_id: int, draft: PartyDraft) -> JointParty:
    """Say what a partner's task was and how many people it had, as long as nobody read it."""
    draft = valid(PartyDraft, draft)
    lock(session)
    own = JointParty.organisation_id == session.current.organisation_id
    party = session.exec(select(JointParty).where(JointParty.id == joint_party_id, own)).first()
    if party is None:
        raise NotFound("joint_party")
    if not party.is_proposed:
        raise Invalid("released")
    if changes := _put(party, draft.model_dump()):
        activity = _own(session, party.activity_id)
        activity.version += 1
        write_down(session, "joint_activity.party_described", activity, {"partner": [None, party.name]} | changes)
    return party


def _invited(session: Session, activity: JointActivity, codes: list[str]) -> list[str]:
    """Propose to those partners who are not on the activity yet; their names."""
    known, here = partners(session), {party.code for party in parties(session, activity)}
    if any(code not in known for code in codes):
        raise Invalid(errors={"partners": ("unknown", {})})
    new = [known[code] for code in codes if code not in here]
    now = session.current.now()
    for one in new:
        invited = {"party_id": one.organisation_id, "code": one.code, "name": one.name, "proposed_at": now}
        session.add(JointParty(activity_id=activity.id, **invited))  # type: ignore[arg-type]
    session.flush()
    return [one.name for one in new]


# ---- releasing and taking back --------------------------------------------------------------------------------------
@verb(Permission.SHARE_RELEASE)
def release(
    session: Session, activity_id: int, draft: SummaryDraft | None = None, seen: int | None = None
) -> JointActivity:
    """Let the proposed partners read it. Text and figures are frozen as they are at this instant, unless others read them."""
    lock(session)
    activity = _own(session, activity_id, seen, draft)
    waiting = [party for party in parties(session, activity) if party.is_proposed]
    if not waiting:
        return activity
    changes, now = {}, session.current.now()
    if not activity.release or activity.withdrawn_at:
        changes, activity.release = _frozen(session, activity, draft), activity.release + 1
    for party in waiting:
        party.released_at = now
    activity.released_at = activity.released_at or now
    _publish(session, activity)
    write_down(session, "joint_activity.released", activity, {"partners": [None, [p.name for p in waiting]]} | changes)
    return activity


def _frozen(session: Session, activity: JointActivity, draft: SummaryDraft | None) -> dict[str, Any]:
    """The facts as the record has them now, with the text that the head leaves or writes."""
    if draft is None and activity.source is None:
        return {}
    summary = _summary(session, activity)
    return _rewritten(session, activity, draft or SummaryDraft(title=summary.title, summary=summary.summary))


@verb(Permission.SHARE_RELEASE)
def rerelease(session: Session, activity_id: int, draft: SummaryDraft, seen: int | None = None) -> JointActivity:
    """Put a new text and today's facts in place of what partners read. Their confirmations name the release they answered."""
    lock(session)
    activity = _own(session, activity_id, seen, draft)
    if not activity.release or activity.withdrawn_at:
        raise Invalid("not_released")
    if changes := _rewritten(session, activity, draft):
        activity.release, activity.rereleased_at = activity.release + 1, session.current.now()
        _publish(session, activity)
        write_down(session, "joint_activity.rereleased", activity, changes)
    return activity


@verb(Permission.SHARE_RELEASE)
def withdraw(
    session: Session, activity_id: int, draft: ReasonDraft, party_ids: list[int] | None = None, seen: int | None = None
) -> JointActivity:
    """Take it back from these parties, or from all: they read the text no more. What was counted stays counted."""
    draft = valid(ReasonDraft, draft)
    lock(session)
    activity = _own(session, activity_id, seen, draft)
    leaving = [party for party in parties(session, activity) if party_ids is None or party.id in party_ids]
    if not leaving:
        return activity
    for party in leaving:
        party.withdrawn_at = session.current.now()
    _publish(session, activity)
    names = [party.name for party in leaving]
    write_down(session, "joint_activity.withdrawn", activity, {"partners": [names, None]}, note=draft.reason)
    return activity


def _publish(session: Session, activity: JointActivity) -> None:
    """Say on the activity who was ever let in, on the summary who may read now, and tell everybody concerned."""
    session.flush()
    released = select(JointParty).where(JointParty.activity_id == activity.id, col(JointParty.released_at).is_not(None))
    ever = list(session.exec(released))
    live = [party for party in ever if party.is_live]
    activity.shared_with, _summary(session, activity).shared_with = _listed(ever), _listed(live)
    activity.withdrawn_at = None if live or not ever else activity.withdrawn_at or session.current.now()
    activity.version += 1
    session.flush()
    tell(session, activity)


def _listed(parties: list[JointParty]) -> str:
    ids = sorted({party.party_id for party in parties if party.party_id is not None})
    return f",{','.join(map(str, ids))}," if ids else ""
