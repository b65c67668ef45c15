"""Forms drawn from a draft's schema: label, help and limits come from the fields; what is typed is kept as it is typed.

No `st.form`: each field is sent when it is left, lands in the `form_draft` row named in the address, and so outlives F5, a
lost connection and a restart. The row's id is also the nonce that makes the save happen once.
"""

import contextlib
import datetime as dt
import enum
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st
from pydantic.fields import FieldInfo
from streamlit.delta_generator import DeltaGenerator

from models import draft, guard
from models.access import Current, Invalid, Refusal
from models.history import plain as stored
from pages.parts import fields, guarding, left_behind, resumed
from pages.parts.fields import Choices
from pages.parts.refusals import by_field, sentence
from pages.parts.small_form import ask, beside, inline, not_saved
from pages.parts.words import date, label, moment, plain, t

__all__ = ["ADDRESS", "Form", "ask", "closed", "inline", "is_open", "open_form"]
ADDRESS = left_behind.ADDRESS
BASE = "~"  # among a draft's values: what the row said when it was opened
D = TypeVar("D", bound=draft.Draft)
R = TypeVar("R")


class Form(Generic[D]):
    """One open form. `row` is the stored row when it edits one; `values` is what stands in the fields. Where people type words
    of their own it begins with the banner of secrecy: `warning` says more in it, `small` makes one line of it, where the form
    stands inside of something."""

    def __init__(
        self,
        current: Current,
        cls: type[D],
        *,
        form: str,
        key: str,
        choices: dict[str, Choices] | None = None,
        row: Any = None,
        values: dict[str, Any] | None = None,
        subject_id: int | None = None,
        warning: str = "",
        small: bool = False,
    ) -> None:
        if fields.free_text(cls):
            guarding.banner(warning, small=small)
        self.current, self.cls, self.key, self.row = current, cls, key, row
        self._subject_id = row.id if row is not None else subject_id
        self._choices = choices or {}
        self._draft = self._opened(form, values or {})
        self.nonce: str = self._draft.id
        self.seen: int | None = self._draft.seen_version
        self.values: dict[str, Any] = {}
        self._seed()
        widgets = {name: self._widget(name) for name in cls.model_fields}
        left_behind.remember(left_behind.Here(self.nonce, form, self._subject_id, self.seen, cls, widgets))

    # -- the draft row --
    def _opened(self, form: str, values: dict[str, Any]) -> draft.FormDraft:
        first = values
        if self.row is not None:
            first = {name: getattr(self.row, name) for name in self.cls.model_fields} | values
        if address := st.query_params.get(ADDRESS):
            found = draft.kept(self.current, address)
            if found and (found.form, found.subject_id) == (form, self._subject_id):
                found.values = stored(first) | found.values
                self._remember(found)
                return found
        new = draft.start(self.current, form, self._subject_id, getattr(self.row, "version", None), first)
        st.query_params[ADDRESS] = new.id
        return new

    def _remember(self, opened: draft.FormDraft) -> None:
        """Beside what is typed, what the row said when it was opened: so that a later save tells whose change is whose."""
        if (
            self.row is not None
            and BASE not in opened.values
            and opened.seen_version == getattr(self.row, "version", None)
        ):
            opened.values = opened.values | {BASE: self._saved()}
            draft.keep(self.current, opened.id, opened.values)

    def _saved(self) -> dict[str, Any]:
        return stored({name: getattr(self.row, name) for name in self.cls.model_fields})

    def _seed(self) -> None:
        """Put the kept values into the widgets: all of them for a draft that was not open before, else those that are gone."""
        mark = f"{self.key}.draft"
        self._held = set() if mark in st.session_state else resumed.held(f"{self.key}.")
        if st.session_state.get(mark) != self._draft.id:  # two forms of one page share their keys
            for old in [k for k in st.session_state if str(k).startswith(f"{self.key}.")]:
                del st.session_state[old]
            st.session_state[mark] = self._draft.id
        for name in self.cls.model_fields:
            if self._widget(name) not in self._held and self._widget(name) not in st.session_state:
                st.session_state[self._widget(name)] = self._to_widget(name, self._draft.values.get(name))

    def _put_back(self) -> None:
        """The draft goes into all widgets: what the browser held did not fit (a newer version of the app), or is not wanted."""
        st.session_state[f"{self.key}.draft"] = ""
        st.rerun()

    def _widget(self, name: str) -> str:
        return f"{self.key}.field.{name}" if name in _OWN_KEYS else f"{self.key}.{name}"

    # -- between a widget and the draft --
    def _to_widget(self, name: str, value: Any) -> Any:
        info = self.cls.model_fields[name]
        kind, _ = fields.bare_type(info.annotation)
        if value is None and not info.is_required():
            value = stored(info.get_default(call_default_factory=True))
        if "choices" in fields.hints(info) or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
            return self._known(name, kind, value)
        if value is None:
            return "" if kind is str else False if kind is bool else None
        if kind is dt.datetime:
            return dt.datetime.fromisoformat(value).astimezone(self.current.zone).replace(tzinfo=None)
        if kind in (dt.date, dt.time):
            return kind.fromisoformat(value)
        return value

    def _known(self, name: str, kind: Any, value: Any) -> Any:
        """A stored choice as the widget's option; one that is not offered any more falls away."""
        options = self.options(name, value)
        if fields.is_plural(kind):
            return [one for one in value or [] if one in options]
        if kind is int and value is not None:
            value = int(value)
        return value if value in options else None

    def _from_widget(self, name: str, value: Any) -> Any:
        _, optional = fields.bare_type(self.cls.model_fields[name].annotation)
        if isinstance(value, dt.datetime):
            return value.replace(tzinfo=self.current.zone)
        if isinstance(value, str) and optional and not value.strip():
            return None
        return value

    def options(self, name: str, value: Any = None) -> Choices:
        """Option → label of a field of choice."""
        info = self.cls.model_fields[name]
        kind, _ = fields.bare_type(info.annotation)
        asked = fields.hints(info).get("choices")
        if asked in self._choices:
            return self._choices[asked]
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return {one.value: t(fields.ENUM_LABELS.get(one.value, one.value)) for one in kind}
        found = fields.choices_for(self.current, str(asked), value)
        return {int(code): text for code, text in found.items()} if kind is int else found

    # -- drawing --
    def field(self, name: str, where: DeltaGenerator | None = None, **over: Any) -> Any:
        """Draw one field with its error under it. Returns what stands in it."""
        spot = (where or st).container()
        info = self.cls.model_fields[name]
        kind, optional = fields.bare_type(info.annotation)
        title = t(info.title or name) + (" *" if info.is_required() else "")
        common = {
            "label": title,
            "key": self._widget(name),
            "help": t(info.description) if info.description else None,
        } | over
        if "choices" in fields.hints(info) or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
            value = self._choice(spot, name, kind, optional, info, common)
        elif names := fields.suggestions(self.current, info):
            value = fields.suggesting(spot, info, names, common)
        else:
            value = fields.DRAWERS[kind](spot, info, common)
        self.values[name] = self._from_widget(name, value)
        if common["key"] in self._held and not value and self._draft.values.get(name):
            self._put_back()
        if error := self._too_long(name) or self._errors().get(name):
            beside(spot, error)
        return self.values[name]

    def _choice(
        self, spot: DeltaGenerator, name: str, kind: Any, optional: bool, info: FieldInfo, common: dict[str, Any]
    ) -> Any:
        options = self.options(name, st.session_state.get(common["key"]))
        said: dict[str, Any] = {"options": list(options), "format_func": lambda one: options.get(one, str(one))}
        if fields.is_plural(kind):
            most = fields.limit_of(info, "max_length")
            everything = most is None or len(options) <= most
            return spot.multiselect(**common, **said, placeholder=t("Choose"), select_all=everything)
        if fields.hints(info).get("widget") == "segmented":
            return spot.segmented_control(**common, **said, required=not optional)
        return spot.selectbox(**common, **said, placeholder=t("not known yet") if optional else t("Choose"))

    def fields(self, *names: str, columns: int = 1) -> None:
        """Draw several fields, side by side where there is room."""
        if columns == 1:
            for name in names:
                self.field(name)
            return
        for start in range(0, len(names), columns):
            for spot, name in zip(st.columns(columns), names[start : start + columns], strict=False):
                self.field(name, spot)

    def _too_long(self, name: str) -> str:
        """Said as soon as the field is left, and not only when all is sent."""
        longest = fields.too_long(self.cls.model_fields[name], self.values[name])
        return sentence("string_too_long", {"max_length": longest}) if longest else ""

    def _errors(self) -> dict[str, str]:
        """What was refused at the last save, without the fields that say something else since."""
        refused = st.session_state.get(f"{self.key}.refused", {})
        return {
            name: said
            for name, said in st.session_state.get(f"{self.key}.errors", {}).items()
            if name not in self.values or stored(self.values[name]) == refused.get(name)
        }

    # -- saving --
    def keep(self) -> None:
        """Store what stands in the fields, if it changed."""
        merged = self._draft.values | stored(self.values)
        if merged != self._draft.values:
            with contextlib.suppress(Invalid):  # far too long to be kept; the field says so
                draft.keep(self.current, self._draft.id, merged)
                self._draft.values = merged

    def submit(
        self,
        text: str,
        do: Callable[[D], R],
        *,
        icon: str | None = ":material/save:",
        cancel: bool = True,
        where: DeltaGenerator | None = None,
    ) -> R | None:
        """Draw the save button (and cancel). Returns what `do` returned, once it succeeded; the page then says so and reruns."""
        self.keep()
        if self._is_stale():
            self._show_conflict()
        reason = guarding.box(self.key, self._typed())
        row = (where or st).container(horizontal=True)
        pressed = row.button(text, key=f"{self.key}.save", type="primary", icon=icon)
        if cancel and row.button(t("Cancel"), key=f"{self.key}.cancel"):
            self.drop()
            st.rerun()
        if whole := self._errors().get(""):
            st.error(whole, icon=":material/error:")
        elif self._errors():
            st.error(not_saved(self._errors()), icon=":material/error:")
        return self._save(do, reason) if pressed else None

    def _typed(self) -> list[guarding.Typed]:
        """What stands in the fields, for the guard. What the row said before is not asked about again."""
        fields = self.cls.model_fields
        before = "\n".join(guard.typed(getattr(self.row, name, None), fields[name]) for name in fields)
        return [
            guarding.Typed(
                t(fields[name].title or name),
                guard.typed(value, fields[name]),
                before,
                self._widget(name) if isinstance(value, str) and name in self.values else None,
            )
            for name, value in self._draft_values().items()
        ]

    def _save(self, do: Callable[[D], R], reason: str) -> R | None:
        errors: dict[str, str] = {}
        try:
            with guard.despite(reason):
                saved = do(draft.valid(self.cls, self._draft_values()))
        except Refusal as refusal:
            errors = self._refused(refusal)
        else:
            self.drop()
            return saved
        st.session_state[f"{self.key}.errors"] = errors
        st.session_state[f"{self.key}.refused"] = stored(self.values)
        st.rerun()
        return None

    def _draft_values(self) -> dict[str, Any]:
        """What is drawn as typed; what is not drawn as it was kept."""
        kept = {name: value for name, value in self._draft.values.items() if name in self.cls.model_fields}
        given = kept | self.values
        return {
            name: value
            for name, value in given.items()
            if value is not None or not self.cls.model_fields[name].is_required()
        }

    def _refused(self, refusal: Refusal) -> dict[str, str]:
        if isinstance(refusal, Invalid):
            refusal.errors = {n: (self._code(n, code), facts) for n, (code, facts) in refusal.errors.items()}
        return by_field(refusal, self.cls, self.values)

    def _code(self, name: str, code: str) -> str:
        """A field with nothing in it is missing rather than too short."""
        empty = code == "string_too_short" and name in self.values and not str(self.values[name] or "").strip()
        return "missing" if empty else code

    def drop(self) -> None:
        """Close the form: its draft row, its widgets and its place in the address go."""
        draft.discard(self.current, self._draft.id)
        st.query_params.pop(ADDRESS, None)
        st.session_state[f"{self.key}.draft"] = None
        st.session_state.pop(f"{self.key}.errors", None)

    # -- two people at once --
    def _is_stale(self) -> bool:
        return self.row is not None and self.seen is not None and self.row.version != self.seen

    def _show_conflict(self) -> None:
        """Both texts of the fields that one changed oneself, and the two ways on. The others' changes elsewhere stay."""
        saved, base = self._saved(), self._draft.values.get(BASE, {})
        differing = [n for n in self.values if saved[n] != stored(self.values[n])]
        theirs = [n for n in differing if n in base and base[n] == stored(self.values[n])]
        mine = [n for n in differing if n not in theirs]
        with st.container(border=True):
            st.markdown(
                f":orange[:material/sync_problem:] **{t('Somebody else saved this record while you were writing.')}**"
            )
            if mine:
                said = {
                    t("Field"): [self._title(n) for n in mine],
                    t("Saved now"): [self._show(n, getattr(self.row, n)) for n in mine],
                    t("Yours"): [self._show(n, self.values[n]) for n in mine],
                }
                st.dataframe(said, hide_index=True, key=f"{self.key}.both")
            if theirs:
                names = ", ".join(plain(self._title(n)) for n in theirs)
                st.caption(t("Fields that you did not touch take what is saved now: {names}.", names=names))
            row = st.container(horizontal=True)
            if row.button(t("Keep mine, then save"), key=f"{self.key}.mine"):
                both = self._draft.values | {n: saved[n] for n in theirs} | {BASE: saved}
                draft.keep(self.current, self._draft.id, both, self.row.version)
                self._put_back()
            if row.button(t("Take what is saved now"), key=f"{self.key}.theirs"):
                self.drop()
                st.rerun()

    def _title(self, name: str) -> str:
        return t(self.cls.model_fields[name].title or name)

    def _show(self, name: str, value: Any) -> str:
        if isinstance(value, dt.datetime):
            return moment(value, self.current)
        if isinstance(value, dt.date):
            return date(value)
        if isinstance(value, list):
            return ", ".join(self.options(name).get(one, str(one)) for one in value)
        if "choices" in fields.hints(self.cls.model_fields[name]):
            return label({}, value) if value is None else self.options(name).get(value, str(value))
        return "" if value is None else str(value)


_OWN_KEYS = {"draft", "errors", "refused", "save", "cancel", "mine", "theirs", "both", "mask", "despite"}


def is_open(current: Current, form: str) -> bool:
    """Whether the address names one's own draft of this form."""
    address = st.query_params.get(ADDRESS)
    found = draft.kept(current, address) if address else None
    return bool(found and found.form == form)


def open_form(current: Current, form: str, row: Any = None, values: dict[str, Any] | None = None) -> None:
    """Start a draft, put it into the address and draw the page anew. `values` fill the fields first."""
    subject_id = row.id if row is not None else None
    new = draft.start(current, form, subject_id, getattr(row, "version", None), values)
    st.query_params[ADDRESS] = new.id
    st.rerun()


def closed(current: Current) -> bool:
    """Whether the address names a draft that is gone: saved, dropped, or somebody else's. Says so and clears the address."""
    address = st.query_params.get(ADDRESS)
    gone = bool(address) and draft.kept(current, address or "") is None
    caught = gone and left_behind.catch(current, address or "")
    left_behind.show(current)
    if not gone:
        return False
    st.query_params.pop(ADDRESS, None)
    if caught:
        return True
    st.info(t("That form was already saved or dropped."), icon=":material/info:")
    return True
