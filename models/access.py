"""Who may do what. One table; navigation, pages, verbs and the README's table of rights all follow it."""

import datetime as dt
import enum
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from models import clock


class Permission(enum.StrEnum):
    """What a verb or a query asks for."""

    OVERVIEW = "overview"
    OWN_ACCOUNT = "own_account"
    RECORD_READ = "record.read"
    RECORD_WRITE = "record.write"
    CONFIDENTIAL_READ = "record.read_confidential"
    INCIDENT_SETTLE = "incident.settle"
    INCIDENT_CLOSE = "incident.close"
    INCIDENT_JUDGE = "incident.judge"
    INCIDENT_IMPORT = "incident.import"
    NOTE_STRIKE_ANY = "note.strike_any"
    PLAN_SUBMIT = "plan.submit"
    PLAN_DECIDE = "plan.decide"
    PLAN_OPINION = "plan.opinion"
    SHARE_PROPOSE = "share.propose"
    SHARE_RELEASE = "share.release"
    LEDGER_READ = "ledger.read"
    LEDGER_CONFIRM = "ledger.confirm"
    KPI_READ = "kpi.read"
    KPI_BOARD = "kpi.board"
    KPI_SET = "kpi.set"
    PERIOD_SET = "period.set"
    WALL = "wall"
    DISPLAY_MANAGE = "display.manage"
    ACCOUNT_MANAGE = "account.manage"
    ORGANISATION_MANAGE = "organisation.manage"
    SECURITY_LOG_READ = "security_log.read"


class Role(enum.StrEnum):
    STAFF = "staff"
    HEAD = "head"
    ADMINISTRATOR = "administrator"
    LIAISON = "liaison"
    BOARD = "board"
    SYSTEM = "system"
    DISPLAY = "display"  # no person: a screen on a wall (models/display.py)


P = Permission
_EVERYBODY = frozenset({P.OVERVIEW, P.OWN_ACCOUNT})
_STAFF = _EVERYBODY | {
    P.RECORD_READ,
    P.RECORD_WRITE,
    P.INCIDENT_SETTLE,
    P.PLAN_SUBMIT,
    P.SHARE_PROPOSE,
    P.LEDGER_READ,
    P.KPI_READ,
    P.WALL,
}
RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.STAFF: _STAFF,
    Role.HEAD: _STAFF
    | {
        P.CONFIDENTIAL_READ,
        P.INCIDENT_CLOSE,
        P.INCIDENT_JUDGE,
        P.INCIDENT_IMPORT,
        P.NOTE_STRIKE_ANY,
        P.PLAN_DECIDE,
        P.SHARE_RELEASE,
        P.LEDGER_CONFIRM,
        P.KPI_SET,
        P.PERIOD_SET,
        P.DISPLAY_MANAGE,
        P.SECURITY_LOG_READ,
    },
    Role.ADMINISTRATOR: _EVERYBODY | {P.ACCOUNT_MANAGE, P.PERIOD_SET, P.SECURITY_LOG_READ},
    Role.LIAISON: _EVERYBODY | {P.RECORD_READ, P.RECORD_WRITE, P.PLAN_OPINION, P.LEDGER_READ, P.LEDGER_CONFIRM},
    Role.BOARD: _EVERYBODY | {P.KPI_BOARD, P.LEDGER_READ},
    Role.SYSTEM: _EVERYBODY | {P.ORGANISATION_MANAGE, P.SECURITY_LOG_READ},
    Role.DISPLAY: frozenset({P.WALL}),
}


class Scope(enum.StrEnum):
    """How far a session of the database reaches."""

    MEMBER = "member"  # one organisation's own rows, and its side of the joint ledger
    SYSTEM = "system"  # organisations and accounts of everybody, nobody's records
    DOOR = "door"  # sign-in, before anybody is known: accounts and sign-ins only


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """Who acts, for which organisation, and what time it is. Read anew from the database on every run."""

    account_id: int | None = None
    organisation_id: int | None = None
    role: Role | None = None
    scope: Scope = Scope.MEMBER
    name: str = ""
    organisation_code: str = ""
    organisation_name: str = ""
    organisation_kind: str = ""
    is_demo: bool = False
    language: str = "vi"
    time_zone: str = "Asia/Ho_Chi_Minh"
    sign_in_id: int | None = None
    must_change_password: bool = False
    clock: Callable[[], dt.datetime] = clock.now

    def may(self, permission: Permission) -> bool:
        return self.role is not None and permission in RIGHTS[self.role]

    def now(self) -> dt.datetime:
        return self.clock()

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def today(self) -> dt.date:
        """The organisation's local date."""
        return self.now().astimezone(self.zone).date()


DOOR = Current(scope=Scope.DOOR, name="door")


class Refusal(Exception):
    """Something the house will not do. Pages turn the class and `facts` into a sentence."""

    def __init__(self, code: str = "", **facts: object) -> None:
        super().__init__(code or type(self).__name__)
        self.code, self.facts = code, facts


class Denied(Refusal):
    """The account may not do this."""


class NoScope(Denied):
    """A statement without a scope, or of a kind that the scope cannot filter: a fault of ours, never of the user."""


class NotFound(Refusal):
    """No such row, or another organisation's: the two look the same."""


class Stale(Refusal):
    """Somebody else saved in between. `facts["current"]` is the row's state now."""


class Invalid(Refusal):
    """What was typed does not fit. `facts["errors"]` maps a field to (code, facts); "" is the whole form."""

    def __init__(
        self, code: str = "invalid", errors: dict[str, tuple[str, dict]] | None = None, **facts: object
    ) -> None:
        super().__init__(code, errors=errors or {"": (code, facts)}, **facts)
        self.errors: dict[str, tuple[str, dict]] = errors or {"": (code, facts)}
