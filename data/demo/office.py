"""How the people of one organisation enter and finish their records: the habits of the demonstration world."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import select

from data.demo.diary import Diary
from models import (
    answering,
    event,
    finding,
    history,
    incident,
    incident_life,
    inspection_life,
    plan,
    plan_opinion,
    remedy,
    sharing,
    task,
    visit,
)
from models.access import Current
from models.database import reading
from models.draft import Draft
from models.event import EventDraft, ResultDraft
from models.finding import FindingDraft, RecheckDraft
from models.incident import IncidentDraft
from models.incident_life import MoveDraft, ReopenDraft, SettleDraft, TransferDraft, VoidDraft
from models.inspection import RoundDraft, VisitDraft, plan_round
from models.inspection_life import ConclusionDraft
from models.joint import ActivityDraft, JointParty, ShareDraft
from models.plan_content import PlanDraft
from models.plan_opinion import AskDraft, OpinionDraft
from models.remedy import RemedyDraft
from models.task import TaskDoneDraft

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@dataclass
class Office:
    """One organisation at work. `partners` is name → (code of the partner, its liaison)."""

    diary: Diary
    staff: str
    head: str
    units: dict[str, int]
    partners: dict[str, tuple[str, str]] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def codes(self, names: list[str]) -> list[str]:
        return [self.partners[name][0] for name in names]

    def _plan(self, when: dt.datetime, deed: Callable[[Current], Any], who: str | None = None) -> None:
        self.diary.plan(when, who or self.staff, deed)

    # ---- incidents ---------------------------------------------------------------------------------------------------
    def incident(self, key: str, entered: dt.datetime, draft: dict[str, Any], check: dt.date | None = None) -> None:
        """Enter an incident; `check` is the due date that the rule must give."""

        def report(current: Current) -> None:
            values = draft | ({"event_id": self.ids[draft["event_id"]]} if draft.get("event_id") else {})
            row = incident.report(current, IncidentDraft(**values))
            self.ids[key] = row.id  # type: ignore[assignment]
            if check is not None and row.due_on != check:
                raise ValueError(f"{key}: due {row.due_on}, should be {check}")

        self._plan(entered, report)

    def move(self, key: str, when: dt.datetime, state: str, draft: Draft, who: str | None = None) -> None:
        def go(current: Current) -> None:
            row = incident.incident(current, self.ids[key])
            incident_life.move(current, self.ids[key], state, draft, row.version)

        self._plan(when, go, who)

    def verify(self, key: str, when: dt.datetime, note: str = "") -> None:
        self.move(key, when, "verifying", MoveDraft(note=note))

    def handle_jointly(self, key: str, when: dt.datetime, note: str = "") -> None:
        self.move(key, when, "joint_handling", MoveDraft(note=note))

    def settle(self, key: str, when: dt.datetime, conclusion: str) -> None:
        """With everything that was to be done about it; a head looks at that in the hour after."""
        self._plan(when, lambda current: self._finish(current, key, conclusion))
        self.move(key, when, "settled", SettleDraft(conclusion=conclusion))
        self._plan(when + dt.timedelta(hours=1), lambda current: self._look_at(current, key), self.head)

    def _finish(self, current: Current, key: str, result: str) -> None:
        for one in task.unfinished(current, "incident", self.ids[key]):
            task.report_task(current, one.id, TaskDoneDraft(result=result), one.version)  # type: ignore[arg-type]

    def _look_at(self, current: Current, key: str) -> None:
        for one in task.unfinished(current, "incident", self.ids[key]):
            task.verify_task(current, one.id, one.version)  # type: ignore[arg-type]

    def close(self, key: str, when: dt.datetime) -> None:
        self.move(key, when, "closed", MoveDraft(note="Hồ sơ đầy đủ, cho đóng."), self.head)

    def transfer(self, key: str, when: dt.datetime, to: str, document: str) -> None:
        day = when.date()
        self.move(
            key, when, "transferred", TransferDraft(transferred_to=to, transfer_document=document, transferred_on=day)
        )

    def void(self, key: str, when: dt.datetime, note: str) -> None:
        self.move(key, when, "not_confirmed", VoidDraft(note=note), self.head)

    def reopen(self, key: str, when: dt.datetime, note: str) -> None:
        self.move(key, when, "verifying", ReopenDraft(note=note), self.head)

    def judge_complex(self, key: str, when: dt.datetime, reason: str) -> None:
        """The head says that an incident is complex."""

        def judge(current: Current) -> None:
            row = incident.incident(current, self.ids[key])
            values = {name: getattr(row, name) for name in IncidentDraft.model_fields}
            values |= {"complexity": incident.COMPLEX, "complexity_reason": reason}
            incident.amend(current, self.ids[key], IncidentDraft(**values), row.version)

        self._plan(when, judge, self.head)

    def note(self, subject: str, key: str, when: dt.datetime, text: str, who: str | None = None) -> None:
        self._plan(when, lambda current: history.note(current, subject, self.ids[key], text), who)

    # ---- inspections -------------------------------------------------------------------------------------------------
    def round(self, key: str, when: dt.datetime, draft: RoundDraft, who: str) -> None:
        def add(current: Current) -> None:
            self.ids[key] = plan_round(current, draft).id  # type: ignore[assignment]

        self._plan(when, add, who)

    def visit(self, key: str, round_key: str, when: dt.datetime, draft: VisitDraft, who: str) -> None:
        def add(current: Current) -> None:
            self.ids[key] = visit.add_visit(current, self.ids[round_key], draft).id  # type: ignore[assignment]

        self._plan(when, add, who)

    def finding(self, key: str, visit_key: str, when: dt.datetime, draft: FindingDraft, who: str) -> None:
        def add(current: Current) -> None:
            self.ids[key] = finding.add_finding(current, self.ids[visit_key], draft).id  # type: ignore[assignment]

        self._plan(when, add, who)

    def remedied(self, key: str, when: dt.datetime, day: dt.date, who: str, *, verify: bool = False) -> None:
        said = RemedyDraft(remedied_on=day, evidence="Báo cáo khắc phục kèm ảnh chụp.", verify=verify)
        self._plan(when, lambda current: remedy.report_remedied(current, self.ids[key], said), who)

    def recheck(self, key: str, when: dt.datetime, day: dt.date, who: str, result: str = "passed") -> None:
        said = RecheckDraft(checked_on=day, result=result, checked_by="Tổ phúc tra")
        self._plan(when, lambda current: remedy.recheck(current, self.ids[key], said), who)

    def conclude(self, key: str, when: dt.datetime, day: dt.date, conclusion: str, who: str) -> None:
        said = ConclusionDraft(done_on=day, conclusion=conclusion)
        self._plan(when, lambda current: inspection_life.conclude_round(current, self.ids[key], said), who)

    def cancel_round(self, key: str, when: dt.datetime, reason: str, who: str) -> None:
        self._plan(when, lambda current: inspection_life.cancel_round(current, self.ids[key], reason), who)

    # ---- events ------------------------------------------------------------------------------------------------------
    def event(self, key: str, when: dt.datetime, draft: EventDraft) -> None:
        def add(current: Current) -> None:
            self.ids[key] = event.add_event(current, draft).id  # type: ignore[assignment]

        self._plan(when, add)

    def draft_plan(self, key: str, when: dt.datetime, draft: PlanDraft) -> None:
        def add(current: Current) -> None:
            self.ids[f"plan {key}"] = plan.draft_plan(current, self.ids[key], draft).id  # type: ignore[assignment]

        self._plan(when, add)

    def _decide(self, key: str, when: dt.datetime, verb: Callable[..., Any], who: str | None, *words: str) -> None:
        def decide(current: Current) -> None:
            row = plan.plan(current, self.ids[f"plan {key}"])
            verb(current, row.id, *words, row.version)

        self._plan(when, decide, who)

    def submit(self, key: str, when: dt.datetime) -> None:
        self._decide(key, when, plan.submit_plan, None)

    def approve(self, key: str, when: dt.datetime) -> None:
        self._decide(key, when, plan.approve_plan, self.head)

    def send_back(self, key: str, when: dt.datetime, reason: str) -> None:
        self._decide(key, when, plan.return_plan, self.head, reason)

    def redraft(self, key: str, when: dt.datetime) -> None:
        self._decide(key, when, plan.redraft_plan, None)

    def ask_opinion(self, key: str, when: dt.datetime, name: str, question: str = "") -> None:
        """The head lets a police body read a submitted plan."""

        def ask(current: Current) -> None:
            row = plan.plan(current, self.ids[f"plan {key}"])
            said = AskDraft(partner=self.codes([name])[0], question=question)
            request = plan.ask_opinion(current, row.id, said, row.version)  # type: ignore[arg-type]
            self.ids[f"asked {key} {name}"] = request.id  # type: ignore[assignment]

        self._plan(when, ask, self.head)

    def give_opinion(self, key: str, when: dt.datetime, name: str, verdict: str, remarks: str = "") -> None:
        """Its liaison answers."""
        said = OpinionDraft(verdict=verdict, remarks=remarks)

        def answer(current: Current) -> None:
            plan_opinion.give_opinion(current, self.ids[f"asked {key} {name}"], said)

        self._plan(when, answer, self.partners[name][1])

    def report_result(self, key: str, when: dt.datetime, draft: ResultDraft) -> None:
        def report(current: Current) -> None:
            row = event.event(current, self.ids[key])
            event.report_result(current, self.ids[key], draft, row.version)

        self._plan(when, report)

    # ---- joint work --------------------------------------------------------------------------------------------------
    def share(
        self, source: str, key: str, when: dt.datetime, title: str, names: list[str], who: str | None = None
    ) -> None:
        """Staff propose to share a record; nobody else reads it yet."""

        def propose(current: Current) -> None:
            draft = ShareDraft(title=title[:200], partners=self.codes(names))
            row = sharing.propose(current, source, self.ids[key], draft)
            self.ids[f"share {source} {key}"] = row.id  # type: ignore[assignment]

        self._plan(when, propose, who)

    def activity(self, key: str, when: dt.datetime, draft: dict[str, Any], names: list[str]) -> None:
        """A patrol, a meeting or a training held together, entered in the ledger itself."""

        def enter(current: Current) -> None:
            row = sharing.enter_activity(current, ActivityDraft(**draft, partners=self.codes(names)))
            self.ids[f"share activity {key}"] = row.id  # type: ignore[assignment]

        self._plan(when, enter)

    def release(self, source: str, key: str, when: dt.datetime) -> None:
        self._plan(when, lambda current: sharing.release(current, self.ids[f"share {source} {key}"]), self.head)

    def confirm(self, source: str, key: str, when: dt.datetime, name: str) -> None:
        """The partner's liaison says: we took part."""

        def answer(current: Current) -> None:
            activity_id = self.ids[f"share {source} {key}"]
            with reading(current) as session:
                mine = (JointParty.activity_id == activity_id, JointParty.party_id == current.organisation_id)
                party = session.exec(select(JointParty).where(*mine)).one()
            answering.confirm(current, party.id)  # type: ignore[arg-type]

        self._plan(when, answer, self.partners[name][1])
