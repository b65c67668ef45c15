"""Which files may come in, told by what is in them. Whatever is not known for certain is refused.

Pictures are drawn anew: turned upright, without the place, the camera and whatever else was hidden in them. Documents stay
byte for byte what they were, after a look at their structure; nobody here opens them.
"""

import io
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from defusedxml import ElementTree
from PIL import Image, ImageOps

from models.access import Invalid

LARGEST = 20 << 20
MOST_PIXELS = 25_000_000
PREVIEW = 800  # pixels of its longer side
MOST_SCANS = 200  # a progressive JPEG has about ten; thousands take minutes to decode
ENDINGS = ("jpg", "jpeg", "png", "webp", "pdf", "docx", "xlsx")  # what people may choose

Image.MAX_IMAGE_PIXELS = MOST_PIXELS  # the second lock; our own check comes first
_decoding = threading.BoundedSemaphore(2)  # a picture of 25 million pixels takes 100 MB while it is drawn


@dataclass(frozen=True)
class Checked:
    """What will be kept: pictures drawn anew, documents as they came."""

    content_type: str
    data: bytes
    preview: bytes | None = None


def checked(ending: str, data: bytes) -> Checked:
    """The file, if its content is of the kind that its ending says; else `Invalid`."""
    if not data:
        raise Invalid("file_empty")
    if len(data) > LARGEST:
        raise Invalid("file_too_large", megabytes=LARGEST >> 20)
    if ending not in ENDINGS:
        raise Invalid("file_kind")
    kind = _kind(data)
    if kind is None or ending not in _KINDS[kind].endings:
        raise Invalid("file_not_what_it_says")
    found = _KINDS[kind].check(data)
    if ending not in _OFFICE_ENDINGS.get(found.content_type, ending):
        raise Invalid("file_not_what_it_says")
    return found


def _kind(data: bytes) -> str | None:
    """By the first bytes."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((kind for kind, one in _KINDS.items() if one.begins and data.startswith(one.begins)), None)


# ---- pictures -------------------------------------------------------------------------------------------------------
def _picture(kind: str, data: bytes) -> Checked:
    with _decoding:
        try:
            return _drawn_anew(kind, data)
        except Invalid:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels() from None
        except Exception:  # noqa: BLE001 - a stranger's bytes may break a decoder in any way
            raise Invalid("file_damaged") from None


def _drawn_anew(kind: str, data: bytes) -> Checked:
    if kind == "JPEG" and data.count(b"\xff\xda") > MOST_SCANS:
        raise Invalid("file_damaged")
    with Image.open(io.BytesIO(data), formats=[kind]) as image:
        if image.width * image.height > MOST_PIXELS:
            raise _too_many_pixels()
        if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
            raise Invalid("moving_picture")
        shown = _plain(ImageOps.exif_transpose(image), see_through=kind != "JPEG")
    return Checked(Image.MIME[kind], _encoded(shown, kind), _preview(shown))


def _plain(image: Image.Image, *, see_through: bool) -> Image.Image:
    """Colours and nothing else: the encoders would write comments, profiles and places back."""
    if image.mode.startswith("I"):  # 16 bits a pixel, from a scanner
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    shown = image.convert("RGBA" if see_through and image.has_transparency_data else "RGB")
    shown.info = {}
    return shown


def _too_many_pixels() -> Invalid:
    return Invalid("too_many_pixels", millions=MOST_PIXELS // 1_000_000)


def _encoded(image: Image.Image, kind: str) -> bytes:
    found = io.BytesIO()
    said = {
        "JPEG": {"quality": 90, "optimize": True},
        "WEBP": {"quality": 90, "method": 0},
        "PNG": {"compress_level": 6},
    }
    image.save(found, kind, **said[kind])
    if found.tell() > 2 * LARGEST:  # a picture of few colours, packed better than we do
        raise Invalid("file_too_large", megabytes=LARGEST >> 20)
    return found.getvalue()


def _preview(image: Image.Image) -> bytes:
    """A small one on white, for the page."""
    small = image.copy()
    small.thumbnail((PREVIEW, PREVIEW))
    if small.mode == "RGBA":
        white = Image.new("RGB", small.size, "white")
        white.paste(small, mask=small.getchannel("A"))
        small = white
    found = io.BytesIO()
    small.save(found, "JPEG", quality=80, optimize=True)
    return found.getvalue()


# ---- PDF ------------------------------------------------------------------------------------------------------------
def _pdf(data: bytes) -> Checked:
    """A head, a table of what is where, and an end: else a reader would open something else than what was looked at."""
    end = data.rstrip(b"\0 \r\n\t")[-1024:]
    version, tail = data[5:8], end.rpartition(b"startxref")
    whole = version[:1] in (b"1", b"2") and version[1:2] == b"." and tail[1] and tail[2].rstrip().endswith(b"%%EOF")
    if not whole or b" obj" not in data or not _within(tail[2].split()[0], data):
        raise Invalid("file_damaged")
    return Checked("application/pdf", data)


def _within(place: bytes, data: bytes) -> bool:
    return place.isdigit() and len(place) < 12 and int(place) < len(data)


# ---- Office documents -------------------------------------------------------------------------------------------------
MOST_PARTS, MOST_UNPACKED, MOST_RATIO, MOST_TYPES = 5_000, 300 << 20, 200, 1 << 20
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    f"{_OFFICE}wordprocessingml.document.main+xml": f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet.main+xml": f"{_OFFICE}spreadsheetml.sheet",
}
_OFFICE_ENDINGS = {f"{_OFFICE}wordprocessingml.document": ("docx",), f"{_OFFICE}spreadsheetml.sheet": ("xlsx",)}


def _office(data: bytes) -> Checked:
    try:
        if data.count(b"PK\1\2") > MOST_PARTS:  # before the list of them fills the memory
            raise Invalid("zip_bomb")
        if not data[-22:].startswith(b"PK\5\6"):  # something behind the end
            raise Invalid("file_damaged")
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _no_bomb(packed, len(data))
            return Checked(_office_type(packed), data)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - as for pictures
        raise Invalid("file_damaged") from None


def _no_bomb(packed: zipfile.ZipFile, size: int) -> None:
    """Told by the list at the end, before anything is unpacked. Parts that lie over each other add up to more than the file."""
    parts = packed.infolist()
    unpacked, packed_size = sum(one.file_size for one in parts), sum(one.compress_size for one in parts)
    if len(parts) > MOST_PARTS or unpacked > min(MOST_UNPACKED, MOST_RATIO * size) or packed_size > size:
        raise Invalid("zip_bomb")
    if packed.comment or any(_odd(one) for one in parts) or len({one.filename for one in parts}) < len(parts):
        raise Invalid("file_damaged")


def _odd(part: zipfile.ZipInfo) -> bool:
    """Encrypted, packed in a way that Office does not know, or with a name that leads out of the folder."""
    name = part.orig_filename
    known = part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not part.flag_bits & 1
    return not known or name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/")


def _office_type(packed: zipfile.ZipFile) -> str:
    """What [Content_Types].xml says the main part is. Macros are refused by their own types."""
    with packed.open("[Content_Types].xml") as part:
        said = part.read(MOST_TYPES + 1)
    if len(said) > MOST_TYPES:
        raise Invalid("zip_bomb")
    root = ElementTree.fromstring(said, forbid_dtd=True)
    types = [(one.get("PartName", ""), one.get("ContentType", "")) for one in root]
    if any("macro" in one.lower() or "vbaproject" in one.lower() for _, one in types):
        raise Invalid("macros")
    main = [(name, _MAIN[one]) for name, one in types if one in _MAIN]
    if len(main) != 1 or main[0][0].lstrip("/") not in packed.namelist():
        raise Invalid("file_not_what_it_says")
    return main[0][1]


# ---- the kinds ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Kind:
    endings: tuple[str, ...]
    begins: bytes
    check: Callable[[bytes], Checked]


_KINDS = {
    "JPEG": _Kind(("jpg", "jpeg"), b"\xff\xd8\xff", lambda data: _picture("JPEG", data)),
    "PNG": _Kind(("png",), b"\x89PNG\r\n\x1a\n", lambda data: _picture("PNG", data)),
    "WEBP": _Kind(("webp",), b"", lambda data: _picture("WEBP", data)),
    "PDF": _Kind(("pdf",), b"%PDF-", _pdf),
    "ZIP": _Kind(("docx", "xlsx"), b"PK\x03\x04", _office),
}
