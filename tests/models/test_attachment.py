"""Attachments: what may come in, what is kept of it, who may have it."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from data import verify
from models import attachment, exports, file_kinds, files, guard, history, incident, security
from models.access import Current, Denied, Invalid, NotFound
from models.attachment import AttachDraft
from models.database import as_owner
from models.incident import IncidentDraft
from models.settings import settings
from tests.worlds import World, instant

SAID = AttachDraft(not_secret=True)
GPS, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


# ---- files of every kind --------------------------------------------------------------------------------------------
def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **said: Any) -> bytes:
    """Blue, its upper left corner red."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 3, size[1] // 3))
    found = io.BytesIO()
    image.save(found, kind, **said)
    return found.getvalue()


def photo(orientation: int = 6) -> bytes:
    """As a phone makes it: lying on its side, with the place and the camera in it."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "ACME Phone"
    exif[GPS] = {1: "N", 2: (21.0, 18.0, 31.0), 3: "E", 4: (105.0, 36.0, 12.0)}
    return picture(exif=exif, comment=b"chup tai nha rieng")


def pdf() -> bytes:
    body = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n"
    return body + b"xref\n0 1\ntrailer\n<</Size 1/Root 1 0 R>>\nstartxref\n" + str(len(body)).encode() + b"\n%%EOF\n"


def word() -> bytes:
    found = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Biên bản")
    document.save(found)
    return found.getvalue()


def sheet() -> bytes:
    found, book = io.BytesIO(), openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(found)
    return found.getvalue()


def packed(parts: dict[str, bytes], **said: Any) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED, **said) as one:
        for name, data in parts.items():
            one.writestr(name, data)
    return found.getvalue()


def repacked(data: bytes, **more: bytes) -> bytes:
    """The same document with further parts, or other ones."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    return packed(parts | {name.replace("__", "/"): part for name, part in more.items()})


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and is a few hundred bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def moving(kind: str) -> bytes:
    found = io.BytesIO()
    one, two = Image.new("RGB", (8, 8), "red"), Image.new("RGB", (8, 8), "blue")
    one.save(found, kind, save_all=True, append_images=[two])
    return found.getvalue()


def overlapping() -> bytes:
    """Every line of the list points at the same packed part."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as one:
        one.writestr("0", os.urandom(3000))
        first = one.infolist()[0]
        for number in range(1, 30):
            twin = zipfile.ZipInfo(str(number))
            for name in ("compress_type", "CRC", "compress_size", "file_size", "header_offset", "flag_bits"):
                setattr(twin, name, getattr(first, name))
            one.filelist.append(twin)
            one.NameToInfo[twin.filename] = twin
    return found.getvalue()


GOOD: dict[str, Callable[[], bytes]] = {
    "anh.jpg": picture,
    "ANH.JPEG": picture,
    "anh.png": lambda: picture("PNG"),
    "anh.webp": lambda: picture("WEBP"),
    "công văn.pdf": pdf,
    "biên bản.docx": word,
    "danh sách.xlsx": sheet,
}
VBA = b'ContentType="application/vnd.ms-office.vbaProject"/></Types>'
BAD: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing": ("a.jpg", lambda: b"", "file_empty"),
    "a byte too much": ("a.pdf", lambda: pdf() + b" " * (file_kinds.LARGEST + 1 - len(pdf())), "file_too_large"),
    "a program": ("a.exe", lambda: b"MZ" + b"\0" * 200, "file_kind"),
    "no ending": ("anh", picture, "file_kind"),
    "a double ending": ("anh.jpg.exe", picture, "file_kind"),
    "a drawing that runs scripts": ("a.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file_kind"),
    "an old Word file": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_kind"),
    "a Word file with macros": ("a.docm", word, "file_kind"),
    "a page that says it is a PDF": ("a.pdf", lambda: b"<html><script>1</script></html>", "file_not_what_it_says"),
    "a page that says it is a picture": ("a.jpg", lambda: b"<html>", "file_not_what_it_says"),
    "a PNG that says it is a JPEG": ("a.jpg", lambda: picture("PNG"), "file_not_what_it_says"),
    "a picture that says it is a PDF": ("a.pdf", picture, "file_not_what_it_says"),
    "a sheet that says it is a letter": ("a.docx", sheet, "file_not_what_it_says"),
    "a zip that says it is a letter": ("a.docx", lambda: packed({"x.txt": b"x"}), "file_damaged"),
    "a GIF that says it is a PNG": ("a.png", lambda: moving("GIF"), "file_not_what_it_says"),
    "a picture that moves": ("a.png", lambda: moving("PNG"), "moving_picture"),
    "another that moves": ("a.webp", lambda: moving("WEBP"), "moving_picture"),
    "half a picture": ("a.jpg", lambda: picture(size=(400, 400))[:900], "file_damaged"),
    "a picture of one colour and a bit": ("a.png", lambda: png_of(50, 50), "file_damaged"),
    "a pixel bomb": ("a.png", lambda: png_of(60_000, 60_000), "too_many_pixels"),
    "a pixel too much": ("a.png", lambda: png_of(5_000, 5_001), "too_many_pixels"),
    "a picture of a thousand scans": (
        "a.jpg",
        lambda: (one := picture())[:-2] + b"\xff\xda\0\2" * 1000 + one[-2:],
        "file_damaged",
    ),
    "a PDF cut off": ("a.pdf", lambda: pdf()[:60], "file_damaged"),
    "a PDF whose table is elsewhere": ("a.pdf", lambda: pdf().replace(b"startxref\n", b"startxref\n99"), "file_damaged"),
    "a PDF behind something else": ("a.pdf", lambda: b"GIF89a" + pdf(), "file_not_what_it_says"),
    "a PDF before something else": ("a.pdf", lambda: pdf() + packed({"x": b"x" * 2000}), "file_damaged"),
    "a zip bomb": ("a.docx", lambda: repacked(word(), bomb=b"\0" * (40 << 20)), "zip_bomb"),
    "a bomb that is the list of types": (
        "a.docx",
        lambda: packed({"[Content_Types].xml": b"<Types>" + os.urandom(60_000).hex().encode() * 20}),
        "zip_bomb",
    ),
    "too many parts": ("a.xlsx", lambda: packed({str(one): b"" for one in range(5_001)}), "zip_bomb"),
    "parts over each other": ("a.docx", overlapping, "zip_bomb"),
    "a way out of the folder": ("a.docx", lambda: repacked(word(), **{"..__..__etc__passwd": b"x"}), "file_damaged"),
    "something behind the zip": ("a.docx", lambda: word() + b"<html>", "file_damaged"),
    "macros in a letter": (
        "a.docx",
        lambda: retyped(word(), b"</Types>", b'<Override PartName="/word/vbaProject.bin" ' + VBA),
        "macros",
    ),
    "macros by an ending": (
        "a.xlsx",
        lambda: retyped(sheet(), b"</Types>", b'<Default Extension="bin" ' + VBA),
        "macros",
    ),
    "a bomb of entities": (
        "a.docx",
        lambda: retyped(word(), b"<Types", b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;&b;">]><Types'),
        "file_damaged",
    ),
}  # fmt: skip


def retyped(data: bytes, old: bytes, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as one:
        said = one.read("[Content_Types].xml")
    assert old in said
    return repacked(data, **{"[Content_Types].xml": said.replace(old, new, 1)})


@pytest.mark.parametrize("name", sorted(GOOD))
def test_it_takes_the_kinds_that_an_office_has(name: str) -> None:
    data = GOOD[name]()
    taken = attachment.take(name, data)
    assert taken.name == name
    assert files.sha256(files.read(taken.sha256)) == taken.sha256
    assert taken.received_sha256 == files.sha256(data)
    assert bool(taken.preview_sha256) == taken.content_type.startswith("image/")
    if not taken.preview_sha256:
        assert files.read(taken.sha256) == data  # a document stays byte for byte


@pytest.mark.parametrize("what", sorted(BAD))
def test_it_refuses(what: str) -> None:
    name, data, code = BAD[what]
    with pytest.raises(Invalid) as refused:
        attachment.take(name, data())
    assert refused.value.code == code
    assert list(verify.stored()) == []


def test_a_photo_stands_upright_without_place_and_camera() -> None:
    for orientation, size in ((6, (40, 60)), (1, (60, 40)), (3, (60, 40))):
        kept = files.read(attachment.take("anh.jpg", photo(orientation)).sha256)
        with Image.open(io.BytesIO(kept)) as image:
            assert image.size == size
            assert not image.getexif()
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert image.getpixel((35, 3) if orientation == 6 else (3, 3) if orientation == 1 else (56, 36))[0] > 200
        for hidden in (b"ACME", b"Exif", b"nha rieng"):
            assert hidden not in kept


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_colour_space(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    found = io.BytesIO()
    image = Image.new(mode, (30, 20), 40_000 if mode == "I;16" else 1 if mode in "1LP" else None)
    image.save(found, kind)
    taken = attachment.take(f"a.{'jpg' if kind == 'JPEG' else 'png'}", found.getvalue())
    with Image.open(io.BytesIO(files.read(taken.sha256))) as kept:
        assert kept.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")
        if mode == "I;16":
            assert abs(kept.getpixel((0, 0))[0] - 40_000 // 256) <= 1


def test_what_hides_behind_a_picture_is_gone() -> None:
    kept = files.read(attachment.take("a.jpg", picture() + b"<script>alert(1)</script>" + packed({"x": b"y"})).sha256)
    assert b"script" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_a_preview_is_small() -> None:
    taken = attachment.take("a.png", picture("PNG", (2000, 1000)))
    with Image.open(io.BytesIO(files.read(taken.preview_sha256))) as image:
        assert (image.format, image.size) == ("JPEG", (800, 400))


# ---- names ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\alice\\anh.jpg", "anh.jpg"),
        ("anh\0.jpg", "anh.jpg"),
        ("anh\u202egpj.exe.jpg", "anhgpj.exe.jpg"),
        ('a<b>:"c|d?e*.pdf', "a_b___c_d_e_.pdf"),
        ("  .hidden.pdf ", "hidden.pdf"),
        ("CON.pdf", "_CON.pdf"),
        (".pdf", "pdf"),
        ("\u202e/..", "tep"),
        ("ảnh hiện trường.jpg", "ảnh hiện trường.jpg"),
        ("a\r\nSet-Cookie: x.pdf", "a_Set-Cookie_ x.pdf"),
        ("\ud800anh.jpg", "anh.jpg"),
        ("😀.png", "😀.png"),
        ("a" * 300 + ".jpeg", "a" * 195 + ".jpeg"),
    ],
)  # fmt: skip
def test_a_name_is_cleaned(said: str, name: str) -> None:
    assert files.clean_name(said) == name


@given(st.text(st.characters(exclude_categories=[])))
def test_a_clean_name_is_clean(said: str) -> None:
    name = files.clean_name(said)
    assert 1 <= len(name.encode()) <= files.LONGEST_NAME
    assert not set(name) & set('/\\\0\n<>:"|?*')
    assert name not in (".", "..")
    assert files.clean_name(name) == name


# ---- on a record ----------------------------------------------------------------------------------------------------
def reported(world: World, **values: Any) -> int:
    first = {"occurred_at": instant("2020-01-05T19:40"), "summary": "Chen lấn ở cửa B"}
    row = incident.report(world.head, IncidentDraft.model_validate(first | values))
    return row.id  # type: ignore[return-value]


def attached(
    world: World, current: Current | None = None, name: str = "anh.jpg", **values: Any
) -> attachment.Attachment:
    return attachment.attach(
        current or world.alice, "incident", reported(world, **values), SAID, attachment.take(name, photo())
    )


def actions(world: World, incident_id: int) -> list[str]:
    return [line.entry.action for line in history.timeline(world.head, "incident", incident_id)]


def test_it_hangs_a_file_on_an_incident(world: World) -> None:
    number = reported(world)
    said = AttachDraft(not_secret=True, caption="  Cửa B nhìn từ ngoài ")
    row = attachment.attach(world.alice, "incident", number, said, attachment.take("anh.jpg", photo()))
    (again,) = attachment.attachments(world.head, "incident", number)
    assert (again.name, again.caption, again.entered_by_name) == ("anh.jpg", "Cửa B nhìn từ ngoài", "Trần Alice")
    assert again.sha256 != again.received_sha256 == files.sha256(photo())
    newest = history.timeline(world.alice, "incident", number)[0].entry
    assert (newest.action, newest.changes["attachment"]) == ("attachment.added", [None, "anh.jpg"])
    assert newest.changes["sha256"] == row.sha256


def test_the_tick_is_needed() -> None:
    with pytest.raises(ValueError):
        AttachDraft(not_secret=False)
    assert AttachDraft.model_fields["not_secret"].is_required()


def test_a_forged_draft_without_the_tick_is_refused(world: World) -> None:
    number, taken = reported(world), attachment.take("anh.jpg", photo())
    with pytest.raises(Invalid) as refused:
        attachment.attach(
            world.alice, "incident", number, AttachDraft.model_construct(caption="", not_secret=False), taken
        )
    assert refused.value.errors == {"not_secret": ("secrecy_unconfirmed", {})}
    assert actions(world, number) == ["incident.reported"]


def test_the_same_form_twice_is_one_attachment(world: World) -> None:
    number, taken = reported(world), attachment.take("anh.jpg", photo())
    rows = [attachment.attach(world.alice, "incident", number, SAID, taken, nonce="n" * 40) for _ in range(2)]
    assert rows[0].id == rows[1].id
    assert actions(world, number) == ["attachment.added", "incident.reported"]


def test_the_same_file_twice_is_refused_until_it_is_struck(world: World) -> None:
    number, taken = reported(world), attachment.take("anh.jpg", photo())
    row = attachment.attach(world.alice, "incident", number, SAID, taken)
    with pytest.raises(Invalid, match="already_attached"):
        attachment.attach(world.head, "incident", number, SAID, replace(taken, name="khac.jpg"))
    attachment.strike(world.alice, row.id, "nhầm vụ việc")
    attachment.attach(world.head, "incident", number, SAID, taken)
    assert len(attachment.attachments(world.alice, "incident", number)) == 2


def test_a_record_carries_a_hundred_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, "MOST", 1)
    row = attached(world)
    with pytest.raises(Invalid, match="too_many_files"):
        attachment.attach(world.alice, "incident", row.subject_id, SAID, attachment.take("a.pdf", pdf()))


def test_a_stranger_finds_nothing(world: World) -> None:
    row, taken = attached(world), attachment.take("a.pdf", pdf())
    for current in (world.bob, world.bich):
        for refused in (
            lambda who: attachment.hand_out(who, row.id),
            lambda who: attachment.shown(who, row.id),
            lambda who: attachment.strike(who, row.id, "thử xem sao"),
            lambda who: attachment.attachments(who, "incident", row.subject_id),
            lambda who: attachment.attach(who, "incident", row.subject_id, SAID, taken),
        ):
            with pytest.raises(NotFound):
                refused(current)
    for current in (world.admin, world.board, world.system):
        with pytest.raises(Denied):
            attachment.hand_out(current, row.id)


def test_a_confidential_record_hides_its_files(world: World) -> None:
    row = attached(world, world.head, confidential=True)
    for question in (attachment.hand_out, attachment.shown):
        with pytest.raises(NotFound, match="attachment"):
            question(world.alice, row.id)
        assert question(world.head, row.id).id == row.id


@pytest.mark.parametrize("subject", ["account", "unit", "joint_activity", "organisation", "nothing", "history_entry"])
def test_only_the_desks_records_carry_files(world: World, subject: str) -> None:
    with pytest.raises(NotFound):
        attachment.attach(world.alice, subject, 1, SAID, attachment.take("a.pdf", pdf()))


def test_a_caption_or_a_name_with_an_identity_number_needs_a_reason(world: World) -> None:
    number, taken = reported(world), attachment.take("CCCD 001099012345.jpg", photo())
    with pytest.raises(Invalid, match="guarded"):
        attachment.attach(world.alice, "incident", number, SAID, taken)
    said = AttachDraft(not_secret=True, caption="CCCD 001099012345")
    with pytest.raises(Invalid, match="guarded"):
        attachment.attach(world.alice, "incident", number, said, replace(taken, name="anh.jpg"))
    with guard.despite("ảnh do cơ quan công an yêu cầu giữ nguyên tên"):
        attachment.attach(world.alice, "incident", number, SAID, taken)
    assert "guard.overridden" in actions(world, number)


# ---- struck ---------------------------------------------------------------------------------------------------------
def test_a_struck_file_stays_and_is_for_heads_only(world: World) -> None:
    row = attached(world)
    attachment.strike(world.alice, row.id, "ảnh chụp nhầm người")
    (kept,) = attachment.attachments(world.alice, "incident", row.subject_id)
    assert (kept.struck_by_name, kept.struck_reason) == ("Trần Alice", "ảnh chụp nhầm người")
    for question in (attachment.hand_out, attachment.shown):
        with pytest.raises(NotFound):
            question(world.alice, row.id)
        assert question(world.head, row.id).sha256 == row.sha256
    assert actions(world, row.subject_id)[0] == "attachment.struck"
    assert files.read(row.sha256)


def test_staff_strike_their_own_only_and_nobody_twice(world: World) -> None:
    row = attached(world, world.head)
    with pytest.raises(Denied):
        attachment.strike(world.alice, row.id, "không phải của tôi")
    with pytest.raises(Invalid):
        attachment.strike(world.head, row.id, " ")
    attachment.strike(world.head, row.id, "nhầm vụ việc")
    attachment.strike(world.head, row.id, "lần nữa")
    assert actions(world, row.subject_id).count("attachment.struck") == 1


# ---- out of the house -----------------------------------------------------------------------------------------------
def exported(world: World) -> list[tuple[str, str, str]]:
    rows = security.security_log(world.head)
    return [(row.who, row.detail, row.address) for row in rows if row.event == security.SecurityEvent.EXPORTED]


def test_taking_a_file_out_is_written_down_and_looking_is_not(world: World) -> None:
    row = attached(world)
    attachment.shown(world.alice, row.id)
    assert exported(world) == []
    attachment.hand_out(world.alice, row.id, address="10.0.0.7")
    assert exported(world) == [("Trần Alice", "anh.jpg", "10.0.0.7")]


def test_an_export_waits_ten_minutes_for_its_maker(world: World) -> None:
    token = exports.offer(world.alice, "a/b", exports.TEXT, b"abc").removeprefix("/xuat/")
    for other in (world.head, world.bob, world.admin):
        with pytest.raises(NotFound):
            exports.collect(other, token)
    world.forward(minutes=9, seconds=59)
    row = exports.collect(world.alice, token)
    assert (row.name, exports.content(row)) == ("a-b.txt", b"abc")
    assert exported(world) == [("Trần Alice", "a-b.txt", "")]
    world.forward(seconds=1)
    with pytest.raises(NotFound):
        exports.collect(world.alice, token)


def test_what_is_over_is_swept(world: World) -> None:
    tokens = [exports.offer(world.alice, str(one), exports.TEXT, b"x") for one in range(3)]
    assert files.sweep(world.alice.now()) == 0
    world.forward(minutes=11)
    exports.offer(world.alice, "neu", exports.TEXT, b"x")
    _, root = files.store()
    assert len(list((Path(root) / files.EXPORTS).iterdir())) == 1
    with as_owner() as connection:
        assert verify.counts(connection)["export"] == 1
    assert len(tokens) == 3


def test_nobody_else_on_the_machine_can_read_it(world: World) -> None:
    attached(world)
    exports.offer(world.alice, "x", exports.TEXT, b"x")
    _, root = files.store()
    for path in (Path(root), *Path(root).rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


# ---- the store ------------------------------------------------------------------------------------------------------
def test_a_file_is_whole_or_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken off before its name was given: nothing stands under the name, and nothing half written is left."""

    def broken(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", broken)
    with pytest.raises(OSError, match="space"):
        files.keep(b"x" * 1000)
    assert list(verify.stored()) == []
    assert list((Path(files.store()[1]) / files.STAGE).iterdir()) == []


def test_a_damaged_file_is_not_handed_out_and_is_found(world: World) -> None:
    row = attached(world)
    path = Path(files.store()[1]) / row.sha256[:2] / row.sha256
    whole = path.read_bytes()
    path.write_bytes(b"x" + whole[1:])
    with pytest.raises(files.Damaged):
        files.read(row.sha256)
    with as_owner() as connection:
        assert verify.files(connection).wrong == [f"{row.sha256[:2]}/{row.sha256} is not what was stored"]
        path.unlink()
        assert verify.files(connection).wrong == [f"attachment {row.id}: {row.sha256} is missing"]
    files.keep(whole)
    with as_owner() as connection:
        assert verify.files(connection).wrong == []


def test_an_object_store_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "files_url", "memory://att-test")
    name = files.keep(b"abc")
    assert files.keep(b"abc") == name
    assert files.read(name) == b"abc"
    assert [one for one, _ in verify.stored()] == [f"{name[:2]}/{name}"]
    assert files.has_room()


def test_without_room_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LEAST_FREE", 1 << 60)
    with pytest.raises(Invalid, match="no_room"):
        attachment.take("a.pdf", pdf())
