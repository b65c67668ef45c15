"""What rules read out of a line or a pasted message: when, where, of what kind, how many people, which phone number.

No more than proposals: what a person then confirms is what counts. Words that stand for a kind are data (`synonyms` in
data/catalogues/incident_kind.toml); the rules for times and places are about the language and stand here.
"""

import datetime as dt
import functools
import re
import unicodedata
from dataclasses import dataclass, field

from models.catalogue import Entry
from models.guard import check_text
from models.text import fold

Span = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """`occurred_at` is `now` where nothing was read, and never later than it. `when` are the words it was read from."""

    occurred_at: dt.datetime
    when: str = ""
    kind: str | None = None
    people: int | None = None
    place: str = ""
    unit_id: int | None = None
    phone: str = ""
    found: frozenset[str] = field(default_factory=frozenset)


def read(
    text: str, now: dt.datetime, kinds: dict[str, Entry] | None = None, units: dict[int, str] | None = None
) -> Reading:
    """Read a text. `now` is in the zone of who writes; `units` are the organisation's (id → name)."""
    text = unicodedata.normalize("NFC", text)
    occurred, spans = _moment(text, now)
    kind, span = _kind(text, kinds or {})
    phones = [one.found for one in check_text(text) if one.rule == "phone"]
    values = {
        "occurred_at": occurred if spans else None,
        "kind": kind,
        "people": _people(text),
        "place": _place(text, [*spans, *([span] if span else [])]),
        "unit_id": _unit(text, units or {}),
        "phone": phones[0] if phones else "",
    }
    found = frozenset(name for name, value in values.items() if value not in (None, ""))
    when = " ".join(text[start:end].strip() for start, end in _joined(spans))
    return Reading(**(values | {"occurred_at": occurred or now}), when=when, found=found)  # type: ignore[arg-type]


def _joined(spans: list[Span]) -> list[Span]:
    """In order, those that overlap as one: "8h sáng" and "sáng nay"."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


# ---- when -----------------------------------------------------------------------------------------------------------
_PARTS = {"sang": 8, "trua": 12, "chieu": 15, "toi": 20, "dem": 22, "khuya": 23}  # folded: what a day's part stands for
_PART = "sáng|trưa|chiều|tối|đêm|khuya"
_TIME = re.compile(
    r"(?<![\w:.,/+])(?P<hour>[01]?\d|2[0-3])\s?"
    r"(?:(?::|h|g|giờ|gio)\s?(?P<minute>[0-5]\d)(?!\d)(?:\s?(?:phút|ph|p)(?!\w)|')?|(?:h|giờ|gio)(?!\w))"
    rf"(?:\s?(?P<half>rưỡi)|\s?kém\s?(?P<less>\d{{1,2}}))?(?![\d/])(?:\s+(?P<part>{_PART})(?!\w))?(?!\s+(?:đồng hồ|liền))",
    re.IGNORECASE,
)
_LASTS = re.compile(r"(?:trong|suốt|kéo dài|mỗi|cứ|sau|trực|cách đây|hơn kém)(?:\s+khoảng)?\s*$", re.IGNORECASE)
_LEADS = re.compile(r"(?:lúc|vào|hồi|khoảng)\s*$", re.IGNORECASE)
_AGO = re.compile(
    r"(?<!\w)(?:cách đây\s+(?:khoảng\s+)?(?P<n>\d{1,3})\s*(?P<unit>phút|tiếng|giờ)"
    r"|(?P<n2>\d{1,3})\s*(?P<unit2>phút|tiếng|giờ)\s+trước)(?!\w)(?!\s+(?:giờ|khi))",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    rf"(?<!\w)(?:(?:(?P<part>{_PART})\s+)?(?P<day>hôm qua|hôm kia|hôm nay)"
    rf"|(?P<part2>{_PART}|rạng sáng)\s+(?P<day2>qua|nay))(?!\w)",
    re.IGNORECASE,
)
_BARE_RELATIVE = re.compile(fold(_RELATIVE.pattern).replace("(?p<", "(?P<"), re.IGNORECASE)  # typed without accents
_BACK = {"hom qua": 1, "qua": 1, "hom kia": 2, "hom nay": 0, "nay": 0}
_NOT_A_DATE = r"(?<!số )(?<!ngõ )(?<!ngách )(?<!điều )(?<!khoản )(?<!tổ )(?<!lần )"
_DATES = (
    re.compile(
        r"(?<!\w)(?:ngày\s+)?(?P<d>\d{1,2})\s+tháng\s+(?P<m>\d{1,2})(?:\s+năm\s+(?P<y>\d{4}))?(?!\w)", re.IGNORECASE
    ),
    re.compile(r"(?<![\w/.\-])(?P<d>\d{1,2})([/.\-])(?P<m>\d{1,2})\2(?P<y>(?:19|20)\d\d|\d\d)(?![\w/])", re.IGNORECASE),
    re.compile(
        rf"(?<![\w/.\-]){_NOT_A_DATE}(?P<d>\d{{1,2}})/(?P<m>\d{{1,2}})(?P<y>)(?![\w/])"
        r"(?!\s*(?:quân|số|diện|khán|chỗ|người|sân))",
        re.IGNORECASE,
    ),
)


def _moment(text: str, now: dt.datetime) -> tuple[dt.datetime | None, list[Span]]:
    """The instant that the text tells and where it does; None and nothing where it tells none, or one to come."""
    if ago := _AGO.search(text):
        unit, number = ago["unit"] or ago["unit2"], int(ago["n"] or ago["n2"])
        span = dt.timedelta(minutes=number) if unit.lower() == "phút" else dt.timedelta(hours=number)
        return (now - span).replace(second=0, microsecond=0), [ago.span()]
    clock, date = _clock(text), _date(text)
    relative = (_BARE_RELATIVE if _is_bare(text) else _RELATIVE).search(text)
    spans = [one.span() for one in (clock, relative if not date else None, date) if one]
    part = fold((clock["part"] if clock else None) or (_part_of(relative) if relative else ""))
    time = _time(clock, part) if clock else None
    if date:
        found = _on_date(date, time, part, now)
    elif relative:
        found = _on_day(relative, time, part, now)
    elif time:
        found = _latest(now.date(), time, now)
    else:
        return None, []
    return (found, spans) if found and found <= now else (None, [])


def _clock(text: str) -> re.Match[str] | None:
    """The time that is said to be the moment ("lúc 18h20"), else the first that is none's length."""
    times = [one for one in _TIME.finditer(text) if not _LASTS.search(text[: one.start()])]
    return next((one for one in times if _LEADS.search(text[: one.start()])), times[0] if times else None)


def _time(match: re.Match[str], part: str) -> dt.time:
    hour, minute = int(match["hour"]), int(match["minute"] or (30 if match["half"] else 0))
    night = part in ("dem", "khuya")
    if night and hour == 12:
        hour = 0
    elif (part in ("chieu", "toi") and hour < 12) or (night and 6 <= hour < 12) or (part == "trua" and hour in (1, 2)):
        hour += 12
    less = int(match["less"] or 0)
    return (dt.datetime.combine(dt.date.min.replace(day=2), dt.time(hour, minute)) - dt.timedelta(minutes=less)).time()


def _part_of(relative: re.Match[str]) -> str:
    return (relative["part"] or relative["part2"] or "").split(" ")[-1]


def _on_day(relative: re.Match[str], time: dt.time | None, part: str, now: dt.datetime) -> dt.datetime | None:
    """Today, yesterday, the day before. Past midnight "last night" is already today."""
    back = _BACK[fold(relative["day"] or relative["day2"])]
    if back == 1 and part in ("dem", "khuya") and time and time.hour < 6:
        back = 0
    return _told(now.date() - dt.timedelta(days=back), time, part, now)


def _told(day: dt.date, time: dt.time | None, part: str, now: dt.datetime) -> dt.datetime:
    """A day with the time told; without one, the middle of the part of the day, of today never later than now."""
    found = dt.datetime.combine(day, time or dt.time(_PARTS.get(part, 12)), now.tzinfo)
    return found if time or day != now.date() else now if not part else min(found, now)


def _latest(day: dt.date, time: dt.time, now: dt.datetime) -> dt.datetime:
    """That time today, or yesterday while today's is still to come."""
    found = dt.datetime.combine(day, time, now.tzinfo)
    return found if found <= now else dt.datetime.combine(day - dt.timedelta(days=1), time, now.tzinfo)


def _date(text: str) -> re.Match[str] | None:
    found = (match for pattern in _DATES for match in pattern.finditer(text) if _day_of(match, 2000))
    return next(found, None)


def _day_of(match: re.Match[str], year: int) -> dt.date | None:
    try:
        return dt.date(year, int(match["m"]), int(match["d"]))
    except ValueError:
        return None


def _on_date(match: re.Match[str], time: dt.time | None, part: str, now: dt.datetime) -> dt.datetime | None:
    """A date without its year is the latest that has come."""
    if match["y"]:
        years = [int(match["y"]) + (2000 if len(match["y"]) == 2 else 0)]
    else:
        years = [now.year, now.year - 1]
    days = [day for year in years if (day := _day_of(match, year))]
    return next((found for day in days if (found := _told(day, time, part, now)) <= now), None)


# ---- what -----------------------------------------------------------------------------------------------------------
_NOT_SO = {"không", "chưa", "phòng", "chống", "chữa", "báo", "tránh", "ngừa", "dập"}


def _kind(text: str, kinds: dict[str, Entry]) -> tuple[str | None, Span | None]:
    """The kind whose word comes first; of two at one place the longer word. A text typed without any accent is compared
    without them, by words of two syllables and more, since "chay" is too many things."""
    words = tuple((code, *_words_for(entry)) for code, entry in kinds.items() if entry.parent)
    phrases = _phrases(words, _is_bare(text))
    if not phrases:
        return None, None
    pattern = _any_of(tuple(phrases))
    for match in pattern.finditer(text.casefold()):
        before = text[: match.start()].casefold().split()
        if not before or before[-1] not in _NOT_SO:
            return phrases[match.group()], match.span()
    return None, None


def _is_bare(text: str) -> bool:
    return fold(text) == " ".join(text.casefold().split())


def _words_for(entry: Entry) -> list[str]:
    """Its name in parts, other names, and the words that the catalogue adds."""
    named = re.sub(r"\(.*?\)|[“”\"]", "", entry.vi).split(",")
    other = [one for one in entry.attributes.get("aliases", ()) if " " in one]
    return [one.strip().casefold() for one in (*named, *other, *entry.attributes.get("synonyms", ()))]


@functools.lru_cache(maxsize=64)
def _phrases(words: tuple[tuple[str, ...], ...], bare: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for code, *phrases in words:
        for phrase in phrases:
            if not bare or " " in phrase:
                found.setdefault(fold(phrase) if bare else phrase, code)
    return found


@functools.lru_cache(maxsize=64)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest))})(?!\w)")


_TO_TEN = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_NUMBERS = {word: number for number, word in enumerate(_TO_TEN, 1)}
_WHO = (
    "người|đối tượng|thanh niên|khán giả|cổ động viên|học sinh|hs|sinh viên|sv|du khách|hành khách|khách|phụ nữ|nam|nữ|"
    "trẻ em|trẻ|cháu|em|công nhân|vận động viên|vđv|nạn nhân|bảo vệ|cán bộ|bệnh nhân|"
    "nguoi|doi tuong|thanh nien|khan gia|hoc sinh|khach"
)
_COUNT = re.compile(
    rf"(?<![\w/:.,])(?P<n>\d{{1,3}}(?:\.\d{{3}})+|\d{{1,6}}(?=\s?\D)|{'|'.join(_NUMBERS)})\s*(?:em\s+|cháu\s+|tên\s+)?(?P<who>{_WHO})(?!\w)",
    re.IGNORECASE,
)


def _people(text: str) -> int | None:
    """How many people: the number before "người" or "đối tượng", else before any other word for people."""
    found = list(_COUNT.finditer(text))
    if not found:
        return None
    first = next((one for one in found if one["who"].lower() in ("người", "đối tượng", "nguoi")), found[0])
    said = first["n"].lower()
    number = _NUMBERS.get(said) or int(said.replace(".", ""))
    return number if number <= 1_000_000 else None


# ---- where ----------------------------------------------------------------------------------------------------------
_LABELLED = re.compile(r"(?im)^\W*(?:địa điểm|nơi xảy ra|vị trí|ở đâu|tại)\s*:\s*(?P<place>.+)$")
_AT = re.compile(r"(?i)(?<!\w)(?:tại|ở)\s+(?:khu vực\s+)?(?P<place>\w.*)")
_SURE = (
    "khán đài|khán phòng|hậu trường|sân khấu|sân vận động|bãi gửi xe|bãi xe|nhà xe|nhà thi đấu|nhà hát|nhà văn hóa|bảo tàng|"
    "thư viện|hội trường|hành lang|cầu thang|quảng trường|công viên|nhà thờ|ký túc xá|căng tin|ngã tư|ngã ba|bể bơi|"
    "khu di tích|trụ sở|phòng đọc|phòng họp|phòng thay đồ|gian hàng"
)
_SHORT = "cổng|cửa|sân|phòng|tầng|khu|sảnh|đình|đền|chùa|kho|bếp|chợ|trường|lớp|đường|phố|quầy|rạp|bãi"
_NAMED = re.compile(
    rf"(?i)(?<!\w)(?P<place>(?:{_SURE})(?!\w).*)"
    rf"|(?:^|[,.;:\n(]|(?<!\w)(?:trước|sau|trong|ngoài|gần|cạnh|dưới|trên|từ|vào|đến))\s*"
    rf"(?P<short>(?:{_SHORT})(?!\w)(?!\s+(?:cháy|chống|ngừa|bù|học sinh)).*)"
)
_AFTER = (
    "có|bị|xảy ra|xẩy ra|khiến|làm|do|vì|lúc|vào|khi|đang|đã|thì|nên|gây|phát hiện|nhóm|khoảng|trước giờ|sau giờ|giờ|mất|và|"
    "bảo vệ|không|để|cho|với|người|hôm|sáng|trưa|chiều|tối|đêm"
)
_STOP = re.compile(
    rf"[,.;:\n!?()]|\s[-–—]\s|(?<!\w)(?:{_AFTER}|(?:một|hai|\d+)\s+(?:nhóm|số|{_WHO}))(?!\w)", re.IGNORECASE
)
_NO_PLACE = re.compile(r"(?:các|những|mức|giữa|đây|đó|tuổi|tất cả|chỗ này)$", re.IGNORECASE)
_LONGEST_PLACE = 60


def _place(text: str, spans: list[Span]) -> str:
    """The words after "tại" or "ở", or a word for a place with its name, up to what clearly is no place any more."""
    if labelled := _LABELLED.search(text):
        return labelled["place"].strip(" .;,")[:_LONGEST_PLACE]
    silent = "".join("." if any(start <= at < end for start, end in spans) else c for at, c in enumerate(text))
    for pattern in (_AT, _NAMED):
        for match in pattern.finditer(silent):
            if place := _cut(match["place"] or match.groupdict().get("short") or ""):
                return place
    return ""


def _cut(words: str) -> str:
    first, _, rest = words.partition(" ")
    stop = _STOP.search(rest)
    place = f"{first} {rest[: stop.start()] if stop else rest}".strip(" .,;:")
    named = 2 <= len(place) <= _LONGEST_PLACE and place.casefold() != "nhà"
    return place if named and not _STOP.match(first) and not _NO_PLACE.match(first) else ""


def _unit(text: str, units: dict[int, str]) -> int | None:
    """The unit whose name stands in the text, the longest of several."""
    said = f" {re.sub(r'[^a-z0-9 ]', ' ', fold(text))} "
    named = [
        (len(name), unit_id)
        for unit_id, name in units.items()
        if f" {fold(name)} " in " ".join(["", *said.split(), ""])
    ]
    return max(named)[1] if named else None


# ---- a message ------------------------------------------------------------------------------------------------------
_HEADER = re.compile(r"^\W{0,2}\d[\d/:,.\s]{3,22}\W?\s*[^:\n]{2,40}:\s*")
_GREETING = re.compile(
    r"(?i)^(?:(?:alo|kính gửi|kính báo|kính thưa|báo cáo|dạ|thưa)(?!\w)[^,.:\n]{0,40}[,.:\n]\s*)+(?=\S)"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def headline(message: str, longest: int = 300) -> str:
    """A pasted message's first sentence, without who wrote it when and to whom."""
    body = _GREETING.sub("", _HEADER.sub("", unicodedata.normalize("NFC", message).strip()))
    sentences = [one.strip() for one in _SENTENCE.split(body) if len(one.split()) > 2]
    said = sentences[0] if sentences else " ".join(body.split())
    return said if len(said) <= longest else said[: longest - 1].rsplit(" ", 1)[0] + "…"
