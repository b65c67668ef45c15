"""Catalogues: national defaults in files, an organisation's own rows over them."""

import datetime as dt
import tomllib

import pytest

from models import catalogue
from models.access import Current, Invalid
from models.catalogue import CatalogueEntry, Entry, chosen, defaults, entries, names
from models.database import reading, writing
from models.history import write_down
from models.settings import ROOT
from tests.worlds import World

DAY = dt.date.fromisoformat


@pytest.mark.parametrize("name", names())
def test_each_file_reads_and_names_its_source(name: str) -> None:
    found = defaults(name)
    loaded = tomllib.loads((ROOT / "data" / "catalogues" / f"{name}.toml").read_text(encoding="utf-8"))
    assert loaded["catalogue"] == name
    assert loaded["source"]
    assert len(found) == len(loaded["entry"]), "a code stands twice"
    for code, entry in found.items():
        assert entry.vi
        assert entry.en
        assert len(code) <= 60
        assert len(entry.vi) <= 200
        assert len(entry.en) <= 200
        assert entry.parent is None or any(entry.parent in defaults(other) for other in names())
        assert entry.valid_to is None or entry.valid_from is None or entry.valid_from < entry.valid_to


def test_an_entry_holds_from_its_first_day_until_before_its_last() -> None:
    entry = Entry("a", "a", "a", valid_from=DAY("2020-01-01"), valid_to=DAY("2020-02-01"))
    said = {day: entry.holds_on(DAY(day)) for day in ("2019-12-31", "2020-01-01", "2020-01-31", "2020-02-01")}
    assert said == {"2019-12-31": False, "2020-01-01": True, "2020-01-31": True, "2020-02-01": False}
    assert Entry("a", "a", "a").holds_on(DAY("1900-01-01"))


def test_it_speaks_the_readers_language() -> None:
    entry = Entry("a", "tiếng Việt", "English")
    assert (entry.label("vi"), entry.label("en"), entry.label("fr")) == ("tiếng Việt", "English", "tiếng Việt")


def own(current: Current, **fields: object) -> None:
    with writing(current) as session:
        row = CatalogueEntry.model_validate({"catalogue": "severity", "vi": "Của mình", "en": "Our own"} | fields)
        session.add(row)
        write_down(session, "catalogue.added", row)


def test_an_own_wording_comes_over_the_national_one(world: World) -> None:
    code = next(iter(defaults("severity")))
    own(world.admin, code=code)
    assert entries(world.alice, "severity")[code].vi == "Của mình"
    assert entries(world.bob, "severity")[code].vi == defaults("severity")[code].vi
    assert list(entries(world.alice, "severity")) == list(defaults("severity"))


def test_an_own_choice_is_nobody_elses(world: World) -> None:
    own(world.admin, code="x1", valid_to=DAY("2020-02-01"))
    with reading(world.alice) as session:
        assert chosen(session, "severity", "x1", "severity", DAY("2020-01-31")).vi == "Của mình"
        with pytest.raises(Invalid) as refused:
            chosen(session, "severity", "x1", "severity", DAY("2020-02-01"))
        assert refused.value.errors == {"severity": ("unknown", {})}
        assert chosen(session, "severity", None, "severity") is None
    with reading(world.bob) as session, pytest.raises(Invalid):
        chosen(session, "severity", "x1", "severity")
    assert catalogue.defaults("severity").get("x1") is None
