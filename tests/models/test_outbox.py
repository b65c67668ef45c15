"""Mail: queued with the change, sent once by whoever comes first, kept while the server is away. The server here is real."""

import contextlib
import datetime as dt
import email
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlmodel import select

from models import answering, clock, database, history, inbox, incident, ledger, mail, outbox, sharing
from models.access import Current, Denied, Invalid
from models.account_admin import set_active
from models.database import reading, writing
from models.draft import ReasonDraft
from models.joint import ShareDraft
from models.outbox import AT_ONCE, DAILY, NONE, MailDraft, Message
from models.settings import settings
from pages.parts import rooms
from tests.models.test_incident import draft, errors
from tests.worlds import World

SECRET_WORDS = ("Chen lấn ở cửa B", "Đã gọi 113", "Trần Alice", "Phạm Thị Hạnh")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class MailServer:
    """A real SMTP server on the loopback. `answer` is what it says to a letter, `to_whom` to an address."""

    def __init__(self) -> None:
        self.port, self.letters, self.answer, self.to_whom = free_port(), [], "250 OK", "250 OK"
        self.wait = threading.Event()
        self.wait.set()
        self._running: Controller | None = None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.to_whom.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_whom

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return self.answer

    def up(self) -> None:
        self._running = Controller(self, hostname="127.0.0.1", port=self.port)
        self._running.start()

    def down(self) -> None:
        if self._running:
            self._running.stop()
            self._running = None


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    found = MailServer()
    found.up()
    monkeypatch.setattr(settings, "smtp_url", f"smtp://127.0.0.1:{found.port}")
    monkeypatch.setattr(settings, "mail_from", "bon-an-toan@so-a.example")
    monkeypatch.setattr(settings, "public_url", "https://bat.example")
    mail._looked.clear()
    yield found
    found.down()


def wants(current: Current, mode: str = AT_ONCE, address: str = "alice@so-a.example") -> None:
    outbox.choose_mail(current, MailDraft(mode=mode, address=address))


def happens(world: World, text: str = "Đã gọi 113") -> incident.Incident:
    """Something is done by the head to what alice entered."""
    row = incident.report(world.alice, draft())
    history.note(world.head, "incident", row.id, text)
    return row


def deliver(world: World) -> mail.Round:
    return mail.deliver(world.clock)


def queued(current: Current) -> list[Message]:
    with reading(current) as session:
        return list(session.exec(select(Message).order_by(Message.id)))


def body(letter: Any) -> str:
    return letter.get_body().get_content()


# ---- choosing -------------------------------------------------------------------------------------------------------
def test_one_chooses_for_oneself_and_the_history_keeps_no_address(world: World) -> None:
    assert outbox.mail_choice(world.alice) == MailDraft(mode=NONE)
    wants(world.alice)
    wants(world.alice)
    assert outbox.mail_choice(world.alice) == MailDraft(mode=AT_ONCE, address="alice@so-a.example")
    assert outbox.mail_choice(world.head).mode == NONE
    with reading(world.alice) as session:
        found = list(
            session.exec(select(history.HistoryEntry).where(history.HistoryEntry.action == "account.mail_chosen"))
        )
    assert [entry.changes for entry in found] == [{"mail_mode": [NONE, AT_ONCE]}]
    assert "so-a.example" not in str([vars(entry) for entry in found])


@pytest.mark.parametrize(
    "address",
    [
        "",
        "alice",
        "alice@",
        "@so-a.vn",
        "a b@so-a.vn",
        "a@so-a.vn, b@so-a.vn",
        "<a@so-a.vn>",
        "a@so-a.vn>",
        "a@-.vn",
        "ă@so-a.vn",
    ],
)
def test_an_address_that_is_none_is_refused(small_world: World, address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        wants(small_world.alice, address=address)
    assert errors(refusal) == {"address": "mail_address"}


def test_no_second_header_is_smuggled_in(small_world: World) -> None:
    for address in ("a@so-a.vn\nBcc: b@so-a.vn", "a@so-a.vn\r\nBcc: b@so-a.vn", "a@so-a.vn\x00"):
        with pytest.raises(Invalid):
            outbox.choose_mail(small_world.alice, MailDraft.model_construct(mode=AT_ONCE, address=address))
    with pytest.raises(Invalid):
        outbox.choose_mail(small_world.alice, MailDraft.model_construct(mode="hourly", address="a@so-a.vn"))


def test_without_a_mail_server_nothing_is_queued(small_world: World) -> None:
    wants(small_world.alice)
    happens(small_world)
    assert queued(small_world.alice) == []
    assert mail.deliver(small_world.clock) == mail.Round()


# ---- the letter -----------------------------------------------------------------------------------------------------
def test_a_change_comes_by_mail_with_number_and_link_and_nobodys_words(world: World, server: MailServer) -> None:
    wants(world.alice)
    row = happens(world)
    assert deliver(world).letters == 1
    (letter,) = server.letters
    assert (letter["To"], letter["From"]) == ("alice@so-a.example", "bon-an-toan@so-a.example")
    said = f"{letter['Subject']}\n{body(letter)}"
    assert "VV-2020-0001" in said
    assert f"https://bat.example/vu-viec?id={row.id}" in said
    assert not [word for word in SECRET_WORDS if word in said]
    assert deliver(world).letters == 0
    assert len(server.letters) == 1


def test_who_did_it_and_who_wants_none_get_no_letter(world: World, server: MailServer) -> None:
    wants(world.head, address="hanh@so-a.example")
    happens(world)
    assert queued(world.alice) == []
    assert deliver(world).letters == 0


def test_several_changes_waiting_make_one_letter(world: World, server: MailServer) -> None:
    wants(world.alice)
    rows = [happens(world), happens(world)]
    history.note(world.head, "incident", rows[0].id, "Nữa")
    assert deliver(world).letters == 1
    (letter,) = server.letters
    assert [body(letter).count(f"id={row.id}") for row in rows] == [1, 1]
    assert {message.sent_at for message in queued(world.alice)} == {world.clock.moment}


def test_daily_mail_waits_for_the_morning(world: World, server: MailServer) -> None:
    wants(world.alice, DAILY)
    world.set("2020-01-06T15:00")
    happens(world)
    world.set("2020-01-06T23:00")
    happens(world)
    assert deliver(world).letters == 0
    world.set("2020-01-07T06:59")
    assert deliver(world).letters == 0
    world.set("2020-01-07T07:00")
    assert deliver(world).letters == 1
    assert "VV-2020-0001" in body(server.letters[0])
    assert "VV-2020-0002" in body(server.letters[0])


def test_what_one_may_not_see_any_more_is_not_told(world: World, server: MailServer) -> None:
    row = incident.report(world.head, draft())
    inbox.watch(world.alice, "incident", row.id)
    wants(world.alice)
    incident.amend(world.head, row.id, draft(confidential=True), row.version)
    assert deliver(world).letters == 0
    (message,) = queued(world.alice)
    assert (message.sent_at, message.dropped_at) == (None, world.clock.moment)


@pytest.mark.parametrize("leaves", ["choice", "account"])
def test_who_left_or_changed_the_mind_gets_none(world: World, server: MailServer, leaves: str) -> None:
    wants(world.alice)
    happens(world)
    if leaves == "choice":
        outbox.choose_mail(world.alice, MailDraft(mode=NONE))
    else:
        set_active(world.admin, world.alice.account_id, active=False)
    assert deliver(world).letters == 0
    assert server.letters == []


def test_a_partner_is_told_of_what_is_shared_once(world: World, server: MailServer) -> None:
    wants(world.liaison, address="liem@congan.example")
    wants(world.head, address="hanh@so-a.example")
    world.forward(minutes=1)
    row = incident.report(world.alice, draft())
    share = ShareDraft(title="Xô xát", partners=[f"org:{world.organisations['congan']}"])
    activity = sharing.propose(world.head, "incident", row.id, share, at_once=True)
    for _ in range(3):
        mail._looked.clear()
        deliver(world)
    assert [letter["To"] for letter in server.letters] == ["liem@congan.example"]
    assert f"https://bat.example/phoi-hop?id={activity.id}" in body(server.letters[0])
    assert "Xô xát" not in body(server.letters[0])
    (side,) = ledger.activity(world.head, activity.id).sides
    world.forward(hours=1)
    answering.decline(world.liaison, side.party.id, ReasonDraft(reason="Không tham gia"))
    deliver(world)
    assert [letter["To"] for letter in server.letters[1:]] == ["hanh@so-a.example"]
    assert "PH-2020-0001" in body(server.letters[1])


# ---- nothing lost, nothing twice --------------------------------------------------------------------------------------
def test_while_the_server_is_away_nothing_is_lost_and_then_it_comes_once(world: World, server: MailServer) -> None:
    wants(world.alice)
    server.down()
    happens(world)
    for wait in (1, 2, 4, 8):
        done = deliver(world)
        assert (done.letters, done.away) == (0, "ConnectionRefusedError")
        (message,) = queued(world.alice)
        assert message.due_at - world.clock.moment == dt.timedelta(minutes=wait)
        assert deliver(world) == mail.Round()
        world.forward(minutes=wait)
    server.up()
    assert deliver(world).letters == 1
    world.forward(days=3)
    assert deliver(world).letters == 0
    assert len(server.letters) == 1


def test_waiting_grows_to_an_hour_and_never_ends(small_world: World, server: MailServer) -> None:
    wants(small_world.alice)
    server.down()
    happens(small_world)
    for _ in range(20):
        assert deliver(small_world).away
        small_world.forward(hours=1)
    (message,) = queued(small_world.alice)
    assert (message.attempts, message.dropped_at) == (20, None)


def test_two_senders_at_once_deliver_once(world: World, server: MailServer) -> None:
    """Each letter of ten people goes out once, however many senders there are."""
    wants(world.alice)
    rows = [happens(world, f"Lần {one}") for one in range(3)]
    with writing(world.alice) as session:  # so that there is more than one letter to fight for
        for place, row in enumerate(session.exec(select(Message).order_by(Message.id))):
            row.batch = f"letter-{place}"
    starts, done = threading.Barrier(4), []

    def send() -> None:
        starts.wait()
        done.append(mail.deliver(world.clock))

    senders = [threading.Thread(target=send) for _ in range(4)]
    [one.start() for one in senders]
    [one.join() for one in senders]
    assert sum(one.letters for one in done) == len(server.letters) == len(rows)
    assert {letter["Message-ID"] for letter in server.letters} == {
        f"<letter-{place}@bat.example>" for place in range(3)
    }


def test_a_sender_that_died_is_followed_after_its_lease_with_the_same_letter(world: World, server: MailServer) -> None:
    wants(world.alice)
    happens(world)
    postman = replace(world.alice, role=None)
    with writing(postman) as session:
        first = outbox.claim(session)
    assert first
    assert deliver(world).letters == 0
    world.forward(minutes=11)
    assert deliver(world).letters == 1
    assert server.letters[0]["Message-ID"] == f"<{first.batch}@bat.example>"
    with writing(postman) as session:  # the first one comes back to life: its claim is not its own any more
        outbox.put_off(session, first, "late")
    assert queued(world.alice)[0].sent_at == world.clock.moment


@pytest.mark.parametrize("where", ["answer", "to_whom"])
def test_a_letter_that_the_server_refuses_is_given_up_and_holds_up_nobody(
    world: World, server: MailServer, where: str
) -> None:
    wants(world.alice)
    setattr(server, where, "550 no such person")
    happens(world)
    for _ in range(outbox.REFUSALS):
        assert deliver(world).refused == 1
        world.forward(hours=2)
    (message,) = queued(world.alice)
    assert message.dropped_at
    setattr(server, where, "250 OK")
    happens(world)
    assert deliver(world).letters == 1


def test_a_server_that_is_busy_is_tried_again(world: World, server: MailServer) -> None:
    wants(world.alice)
    server.answer = "451 try again later"
    happens(world)
    assert deliver(world).away == "SMTPDataError 451"
    server.answer = "250 OK"
    world.forward(minutes=1)
    assert deliver(world).letters == 1


def test_what_was_rolled_back_is_not_mailed(world: World, server: MailServer) -> None:
    wants(world.alice)
    row = incident.report(world.alice, draft())
    with contextlib.suppress(RuntimeError), writing(world.head) as session:
        history.note(session, "incident", row.id, "Chưa chắc")
        raise RuntimeError
    assert queued(world.alice) == []
    assert deliver(world).letters == 0


def test_nothing_is_sent_in_the_open_beyond_this_machine(monkeypatch: pytest.MonkeyPatch, server: MailServer) -> None:
    """A server without encryption is refused, before a password or a letter is said."""
    monkeypatch.setattr(mail, "HERE", ())
    monkeypatch.setattr(settings, "smtp_url", f"smtp://user:secret@127.0.0.1:{server.port}")
    current = Current(organisation_name="Sở A", clock=clock.now)
    with pytest.raises(mail.AwayError) as refusal:
        mail.send(
            mail._letter(current, "a@so-a.example", [mail.Line("incident", "VV-2020-0001", 1, ("noted",))], "one")
        )
    assert "secret" not in str(refusal.value)
    assert server.letters == []


# ---- who may see it -------------------------------------------------------------------------------------------------
def test_messages_are_their_organisations_own(world: World, server: MailServer) -> None:
    wants(world.alice)
    happens(world)
    assert [queued(current) for current in (world.bob, world.liaison, world.system)] == [[], [], []]
    with pytest.raises(Denied):
        outbox.mail_choice(Current())


def test_the_words_of_letters_and_the_addresses_are_the_apps() -> None:
    """Addresses are those of pages/parts/rooms.py; every action that a person is told of has its words, or "there is news"."""
    known = {place.address for place in rooms.PLACES}
    assert [address for _, address in mail.PLACES.values() if address not in known] == []
    assert set(mail.PLACES) == set(inbox.ROOTS)
    assert Message in database.QUIET
