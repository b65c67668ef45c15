"""What went wrong stays in the house; the person gets a number."""

import asyncio
import logging
import re

import pytest

from pages.server import errors, log
from tests.server.conftest import token_of
from tests.server.wire import Server, tab

NUMBER = re.compile(r"SC-[0-9A-F]{6}")


def numbers_in(said: str) -> set[str]:
    return set(NUMBER.findall(said))


@pytest.mark.parametrize(("label", "in_fragment"), [("hỏng", False), ("mảnh hỏng", True), ("gọi lại hỏng", False)])
def test_the_page_shows_a_number_and_the_log_the_rest(stage: Server, label: str, in_fragment: bool) -> None:
    async def go() -> str:
        async with tab(stage, token_of("alice@so-a")) as one:
            await one.run("loi")
            fragment = one.fragment_of(label) if in_fragment else ""
            said = await one.run(fragment=fragment, **{one.widget(label): True})
            # Streamlit's own box would say, in English, that the app has an error.
            assert not [m for m in one.messages if m.delta.new_element.WhichOneof("type") == "exception"]
            return said

    said = asyncio.run(go())
    for inside in ("bi-mat", "ValueError", "Traceback", "frame.py", "/stage/"):
        assert inside not in said
    (number,) = numbers_in(said)
    lines = [line for line in stage.lines() if line.get("incident") == number]
    assert len(lines) == 1
    line = lines[0]
    assert line["level"] == "ERROR"
    assert line["type"] == "ValueError"
    assert "/etc/bi-mat" in line["error"]
    assert any("frame.py" in frame for frame in line["traceback"])
    assert line["page"] == "/loi"
    assert isinstance(line["organisation_id"], int)
    assert isinstance(line["account_id"], int)
    others = [line for line in stage.lines() if "bi-mat" in str(line) and line.get("incident") is None]
    assert not others  # Streamlit's own record of the same error is not a second line
    assert "bi-mat" not in stage.printed()


def test_every_line_of_the_log_is_json(stage: Server) -> None:
    assert stage.lines()
    for line in stage.lines():
        assert {"time", "level", "logger", "message"} <= set(line)


def test_one_error_has_one_number(caplog: pytest.LogCaptureFixture) -> None:
    error = ValueError("x")
    with caplog.at_level(logging.ERROR, "bon_an_toan"):
        assert errors.report(error) == errors.report(error)
        assert errors.report(ValueError("x")) != errors.report(error)
    assert len(caplog.records) == 2


def test_what_a_person_typed_stays_out_of_the_log() -> None:
    from pydantic import BaseModel
    from sqlalchemy.exc import IntegrityError

    class Person(BaseModel):
        born: int

    typed = "Nguyễn Văn Bí Mật"
    with pytest.raises(ValueError) as found:
        Person.model_validate({"born": typed})
    assert "Bí Mật" not in str(log.described(found.value))
    assert "born" in str(log.described(found.value))
    fault = IntegrityError("INSERT INTO person VALUES (?)", (typed,), Exception("UNIQUE constraint failed"))
    wrapped = RuntimeError("could not save")
    wrapped.__cause__ = fault
    assert "Bí Mật" not in str(log.described(wrapped))
    assert "UNIQUE" in str(log.described(wrapped))
