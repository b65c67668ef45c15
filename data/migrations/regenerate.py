"""`python -m data.migrations.regenerate`: write 0001 anew from the models. Only while nobody has a database to keep."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

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
    FILE.write_text(_with_walls(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    for tool in (["check", "--fix", "--silent", "--exit-zero"], ["format", "--silent"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(FILE)], check=True)  # noqa: S603 - our own words


def _with_walls(written: str) -> str:
    """The row-level security after the tables, and what it needs taken away before them."""
    lines = re.sub(r"\n *# ### .*", "", written)
    up, down = lines.split("def downgrade() -> None:")
    walls = ["security.role(op)", *(step.written() for step in security.steps())]
    gone = [f"security.forget(op, {table!r})" for table in security.APPEND_ONLY]
    return f"{up.rstrip()}\n" + _lines(walls) + "\n\ndef downgrade() -> None:\n" + _lines(gone) + down.lstrip("\n")


def _lines(calls: list[str]) -> str:
    return "".join(f"    {call}\n" for call in calls)


if __name__ == "__main__":
    main()
