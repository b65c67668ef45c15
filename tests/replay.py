"""Enters records once more, through the verbs: what a history tells was done, done again in another database.

The histories are read from one world and acted out in a second one, which has the same organisations, accounts, units and
places under the same ids. Ids of records may differ; `ids` says which is which.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import SQLModel, select

from data.migrations import import_models
from models import (
    answering,
    deadline,
    event,
    finding,
    history,
    incident,
    incident_life,
    incident_people,
    inspection,
    inspection_life,
    joint,
    movement,
    plan,
    remedy,
    sharing,
    task,
    visit,
)
from models.access import Current
from models.account import acting
from models.database import as_owner, mapped_classes, reading
from models.draft import ReasonDraft
from models.plan_content import PlanDraft
from tests.worlds import Clock

Row = dict[str, Any]
FOLLOWS = {"incident.tasks_born", "round.started"}  # written by another entry's verb


@dataclass
class Told:
    """A world as it stands: table → id (or place) → row."""

    rows: dict[str, dict[int, Row]]
    people: dict[int, str]

    @classmethod
    def read(cls) -> "Told":
        import_models()
        with as_owner() as connection:
            tables = {one.__tablename__: one.__table__ for one in mapped_classes()}  # type: ignore[attr-defined]
            rows = {
                name: [dict(one._mapping) for one in connection.execute(select(table))]
                for name, table in tables.items()
            }
        codes = {row["id"]: row["code"] for row in rows["organisation"]}
        people = {row["id"]: f"{row['name']}@{codes[row['organisation_id']]}" for row in rows["account"]}
        numbered = {name: {row.get("id", at): row for at, row in enumerate(of)} for name, of in rows.items()}
        return cls(numbered, people)

    def entries(self) -> list[Row]:
        """Of all organisations, in the order in which they were written."""
        return sorted(self.rows["history_entry"].values(), key=lambda one: one["id"])


# Which record a column points at, where that is a record of the replay; "" says that the row names it itself.
POINTS = {
    "event_id": "event",
    "round_id": "inspection_round",
    "visit_id": "inspection_visit",
    "finding_id": "finding",
    "activity_id": "joint_activity",
    "subject_id": "",
    "source_id": "",
}
# Other ids, chained hashes, and when a notice was read: no verb of a record's own writes that.
APART = {"id", "hash", "previous", "joint_party_id", "read_at", "password"}


def plainly(table: str, row: Row, ids: dict[tuple[str, int], int] | None = None) -> Row:
    """A row without what two worlds cannot share; with `ids`, of the first world as the second one would have it."""
    found = {name: value for name, value in row.items() if name not in APART}
    for column in set(POINTS) & set(found) if ids else ():
        named = POINTS[column] or row.get("subject") or row.get("source")
        found[column] = ids.get((named, row[column]), row[column]) if ids else None
    if "changes" in found:  # the order of its keys is nobody's
        found["changes"] = json.dumps(found["changes"], sort_keys=True, ensure_ascii=False)
    return found


def draft_of(cls: type[SQLModel], values: dict[str, Any]) -> Any:
    return cls(**{name: value for name, value in values.items() if name in cls.model_fields})


def new(entry: Row) -> Row:
    """Field → what it became."""
    return {name: pair[1] for name, pair in entry["changes"].items()}


@dataclass
class Replay:
    told: Told
    clock: Clock = field(default_factory=lambda: Clock(dt.datetime.now(dt.UTC)))
    ids: dict[tuple[str, int], int] = field(default_factory=dict)
    people: dict[int, Current] = field(default_factory=dict)

    def act(self, entry: Row) -> None:
        """Do again what an entry tells."""
        if entry["action"] in FOLLOWS:
            return
        self.clock.moment = entry["at"]
        who = self._person(entry["actor_id"])
        noun, _, what = entry["action"].partition(".")
        row = self.told.rows[entry["subject"]][entry["subject_id"]]
        getattr(self, f"_{noun}")(who, what, entry, row)

    def _person(self, account_id: int) -> Current:
        if account_id not in self.people:
            self.people[account_id] = replace(acting(self.told.people[account_id]), clock=self.clock)
        return self.people[account_id]

    def _know(self, entry: Row, made: Any) -> None:
        self.ids[entry["subject"], entry["subject_id"]] = made.id

    def _id(self, entry: Row) -> int:
        return self.ids[entry["subject"], entry["subject_id"]]

    def _first(self, who: Current, cls: Any, *where: Any) -> Any:
        with reading(who) as session:
            return session.exec(select(cls).where(*where)).one()

    def _noted(self, who: Current, _what: str, entry: Row, _row: Row) -> None:
        history.note(who, entry["subject"], self._id(entry), entry["note"])

    # ---- incidents ----------------------------------------------------------------------------------------------------
    def _incident(self, who: Current, what: str, entry: Row, row: Row) -> None:
        said = new(entry)
        if what == "reported":
            made = incident.report(who, draft_of(incident.IncidentDraft, self._with_event(said)), origin=row["origin"])
            self._know(entry, made)
            self._know_tasks(who, entry["subject_id"], made.id)
            return
        here = incident.incident(who, self._id(entry))
        if what == "amended":
            draft = draft_of(incident.IncidentDraft, here.model_dump() | said)
            incident.amend(who, here.id, draft, here.version)
        elif what == "assigned":
            incident_people.assign(who, here.id, row["owner_id"])
        elif what == "extended":
            draft = incident_life.ExtendDraft(due_on=said["due_on"], due_basis=entry["note"])
            incident_life.extend(who, here.id, draft, here.version)
        elif what == "flash_reported":
            deadline.report_flash(who, here.id)
        else:
            self._move(who, what, entry, here)

    def _with_event(self, said: Row) -> Row:
        return said | ({"event_id": self.ids["event", said["event_id"]]} if said.get("event_id") else {})

    def _move(self, who: Current, what: str, entry: Row, here: Any) -> None:
        said, note = new(entry), entry["note"]
        drafts: dict[str, Callable[[], Any]] = {
            "open": lambda: incident_life.MoveDraft(note=note),
            "closed": lambda: incident_life.MoveDraft(note=note),
            "void": lambda: incident_life.VoidDraft(note=note),
            "reopened": lambda: incident_life.ReopenDraft(note=note),
            "settled": lambda: incident_life.SettleDraft(conclusion=note),
            "transferred": lambda: draft_of(incident_life.TransferDraft, said),
        }
        incident_life.move(who, here.id, said["state"], drafts[what](), here.version)

    def _know_tasks(self, who: Current, old: int, made: int) -> None:
        born = sorted(one for one, row in self.told.rows["task"].items() if row["subject_id"] == old)
        here = sorted(one.id or 0 for one in task.tasks(who, "incident", made))
        self.ids |= {("task", one): other for one, other in zip(born, here, strict=True)}

    def _task(self, who: Current, what: str, entry: Row, row: Row) -> None:
        here = task.task(who, self._id(entry))
        if what == "reported":
            task.report_task(who, here.id, task.TaskDoneDraft(result=row["result"]), here.version)
        else:
            task.verify_task(who, here.id, here.version)

    # ---- inspections --------------------------------------------------------------------------------------------------
    def _round(self, who: Current, what: str, entry: Row, row: Row) -> None:
        if what == "planned":
            self._know(entry, inspection.plan_round(who, draft_of(inspection.RoundDraft, new(entry))))
        elif what == "concluded":
            inspection_life.conclude_round(who, self._id(entry), draft_of(inspection_life.ConclusionDraft, row))
        else:
            inspection_life.cancel_round(who, self._id(entry), entry["note"])

    def _visit(self, who: Current, _what: str, entry: Row, row: Row) -> None:
        place = self.ids["inspection_round", row["round_id"]]
        self._know(entry, visit.add_visit(who, place, draft_of(inspection.VisitDraft, new(entry))))

    def _finding(self, who: Current, what: str, entry: Row, row: Row) -> None:
        said = new(entry)
        if what == "added":
            place = self.ids["inspection_visit", row["visit_id"]]
            self._know(entry, finding.add_finding(who, place, draft_of(finding.FindingDraft, said)))
        elif what == "given_up":
            remedy.cannot_be_remedied(who, self._id(entry), said["given_up_reason"])
        elif what == "recheck_passed":
            draft = finding.RecheckDraft(checked_on=said["checked_on"], checked_by=said["checked_by"], result="passed")
            remedy.recheck(who, self._id(entry), draft)
        else:
            draft = remedy.RemedyDraft(
                remedied_on=said["reported_on"], evidence=said["evidence"], verify=what == "reported"
            )
            remedy.report_remedied(who, self._id(entry), draft)

    def _movement(self, who: Current, _what: str, entry: Row, _row: Row) -> None:
        self._know(entry, movement.add_movement(who, draft_of(movement.MovementDraft, new(entry))))

    # ---- events -------------------------------------------------------------------------------------------------------
    def _event(self, who: Current, what: str, entry: Row, row: Row) -> None:
        if what == "added":
            self._know(entry, event.add_event(who, draft_of(event.EventDraft, new(entry))))
            return
        here = event.event(who, self._id(entry))
        if what == "cancelled":
            event.cancel_event(who, here.id, entry["note"], here.version)
        else:
            event.report_result(who, here.id, draft_of(event.ResultDraft, row), here.version)

    def _plan(self, who: Current, what: str, entry: Row, row: Row) -> None:
        if what == "drafted":
            self._know(entry, plan.draft_plan(who, self.ids["event", row["event_id"]], draft_of(PlanDraft, row)))
            return
        here = plan.plan(who, self._id(entry))
        if what == "returned":
            plan.return_plan(who, here.id, entry["note"], here.version)
        else:
            verb = {"submitted": plan.submit_plan, "approved": plan.approve_plan, "redrafted": plan.redraft_plan}[what]
            verb(who, here.id, here.version)

    # ---- joint work ---------------------------------------------------------------------------------------------------
    def _joint_activity(self, who: Current, what: str, entry: Row, row: Row) -> None:
        if what == "proposed":
            self._know(entry, self._shared(who, row))
        elif what == "released":
            sharing.release(who, self._id(entry))
        else:
            mine = (joint.JointParty.activity_id == self._id(entry), joint.JointParty.party_id == who.organisation_id)
            party = self._first(who, joint.JointParty, *mine)
            if what == "confirmed":
                answering.confirm(who, party.id, joint.AnswerDraft(people=new(entry).get("people")))
            else:
                answering.decline(who, party.id, ReasonDraft(reason=entry["note"]))

    def _shared(self, who: Current, row: Row) -> Any:
        parties = [one for one in self.told.rows["joint_party"].values() if one["activity_id"] == row["id"]]
        codes = [one["code"] for one in sorted(parties, key=lambda one: one["id"])]
        summary = next(one for one in self.told.rows["joint_summary"].values() if one["activity_id"] == row["id"])
        if row["source"]:
            draft = joint.ShareDraft(title=summary["title"], summary=summary["summary"], partners=codes)
            return sharing.propose(who, row["source"], self.ids[row["source"], row["source_id"]], draft)
        told = row | {"title": summary["title"], "summary": summary["summary"], "partners": codes} | summary["figures"]
        return sharing.enter_activity(who, draft_of(joint.ActivityDraft, told))
