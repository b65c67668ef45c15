"""`python -m data.migrations.regenerate`: write 0001 anew from the models. Only while nobody has a database to keep; later
migrations are written by data/migrations/new.py."""

import ast
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
    before = {table: said for table, said in _read_before(file).items() if said != security.READ.get(table, said)}
    walls += [f"security.reread(op, {table!r}, readable={security.READ[table]!r})" for table in before]
    gone = [f"security.reread(op, {table!r}, readable={said!r})" for table, said in before.items()] + gone
    written = f"{up.rstrip()}\n{_lines(walls)}\n\ndef downgrade() -> None:\n{_lines(gone)}{down.lstrip(chr(10))}"
    file.write_text(written, encoding="utf-8")
    for tool in (["check", "--fix", "--silent", "--exit-zero"], ["format", "--silent"]):
        subprocess.run([sys.executable, "-m", "ruff", *tool, str(file)], check=True)  # noqa: S603 - our own words


def _read_before(file: Path) -> dict[str, str]:
    """Table → what the migrations before this one let its members read beyond their own rows."""
    found: dict[str, str] = {}
    for earlier in sorted(one for one in file.parent.glob("*.py") if one.name < file.name):
        said = ast.parse(earlier.read_text(encoding="utf-8")).body
        up = [part for part in said if isinstance(part, ast.FunctionDef) and part.name == "upgrade"]
        for node in (node for part in up for node in ast.walk(part)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("security.own", "security.reread"):
                words = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
                if "readable" in words:
                    found[ast.literal_eval(node.args[1])] = words["readable"]
    return found


def _lines(calls: list[str]) -> str:
    return "".join(f"    {call}\n" for call in calls)


if __name__ == "__main__":
    main()
