"""`python -m data.migrations.new "Parking places"`: write the next migration, of what the models have and the tree lacks.

Read what it wrote. A new column that may not be empty needs a value for the rows that are there; a renamed one is written
as dropped and added; tests/test_migrations.py says whether it arrives at what the models say.
"""

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import Script

from data.migrations import _config, climbing, head, import_models, upgrade
from data.migrations.regenerate import finish
from models.settings import settings

NEXT = f"{int(head() or 0) + 1:04}"


def main(words: str) -> str:
    import_models()
    with tempfile.TemporaryDirectory() as folder:
        settings.database_url = f"sqlite:///{Path(folder) / 'newest.sqlite3'}"
        upgrade()
        with climbing() as connection:
            made = command.revision(_config(connection), words, autogenerate=True, rev_id=NEXT)
    file = Path(made.path) if isinstance(made, Script) else Path()
    tables = set(re.findall(r"op\.create_table\(\s*['\"](\w+)", file.read_text(encoding="utf-8")))
    if not re.search(r"\bop\.", file.read_text(encoding="utf-8")):
        file.unlink()
        return "The models and the migrations say the same: nothing to write."
    finish(file, tables)
    return f"Wrote {file}. Read it, then run tests/test_migrations.py."


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit('Say what it is about: python -m data.migrations.new "Parking places"')
    sys.stderr.write(main(sys.argv[1]) + "\n")
