"""What the app knows. Importing any of it maps all of its tables, so that no statement runs before a table is known."""

from models import (  # noqa: F401
    account,
    catalogue,
    draft,
    event,
    finding,
    history,
    incident,
    inspection,
    joint,
    organisation,
    plan,
    security,
    setup,
)
