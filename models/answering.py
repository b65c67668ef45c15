"""Answering: the partner's side of the joint ledger. It confirms or declines what was released to it, in a row of its own."""

from typing import Any

from sqlmodel import col, select

from models.access import Invalid, NotFound, Permission
from models.database import Session
from models.draft import ReasonDraft, valid
from models.history import lock, write_down
from models.joint import AnswerDraft, JointActivity, JointAnswer, JointParty, tell
from models.verb import verb


def _asked(session: Session, joint_party_id: int) -> tuple[JointParty, JointActivity, JointAnswer | None]:
    """The party that is this organisation, if it was released to it and not taken back."""
    mine = (JointParty.party_id == session.current.organisation_id, col(JointParty.released_at).is_not(None))
    party = session.exec(select(JointParty).where(JointParty.id == joint_party_id, *mine)).first()
    if party is None:
        raise NotFound("joint_party")
    if party.withdrawn_at:
        raise Invalid("withdrawn")
    activity = session.exec(select(JointActivity).where(JointActivity.id == party.activity_id)).one()
    return party, activity, session.exec(select(JointAnswer).where(JointAnswer.joint_party_id == party.id)).first()


def _answer(
    session: Session, party: JointParty, activity: JointActivity, old: JointAnswer | None, **said: Any
) -> JointAnswer:
    """The partner's one row for this party, new or answered again."""
    answer = old or JointAnswer(
        host_id=party.organisation_id,
        activity_id=party.activity_id,
        joint_party_id=party.id,  # type: ignore[arg-type]
        release=0,
        answered_name="",
    )
    answer.sqlmodel_update(said | {"release": activity.release, "answered_name": session.current.name})
    session.add(answer)
    session.flush()
    return answer


@verb(Permission.LEDGER_CONFIRM)
def confirm(session: Session, joint_party_id: int, draft: AnswerDraft | None = None) -> JointAnswer:
    """Say that the own organisation took part. After declining, only a text released anew can be confirmed."""
    draft = valid(AnswerDraft, draft or {})
    lock(session)
    party, activity, old = _asked(session, joint_party_id)
    if old and old.confirmed_at:
        return old
    if old and old.release == activity.release:
        raise Invalid("declined")
    answer = _answer(session, party, activity, old, confirmed_at=session.current.now(), people=draft.people)
    write_down(session, "joint_activity.confirmed", activity, {"people": [None, draft.people]} if draft.people else {})
    tell(session, activity)
    return answer


@verb(Permission.LEDGER_CONFIRM)
def decline(session: Session, joint_party_id: int, draft: ReasonDraft) -> JointAnswer:
    """Say, with the reason, that the own organisation did not take part or that the text is wrong."""
    draft = valid(ReasonDraft, draft)
    lock(session)
    party, activity, old = _asked(session, joint_party_id)
    if old and old.confirmed_at:
        raise Invalid("confirmed")
    if old and old.release == activity.release:
        return old
    answer = _answer(session, party, activity, old, declined_at=session.current.now(), reason=draft.reason)
    write_down(session, "joint_activity.declined", activity, note=draft.reason)
    tell(session, activity)
    return answer
