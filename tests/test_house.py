"""The rules of the house that a machine can see, each with its reason. (Formats, imports and types have their own tools.)"""

import ast
import functools
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data import rights
from models.access import Permission, Role
from models.settings import ROOT

PAGES = sorted(file for file in (ROOT / "pages").glob("*.py") if file.name not in ("__init__.py", "frame.py"))
PARTS = sorted((ROOT / "pages" / "parts").rglob("*.py"))
SERVER = sorted((ROOT / "pages" / "server").rglob("*.py"))
MODELS = sorted((ROOT / "models").rglob("*.py"))
DATA = sorted(
    file for file in (ROOT / "data").rglob("*.py") if "versions" not in file.parts and "local" not in file.parts
)
SCREEN = [ROOT / "pages" / "frame.py", *PAGES, *PARTS]
EVERYTHING = [ROOT / "app.py", *SCREEN, *SERVER, *MODELS, *DATA]


def short(file: Path) -> str:
    return str(file.relative_to(ROOT))


@functools.cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def nodes(file: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(tree(file)) if isinstance(node, kinds))


def named(node: ast.AST) -> str:
    """`st.fragment` of a name, an attribute, or a call of either."""
    return ast.unparse(node.func if isinstance(node, ast.Call) else node)


def calls(file: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in nodes(file, ast.Call):
        yield named(node), node  # type: ignore[misc]


def imported(file: Path) -> set[str]:
    """Every module that a file imports, at its top or inside of a function."""
    found: set[str] = set()
    for node in nodes(file, ast.Import, ast.ImportFrom):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:  # type: ignore[attr-defined]
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}  # type: ignore[attr-defined]
    return found


def words(file: Path) -> set[str]:
    """The first words of what a file imports: `pages`, `models`, `streamlit` …"""
    return {name.partition(".")[0] for name in imported(file)}


each = functools.partial(pytest.mark.parametrize, "file", ids=short)


# ---- who imports whom -----------------------------------------------------------------------------------------------
@each(argvalues=MODELS)
def test_models_know_no_screen_no_server_and_nothing_above(file: Path) -> None:
    assert (
        words(file) & {"streamlit", "streamlit_authenticator", "altair", "starlette", "app", "pages", "data", "tests"}
        == set()
    )


@each(argvalues=DATA)
def test_data_knows_models_only(file: Path) -> None:
    assert (
        words(file) & {"streamlit", "streamlit_authenticator", "altair", "starlette", "app", "pages", "tests"} == set()
    )


@each(argvalues=[*SCREEN, *SERVER])
def test_pages_import_their_parts_the_server_and_models(file: Path) -> None:
    """And always by the whole name: `parts.x` and `pages.parts.x` would be two different classes."""
    assert words(file) & {"app", "data", "tests", "parts", "server"} == set()
    pages = {name for name in imported(file) if name.startswith("pages.") and name.count(".") == 1}
    assert pages <= {"pages.parts", "pages.server"}


def test_every_module_of_models_imports_alone() -> None:
    """In whatever order a page or a command asks for them. Python begins with the room itself each time: done once."""
    names = [f"models.{file.stem}" for file in MODELS if file.stem != "__init__"]
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_EACH, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == names, done.stderr


_IMPORT_EACH = """
import importlib, os, sys, models
for name in sys.argv[1:]:
    child = os.fork()
    if not child:
        importlib.import_module(name)
        print(name, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_no_page_shadows_a_module() -> None:
    """`pages/` stands first on sys.path while scripts run."""
    taken = set(sys.stdlib_module_names) | set(importlib.metadata.packages_distributions())
    here = {file.stem for file in (ROOT / "pages").iterdir() if file.suffix == ".py" or file.is_dir()}
    assert here & taken == set()


# ---- the database ---------------------------------------------------------------------------------------------------
RAW = {
    "text",
    "create_engine",
    "literal_column",
    "exec_driver_sql",
    "connection",
    "get_bind",
    "from_statement",
    "raw_connection",
}
RAW_ROOMS = {"database.py", "channel.py"}
RAW |= {"sessionmaker", "bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings"}


@each(argvalues=[file for file in MODELS if file.name not in RAW_ROOMS] + SCREEN + SERVER + [ROOT / "app.py"])
def test_raw_sql_and_engines_are_for_the_ground_floor(file: Path) -> None:
    used = {name.rpartition(".")[2] for name, _ in calls(file) if not name.startswith("st.")}
    from_libraries = {name for name in imported(file) if name.startswith(("sqlalchemy", "sqlmodel"))}
    assert not {name for name in imported(file) if name.startswith("psycopg") or name == "models.database.engine"}
    assert used & (RAW - {"text"}) == set()
    assert {name for name in from_libraries if name.rpartition(".")[2] in RAW | {"Session"}} == set()
    assert not [node for node in nodes(file, ast.Attribute) if node.attr == "__table__" and not _is_ddl(node)]  # type: ignore[attr-defined]


def _is_ddl(node: ast.Attribute) -> bool:
    """The one use of a table: to hang the trigger of the history on it."""
    return ast.unparse(node) == "HistoryEntry.__table__"


SPEAKS = re.compile(r"\b(session|connection)\.(exec|execute|add|delete|commit|flush|scalars)$")


@each(argvalues=SCREEN + SERVER)
def test_pages_ask_named_questions_only(file: Path) -> None:
    libraries = ("sqlalchemy", "sqlmodel.select", "sqlmodel.col", "sqlmodel.func")
    assert not {name for name in imported(file) if name.startswith(libraries)}
    assert not [name for name, _ in calls(file) if SPEAKS.search(name)]


# ---- the screen -----------------------------------------------------------------------------------------------------
FORBIDDEN = {
    "st.cache_data": "shared by all organisations",
    "st.cache_resource": "shared by all organisations",
    "st.connection": "goes round the scope",
    "st.download_button": "its address needs no sign-in; files go through pages/server/files.py",
    "st.experimental_user": "the guard says who it is",
    "st.login": "the sign-in is our own",
    "st.components": "a second page inside of the page",
    "st.iframe": "a second page inside of the page",
    "st.set_option": "the settings are those of .streamlit/config.toml",
    "st.write_stream": "nothing here streams",
    "st.exception": "shows a person our insides",
}
SIGN_IN = ROOT / "pages" / "parts" / "sign_in.py"


@each(argvalues=[*SCREEN, *SERVER, ROOT / "app.py"])
def test_forbidden_elements_are_not_used(file: Path) -> None:
    used = {ast.unparse(node) for node in nodes(file, ast.Attribute)}
    assert {name: reason for name, reason in FORBIDDEN.items() if name in used} == {}
    assert not [name for name in imported(file) if name.startswith("streamlit.components")]
    said = {key.arg for _, node in calls(file) for key in node.keywords}
    assert "unsafe_allow_html" not in said
    assert file == SIGN_IN or not ("unsafe_allow_javascript" in said or "st.html" in used)


@each(argvalues=PAGES)
def test_a_page_begins_with_its_guard(file: Path) -> None:
    """After its docstring and its imports. Also where Streamlit runs it without the frame, it asks who is there."""
    body = [node for node in tree(file).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    first = body[1] if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) else body[0]
    assert re.fullmatch(r"current = enter\((Permission|P)\.[A-Z_]+.*\)", ast.unparse(first)), ast.unparse(first)


def _decorated(file: Path) -> Iterator[ast.FunctionDef]:
    for node in nodes(file, ast.FunctionDef):
        if any(named(one) in ("st.fragment", "st.dialog") for one in node.decorator_list):  # type: ignore[attr-defined]
            yield node  # type: ignore[misc]


@each(argvalues=SCREEN)
def test_fragments_and_dialogs_begin_with_the_guard(file: Path) -> None:
    """They run without the page's own first line."""
    for node in _decorated(file):
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        assert "enter(" in ast.unparse(body[0]), f"{node.name} begins with {ast.unparse(body[0])}"


MAKES = {"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict", "WeakSet", "WeakValueDictionary"}
CHANGES = {"append", "add", "update", "pop", "popitem", "clear", "extend", "insert", "remove", "discard", "setdefault"}


def _mutable(value: ast.AST | None) -> bool:
    kinds = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    return isinstance(value, kinds) or (isinstance(value, ast.Call) and named(value).rpartition(".")[2] in MAKES)


@each(argvalues=PARTS)
def test_a_part_keeps_nothing_between_two_people(file: Path) -> None:
    """A mutable at the top of a part is shared by everybody: only constants stand there, and nothing changes them. (A page
    is run anew each time.)"""
    constants: set[str] = set()
    for node in tree(file).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _mutable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            constants |= {ast.unparse(target) for target in targets}
    assert all(re.fullmatch(r"_?[A-Z][A-Z0-9_]*", name) for name in constants - {"__all__"}), constants
    assert not {
        name for name, _ in calls(file) if name.partition(".")[0] in constants and name.rpartition(".")[2] in CHANGES
    }
    stored = (node for node in nodes(file, ast.Subscript) if isinstance(node.ctx, ast.Store | ast.Del))  # type: ignore[attr-defined]
    assert not {ast.unparse(node.value) for node in stored} & constants  # type: ignore[attr-defined]
    assert not list(nodes(file, ast.Global))


@each(argvalues=SCREEN)
def test_nothing_of_an_organisation_is_cached_by_a_decorator(file: Path) -> None:
    for node in nodes(file, ast.FunctionDef):
        cached = {named(one) for one in node.decorator_list} & {
            "functools.cache",
            "functools.lru_cache",
            "cache",
            "lru_cache",
        }  # type: ignore[attr-defined]
        arguments = {one.arg for one in node.args.args}  # type: ignore[attr-defined]
        assert not cached or not arguments & {"current", "session", "row", "rows"}, node.name  # type: ignore[attr-defined]


BANNED_KEYS = {
    "username",
    "name",
    "email",
    "roles",
    "logout",
    "authentication_status",
}  # streamlit-authenticator believes them
INPUTS = {
    *("button", "text_input", "text_area", "selectbox", "multiselect", "checkbox", "toggle", "radio", "number_input"),
    *(
        "date_input",
        "time_input",
        "slider",
        "select_slider",
        "pills",
        "segmented_control",
        "file_uploader",
        "data_editor",
    ),
}


@each(argvalues=SCREEN)
def test_widgets_have_stable_keys_that_the_sign_in_does_not_believe(file: Path) -> None:
    for name, node in calls(file):
        if (
            name.partition(".")[0] not in ("st", "column", "container", "left", "right")
            or name.rpartition(".")[2] not in INPUTS
        ):
            continue
        key = next((one.value for one in node.keywords if one.arg in ("key", None)), None)  # None: **words
        assert key is not None, f"line {node.lineno}: {name} has no key"
        assert not (isinstance(key, ast.Constant) and key.value in BANNED_KEYS), f"line {node.lineno}"
    stored = re.findall(r"session_state(?:\[['\"]|\.)(\w+)", file.read_text(encoding="utf-8"))
    assert set(stored) & BANNED_KEYS == set()


TYPED = {"text_input", "text_area", "chat_input", "file_uploader", "data_editor"}
NO_BANNER = {  # who draws a box for people's own words without the banner of secrecy over it, and why
    "inspection_filters.py:asked_filter": "a search",
    "events.py:asked_filter": "a search",
    "incident_list.py:asked_filter": "a search",
    "incident_links.py:_box": "the number of a record",
    "inbox_mail.py:show": "an address",
    "sign_in.py:_sign_in": "who signs in",
    "sign_in.py:change_password": "passwords",
    "set_up.py:_text": "a part of show(), which says it",
    "incident_import.py:_loaded": "a part of show(), which says it",
    "guarding.py:box": "the reason itself, under the banner",
    "attachments.py:_reason": "a part of _add(), which says it",
    "fields.py:_text": "a field: forms.py and small_form.py say it",
    "plan_editor.py:_table": "a field of the plan's form",
}


def _boxes_without_banner() -> set[str]:
    """Functions that draw such a box and neither the banner nor what draws it with the box of the guard."""
    found = set()
    for file in SCREEN:
        for node in nodes(file, ast.FunctionDef):
            called = {name for name, _ in _calls_of(node)}
            if {name.rpartition(".")[2] for name in called} & TYPED and not called & {
                "guarding.banner",
                "guarding.ask",
            }:
                found.add(f"{file.name}:{node.name}")  # type: ignore[attr-defined]
    return found


def _calls_of(function: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    return ((named(node), node) for node in ast.walk(function) if isinstance(node, ast.Call))


def test_the_banner_of_secrecy_stands_on_every_form_with_own_words() -> None:
    """Those of drafts show it by themselves (pages/parts/forms.py, small_form.py); whoever draws a box by hand says it."""
    assert _boxes_without_banner() == set(NO_BANNER)
    for name in ("forms.py", "small_form.py"):
        text = (ROOT / "pages" / "parts" / name).read_text(encoding="utf-8")
        assert "fields.free_text(cls)" in text, name
        assert re.search(r"guarding\.(banner|ask)\(", text), name


LIMITED = {  # boxes in which the browser may drop a longer pasted text whole, without a word
    "set_up.py": "a password",
    "sign_in.py": "a name, passwords",
    "plan_editor.py": "a cell, which says so itself",
    "incident_list.py": "a search",
}


def test_no_box_drops_what_somebody_pastes() -> None:
    """`max_chars` does. The draft refuses what is too long instead, and it stays where it was typed."""
    files = {file.name for file in SCREEN if "max_chars=" in file.read_text(encoding="utf-8")}
    assert files == set(LIMITED)


# ---- time -----------------------------------------------------------------------------------------------------------
@each(argvalues=[file for file in EVERYTHING if file != ROOT / "models" / "clock.py"])
def test_one_file_reads_the_clock(file: Path) -> None:
    """Everybody else asks `Current`, or models/clock.py: so a test and the demonstration world can set it."""
    read = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|localtime))$")
    assert [f"line {node.lineno}: {name}" for name, node in calls(file) if read.search(name)] == []


# ---- size -----------------------------------------------------------------------------------------------------------
@each(argvalues=EVERYTHING)
def test_functions_and_files_stay_small(file: Path) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= (180 if file in PAGES else 400), f"{lines} lines"
    functions = nodes(file, ast.FunctionDef, ast.AsyncFunctionDef)
    assert [f"{one.name}: {length}" for one in functions if (length := one.end_lineno - one.lineno + 1) > 40] == []  # type: ignore[attr-defined]


# ---- what is written down -------------------------------------------------------------------------------------------
def test_the_readmes_table_of_rights_is_the_generated_one() -> None:
    """`python -m data rights` prints it."""
    assert rights.table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_rights_names_every_right_and_role() -> None:
    assert set(rights.WORDS) == set(Permission)
    assert set(rights.ROLES) == set(Role)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_has_hashes_and_no_address(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "--hash=sha256:" in lock
    assert not re.search(r"https?://|--index-url|--extra-index-url|--find-links|--trusted-host", lock)


def test_no_file_holds_a_registrys_address() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.splitlines()
    assert not {"uv.lock", "poetry.lock", "Pipfile.lock"} & set(listed)
