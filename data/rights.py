"""The README's table of rights, from the one table in models/access.py."""

from models.access import RIGHTS, Permission, Role

P = Permission
ROLES = {
    Role.STAFF: "staff",
    Role.HEAD: "head",
    Role.ADMINISTRATOR: "organisation admin",
    Role.LIAISON: "police liaison",
    Role.BOARD: "steering board",
    Role.SYSTEM: "system admin",
    Role.DISPLAY: "wall screen",
}
WORDS = {
    P.OVERVIEW: "overview of what waits for one",
    P.OWN_ACCOUNT: "own password, own sign-ins",
    P.RECORD_READ: "records of the own organisation: read",
    P.RECORD_WRITE: "records of the own organisation: enter, edit, note",
    P.CONFIDENTIAL_READ: "confidential records (without it: one's own)",
    P.INCIDENT_SETTLE: "incidents: settle, transfer",
    P.INCIDENT_CLOSE: "incidents: close, reopen",
    P.INCIDENT_JUDGE: "incidents: not confirmed, complex, confidential",
    P.INCIDENT_IMPORT: "incidents: bring in old ones from a file",
    P.NOTE_STRIKE_ANY: "strike anybody's note (without it: one's own)",
    P.PLAN_SUBMIT: "plans: write, submit",
    P.PLAN_DECIDE: "plans: approve, return (another than the submitter)",
    P.PLAN_OPINION: "plans of others: opinion, where one's police body is asked",
    P.SHARE_PROPOSE: "sharing: propose",
    P.SHARE_RELEASE: "sharing: release, withdraw",
    P.LEDGER_READ: "joint ledger: read, as party or host",
    P.LEDGER_CONFIRM: "joint ledger: confirm, decline",
    P.KPI_READ: "KPIs of the own organisation",
    P.KPI_BOARD: "KPI numbers of the organisations below",
    P.KPI_SET: "targets, the yearly self-score, events that cost the title",
    P.PERIOD_SET: "reporting periods: the cut-off day",
    P.WALL: "wall screen: figures, and entries without people or confidential records",
    P.DISPLAY_MANAGE: "wall screens: issue, end",
    P.ACCOUNT_MANAGE: "accounts and units of the own organisation",
    P.ORGANISATION_MANAGE: "organisations and their first administrator",
    P.SECURITY_LOG_READ: "security log",
}


def table() -> str:
    """One line a permission, one column a role, as Markdown."""
    lines = ["| | " + " | ".join(ROLES.values()) + " |", "|---" * (len(ROLES) + 1) + "|"]
    for permission in Permission:
        marks = ("✓" if permission in RIGHTS[role] else "–" for role in ROLES)
        lines.append(f"| {WORDS.get(permission, permission)} | " + " | ".join(marks) + " |")
    return "\n".join(lines)
