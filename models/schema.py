"""Whether the database has the schema that this code was written for: asked before anybody is served.

What the tables are is said by the models, how a database gets there by data/migrations. Here only two numbers are compared.
"""

from models import database
from models.settings import ROOT

VERSIONS = ROOT / "data" / "migrations" / "versions"
MIGRATE = "`python -m data migrate`"


class NotReady(RuntimeError):
    """The message says in one line what to do."""


def known() -> list[str]:
    """The numbers of the migrations that lie beside this code, the newest last."""
    return sorted(file.name.partition("_")[0] for file in VERSIONS.glob("[0-9]*_*.py"))


def unknown(number: str) -> str:
    """What to do with a database that a newer version left."""
    return (
        f"it has schema {number}, which this version of the app ({known()[-1]}) does not know: start the newer version that"
        f" made it, or restore a backup. {MIGRATE} cannot go back"
    )


def check_ready() -> None:
    """Refuse a database that this code would read wrongly, or write to as if it were another."""
    here, newest = database.schema_number(), known()[-1]
    if here == newest:
        return
    if here is None and database.is_empty():
        raise NotReady(f"it has no tables yet; run {MIGRATE}")
    if here is None:
        raise NotReady(f"its tables were not made by {MIGRATE}; restore a backup, or begin with an empty database")
    if here in known():
        raise NotReady(f"it has schema {here}, this version of the app needs {newest}; run {MIGRATE}")
    raise NotReady(unknown(here))
