"""What a security plan is made of, how risky it is, and what it still lacks. The rows are in models/plan.py."""

import datetime as dt
import re
from typing import Any

from pydantic import field_validator, model_validator
from sqlmodel import Field

from models.draft import N_, Draft, hint, problem
from models.guard import masked
from models.text import fold

MOST_ROWS = 100
LISTS = ("risks", "posts", "scenarios", "contacts")


# ---- what a plan is made of -----------------------------------------------------------------------------------------
class Risk(Draft):
    """One line of the 5×5 matrix, before and after the control."""

    hazard: str = Field(max_length=60, title=N_("Hazard"), schema_extra=hint(choices="risk_hazard"))
    likelihood: int = Field(ge=1, le=5, title=N_("Likelihood"))
    consequence: int = Field(ge=1, le=5, title=N_("Consequence"))
    control: str = Field(default="", max_length=1000, title=N_("Control"))
    likelihood_after: int | None = Field(default=None, ge=1, le=5, title=N_("Likelihood after control"))
    consequence_after: int | None = Field(default=None, ge=1, le=5, title=N_("Consequence after control"))
    scenario: str = Field(default="", max_length=200, title=N_("Scenario"))
    owner: str = Field(default="", max_length=200, title=N_("Owner"))

    @model_validator(mode="after")
    def _control_does_not_add_risk(self) -> "Risk":
        if (self.likelihood_after or 0) > self.likelihood or (self.consequence_after or 0) > self.consequence:
            raise problem("control_adds_risk")
        return self


class Post(Draft):
    """People of one force at one place for some hours. A shift may run over midnight."""

    name: str = Field(min_length=1, max_length=200, title=N_("Post"))
    ring: str = Field(max_length=60, title=N_("Ring"), schema_extra=hint(choices="post_ring"))
    force: str = Field(max_length=60, title=N_("Force"), schema_extra=hint(choices="force"))
    head_count: int = Field(ge=0, le=100_000, title=N_("People"))
    from_time: dt.time | None = Field(default=None, title=N_("From"))
    to_time: dt.time | None = Field(default=None, title=N_("To"))
    leader: str = Field(default="", max_length=200, title=N_("Leader"))


class Scenario(Draft):
    """What is done when something happens. `name` is what risks refer to."""

    name: str = Field(min_length=1, max_length=200, title=N_("Scenario"))
    trigger: str = Field(default="", max_length=2000, title=N_("Trigger"))
    first_action: str = Field(default="", max_length=2000, title=N_("First action"))
    commander: str = Field(default="", max_length=200, title=N_("Commander"))
    evacuation_route: str = Field(default="", max_length=1000, title=N_("Evacuation route"))
    call: str = Field(default="", max_length=300, title=N_("Whom to call"), schema_extra=hint(free=True))


class Contact(Draft):
    """An office's number, never a private person's papers."""

    name: str = Field(min_length=1, max_length=200, title=N_("Name or role"))
    phone: str = Field(
        schema_extra={"pattern": r"^[0-9+().\- /]{3,40}$"} | hint(free=True), max_length=40, title=N_("Office phone")
    )

    @field_validator("phone")
    @classmethod
    def _is_no_identity_number(cls, value: str) -> str:
        if "+" not in value and len(re.sub(r"\D", "", value)) in (9, 12):
            raise problem("identity_number")
        return value


class PlanDraft(Draft):
    """What the plan editor sends. A draft may have gaps; `missing` says what stands in the way of submitting it."""

    aims: str = Field(
        default="", max_length=5000, title=N_("Aims and requirements"), schema_extra=hint(widget="text_area", rows=4)
    )
    expected_people: int | None = Field(default=None, ge=0, le=10_000_000, title=N_("Expected people"))
    peak_people: int | None = Field(
        default=None,
        ge=0,
        le=10_000_000,
        title=N_("Most at one time"),
        description=N_("The largest number of people present together."),
    )
    has_vip: bool = Field(
        default=False,
        title=N_("VIPs take part"),
        description=N_("Only yes or no. How VIPs are protected is not kept here."),
    )
    commander: str = Field(default="", max_length=200, title=N_("Commander"))
    measures: str = Field(
        default="",
        max_length=10_000,
        title=N_("Measures"),
        description=N_("Traffic and parking, fire safety, medical help, communications, ticket and bag checks."),
        schema_extra=hint(widget="text_area", rows=4),
    )
    risks: list[Risk] = Field(default_factory=list, max_length=MOST_ROWS, title=N_("Risk matrix"))
    posts: list[Post] = Field(default_factory=list, max_length=MOST_ROWS, title=N_("Forces and posts"))
    scenarios: list[Scenario] = Field(default_factory=list, max_length=MOST_ROWS, title=N_("Scenarios"))
    contacts: list[Contact] = Field(default_factory=list, max_length=MOST_ROWS, title=N_("Phone list"))


# ---- reading it ---------------------------------------------------------------------------
LOW, MEDIUM, HIGH, VERY_HIGH = "low", "medium", "high", "very_high"


def level(likelihood: int, consequence: int) -> str:
    """1–4 low, 5–9 medium, 10–16 high, 20–25 very high (the product of two fives is never 17, 18 or 19)."""
    score = likelihood * consequence
    return LOW if score < 5 else MEDIUM if score < 10 else HIGH if score < 20 else VERY_HIGH


def compare(old: PlanDraft, new: PlanDraft) -> dict[str, list[Any]]:
    """{field: [old, new]} of what differs. Of a list only the rows that the other lacks; all, if just their order differs."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    found = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    for name in set(LISTS) & set(found):
        gone = [row for row in before[name] if row not in after[name]]
        come = [row for row in after[name] if row not in before[name]]
        if gone or come:
            found[name] = [gone, come]
    return found


def missing(draft: PlanDraft) -> dict[str, tuple[str, dict[str, Any]]]:
    """What stands in the way of submitting: field → (code, facts), in the order of the form."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    if not draft.aims:
        found["aims"] = ("missing", {})
    if draft.expected_people is None:
        found["expected_people"] = ("missing", {})
    needed: set[str] = set()
    for at, risk in enumerate(draft.risks):
        if level(risk.likelihood, risk.consequence) in (HIGH, VERY_HIGH):
            needed.add(fold(risk.scenario))
            found |= _missing_of_risk(f"risks.{at}", risk, {fold(one.name) for one in draft.scenarios})
    for at, scenario in enumerate(draft.scenarios):
        if fold(scenario.name) in needed:
            found |= _missing_of_scenario(f"scenarios.{at}", scenario)
    return found


def _missing_of_risk(place: str, risk: Risk, scenarios: set[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    facts = {"hazard": risk.hazard, "score": risk.likelihood * risk.consequence}
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    if not risk.owner:
        found[f"{place}.owner"] = ("high_risk_without_owner", facts)
    if not risk.scenario:
        found[f"{place}.scenario"] = ("high_risk_without_scenario", facts)
    elif fold(risk.scenario) not in scenarios:
        found[f"{place}.scenario"] = ("scenario_not_in_plan", facts | {"name": risk.scenario})
    return found


def _missing_of_scenario(place: str, scenario: Scenario) -> dict[str, tuple[str, dict[str, Any]]]:
    empty = [name for name in ("trigger", "first_action", "commander") if not getattr(scenario, name)]
    return {f"{place}.{name}": ("scenario_incomplete", {"name": scenario.name, "field": name}) for name in empty}


def staffing(draft: PlanDraft) -> tuple[int, int]:
    """How many posts have people, and how many people all posts have."""
    return sum(post.head_count > 0 for post in draft.posts), sum(post.head_count for post in draft.posts)


# ---- what leaves the organisation -----------------------------------------------------------------------------------
LEFT_OUT = {"risks": ("owner",), "posts": ("leader",), "scenarios": ("commander", "call")}


def for_partners(draft: PlanDraft) -> PlanDraft:
    """The plan without the people in charge and the phone list; its free text as the guard would mask it."""
    values = draft.model_dump(mode="json") | {"commander": "", "contacts": []}
    for rows, names in LEFT_OUT.items():
        values[rows] = [row | dict.fromkeys(names, "") for row in values[rows]]
    return PlanDraft.model_validate(_masked(values))


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_masked(one) for one in value]
    return masked(value) if isinstance(value, str) else value
