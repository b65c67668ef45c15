"""`python -m data.migrations.regenerate`: write 0001 anew from the models. Only while nobody has a database to keep; later
migrations are written by data/migrations/new.py."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlmodel import SQLModel

from data.migrations import HERE, _config, climbing, import_models, security
from models.settings import settings

MESSAGE = "Start"
FILE = HERE / "versions" / "0001_start.py"


def main() -> None:
    if later := [file.name for file in FILE.parent.glob("*.py") if file != FILE]:
        raise SystemExit(f"Too late: {', '.join(later)} stand on 0001.")
    import_models()  # before the old one goes: a model may be broken
    FILE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        settings.database_url = f"sqlite:///{Path(folder) / 'empty.sqlite3'}"
        with climbing() as connection:
            command.revision(_config(connection), MESSAGE, autogenerate=True, rev_id="0001")
    finish(FILE, set(SQLModel.metadata.tables), first=True)


def finish(file: Path, tables: set[str], *, first: bool = False) -> None:
    """Round each new table its walls; then the house's form."""
    lines = re.sub(r"\n *# ### .*", "", file.read_text(encoding="utf-8"))
    up, down = lines.split("def downgrade() -> None:")
    steps = [step for step in security.steps() if step.table in tables]
    walls = (["security.role(op)"] if first else []) + [step.written() for step in steps]
    gone = [f"security.forget(op, {step.table!r})" for step in steps if step.what == "append_only"]
    written = f"{up.rstrip()}\n{_lines(walls)}\n\ndef downgrade() -> None:\n{_lines(gone)}{down.lstrip(chr(10))}"
    file.write_text(written, encoding="utf-8")
    for tool in (["check", "--fix", "--silent", "--exit-zero"], ["format", "--silent"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(file)], check=True)  # noqa: S603 - our own words


def _lines(calls: list[str]) -> str:
    return "".join(f"    {call}\n" for call in calls)


if __name__ == "__main__":
    main()
