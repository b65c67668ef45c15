"""The wall screen as pictures (SVG) that grow with the screen: Streamlit's own letters end at 28 pixels, and a wall is read
from across a room. A picture is an `<img>`: nothing in it runs or loads, and what people typed is escaped.

The clock runs in the browser by itself: three reels of numbers behind a window, moved by the picture's own animation.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

FONT = "'Source Sans 3','Source Sans Pro','Segoe UI',Roboto,'Noto Sans','Helvetica Neue',Arial,sans-serif"
LETTER = 0.54  # a letter's width, against its height


@dataclass(frozen=True)
class Paint:
    """Colours of the dark theme, by what they say."""

    text: str
    quiet: str
    panel: str
    bar: str
    good: str
    bad: str
    mark: str


@dataclass(frozen=True)
class Tile:
    """One figure: its name, its value, and what stands small below it. `tone` is good, bad or neither ("")."""

    name: str
    value: str
    below: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Goal:
    """The target of a month, and the words at its line: where it begins and where it changes."""

    value: float | None
    label: str = ""


@dataclass(frozen=True)
class Row:
    """One entry."""

    when: str
    number: str
    kind: str
    place: str


@dataclass(frozen=True)
class Scene:
    """What is drawn, in the reader's words."""

    tiles: Sequence[Tile]
    trend_title: str
    months: Sequence[tuple[str, int]]
    rows_title: str
    rows: Sequence[Row]
    nothing: str
    status: Sequence[str]  # when it was counted, and what
    goals: Sequence[Goal] = ()  # one a month, where months have any
    goals_said: str = ""  # how their line is read


# ---- small things ----------------------------------------------------------------------------------------------------
def _text(x: float, y: float, said: str, size: float, fill: str, *, weight: int = 400, anchor: str = "start") -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" fill="{fill}" '
        f'text-anchor="{anchor}">{html.escape(said)}</text>'
    )


def _box(x: float, y: float, width: float, height: float, paint: Paint) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="12" fill="{paint.panel}"/>'


def _fits(said: str, width: float, size: float) -> str:
    """Cut to a width, with three dots where something is gone."""
    most = max(1, int(width / (size * LETTER)))
    return said if len(said) <= most else said[: most - 1].rstrip() + "…"


def _picture(width: float, height: float, inside: str, style: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="{FONT}"><style>{style}</style>{inside}</svg>'
    )


# ---- the scene -------------------------------------------------------------------------------------------------------
def wide(scene: Scene, paint: Paint) -> str:
    """For a screen: four figures over the trend and the entries. With the row above it fills 16 to 9."""
    tiles = [_tile(tile, 405 * at, 0, 385, 225, paint) for at, tile in enumerate(scene.tiles)]
    trend = _trend(scene, 0, 245, 690, 500, 1, paint)
    rows = _rows(scene, 710, 245, 890, 500, paint)
    return _picture(1600, 790, "".join([*tiles, trend, rows, _text(4, 778, " ".join(scene.status), 24, paint.quiet)]))


def tall(scene: Scene, paint: Paint) -> str:
    """For a phone: two figures beside each other, and everything below."""
    tiles = [_tile(tile, 197 * (at % 2), 118 * (at // 2), 187, 108, paint) for at, tile in enumerate(scene.tiles)]
    trend = _trend(scene, 0, 246, 384, 210, 0.52, paint)
    rows = _short_rows(scene, 466, paint)
    height = 466 + 50 + 46 * max(1, len(scene.rows))
    status = [_text(2, height + 16 + 17 * at, said, 12, paint.quiet) for at, said in enumerate(scene.status)]
    return _picture(384, height + 20 + 17 * len(status), "".join([*tiles, trend, rows, *status]))


def _tile(tile: Tile, x: float, y: float, width: float, height: float, paint: Paint) -> str:
    inner, scale = width * 0.88, height / 225
    size = min(108 * scale, inner / (max(len(tile.value), 1) * LETTER))
    name_size, below_size = (29, 23) if scale == 1 else (15, 11.5)
    tone = {"good": paint.good, "bad": paint.bad}.get(tile.tone, paint.quiet)
    left = x + width * 0.06
    return (
        _box(x, y, width, height, paint)
        + _text(left, y + height * 0.19, _fits(tile.name, inner, name_size), name_size, paint.quiet)
        + _text(left, y + height * 0.65, tile.value, size, paint.text, weight=700)
        + _text(left, y + height * 0.89, _fits(tile.below, inner, below_size), below_size, tone)
    )


def _trend(scene: Scene, x: float, y: float, width: float, height: float, scale: float, paint: Paint) -> str:
    """A bar a month, from nought, with its number over it."""
    title, label = 30 * scale**0.72, 24 * scale**0.72
    base, top = y + height - label * 2, y + title * (3.7 if scene.goals_said else 2.9)
    most = max([*(count for _, count in scene.months), *(goal.value or 0 for goal in scene.goals), 1])
    step = (width * 0.94) / max(len(scene.months), 1)
    drawn = [
        _box(x, y, width, height, paint),
        _text(x + width * 0.03, y + title * 1.4, scene.trend_title, title, paint.quiet),
        _text(x + width * 0.03, y + title * 2.35, scene.goals_said, label * 0.85, paint.quiet),
    ]
    numbers = []
    for at, (name, count) in enumerate(scene.months):
        tall_, middle = (base - top) * count / most, x + width * 0.03 + step * (at + 0.5)
        last = at == len(scene.months) - 1
        drawn.append(
            f'<rect x="{middle - step * 0.3:g}" y="{base - tall_:g}" width="{step * 0.6:g}" height="{tall_:g}" rx="4" '
            f'fill="{paint.mark if last else paint.bar}"/>'
        )
        numbers.append(
            _text(middle, base - tall_ - label * 0.35, str(count), label, paint.text, weight=600, anchor="middle")
        )
        drawn.append(_text(middle, base + label * 1.3, name, label * 0.9, paint.quiet, anchor="middle"))
    unit = (base - top) / most
    drawn += _goals(scene, (x + width * 0.03, x + width * 0.98), base, unit, step, label * 0.85, paint)
    return "".join([*drawn, *numbers])


def _goals(
    scene: Scene, sides: tuple[float, float], base: float, unit: float, step: float, size: float, paint: Paint
) -> list[str]:
    """The months' targets: a thin line over the whole width of each, `unit` pixels high for each incident. The words at it
    have a rim against the bars, and stand below it where they would lie on the number of a bar."""
    drawn, (left, right) = [], sides
    for at, goal in enumerate(scene.goals):
        if goal.value is None:
            continue
        y = base - unit * goal.value
        drawn.append(
            f'<path class="goal" d="M{left + step * at:g} {y:g}h{step:g}" stroke="{paint.text}" '
            f'stroke-width="{size / 9:g}"/>'
        )
        if not goal.label:
            continue
        wide = len(goal.label) * size * LETTER
        begin = min(left + step * at + 3, right - wide)
        over = [
            count
            for one, (_, count) in enumerate(scene.months)
            if begin < left + step * (one + 0.7) and left + step * (one + 0.3) < begin + wide
        ]
        crowded = any(abs(unit * (count - goal.value)) < size * 1.3 for count in over)
        words = _text(begin, y + size * (1.2 if crowded else -0.45), goal.label, size, paint.text)
        rim = f'<text stroke="{paint.panel}" stroke-width="{size / 3:g}" stroke-linejoin="round" '
        drawn += [words.replace("<text ", rim, 1), words]
    return drawn


def _rows(scene: Scene, x: float, y: float, width: float, height: float, paint: Paint) -> str:
    drawn = [_box(x, y, width, height, paint), _text(x + 22, y + 42, scene.rows_title, 30, paint.quiet)]
    if not scene.rows:
        drawn.append(_text(x + 22, y + 100, scene.nothing, 26, paint.text))
    for at, row in enumerate(scene.rows):
        line = y + 86 + 43.5 * at
        drawn.append(_text(x + 22, line, row.when, 23, paint.quiet))
        drawn.append(_text(x + 160, line, row.number, 23, paint.quiet))
        drawn.append(_text(x + 320, line, _fits(row.kind, 330, 24), 24, paint.text, weight=600))
        drawn.append(_text(x + 655, line, _fits(row.place, 220, 23), 23, paint.text))
    return "".join(drawn)


def _short_rows(scene: Scene, y: float, paint: Paint) -> str:
    """Two lines an entry."""
    height = 50 + 46 * max(1, len(scene.rows)) - 10
    drawn = [_box(0, y, 384, height, paint), _text(12, y + 24, scene.rows_title, 16, paint.quiet)]
    if not scene.rows:
        drawn.append(_text(12, y + 56, scene.nothing, 15, paint.text))
    for at, row in enumerate(scene.rows):
        line = y + 50 + 46 * at
        drawn.append(_text(12, line, _fits(row.kind, 360, 15), 15, paint.text, weight=600))
        drawn.append(_text(12, line + 18, _fits(f"{row.when} · {row.number} · {row.place}", 360, 13), 13, paint.quiet))
    return "".join(drawn)


# ---- the row above ---------------------------------------------------------------------------------------------------
def banner(organisation: str, below: str, mark: str, paint: Paint) -> str:
    """Whose screen it is; in the demonstration world with its mark."""
    said = _text(0, 40, _fits(organisation, 1250, 44), 44, paint.text, weight=700)
    drawn = said + _text(0, 86, below, 28, paint.quiet)
    if mark:
        width = len(mark) * 28 * LETTER * 1.28 + 40
        drawn += f'<rect x="{1250 - width:g}" y="54" width="{width:g}" height="42" rx="8" fill="none" stroke="{paint.mark}"/>'
        drawn += _text(1250 - width / 2, 84, mark, 26, paint.mark, weight=700, anchor="middle")
    return _picture(1260, 100, drawn)


def short_banner(organisation: str, below: str, mark: str, paint: Paint) -> str:
    """The same for a phone."""
    drawn = _text(0, 20, _fits(organisation, 384, 17), 17, paint.text, weight=700)
    drawn += _text(0, 42, below, 13, paint.quiet)
    drawn += _text(384, 42, mark, 13, paint.mark, weight=700, anchor="end")
    return _picture(384, 50, drawn)


def clock(hour: int, minute: int, second: float, paint: Paint) -> str:
    """A clock that goes on by itself from the moment it is drawn."""
    past = hour * 3600 + minute * 60 + second
    style = "".join(f"@keyframes r{count}{{to{{transform:translateY(-{count}00px)}}}}" for count in (24, 60))
    reels = (
        _reel(0, 24, 86_400, past, paint)
        + _reel(150, 60, 3_600, past % 3_600, paint)
        + _reel(300, 60, 60, past % 60, paint)
    )
    colons = "".join(_text(at, 72, ":", 76, paint.quiet, anchor="middle") for at in (135, 285))
    return _picture(420, 100, reels + colons, style)


def _reel(x: float, count: int, seconds: int, past: float, paint: Paint) -> str:
    numbers = "".join(
        _text(x + 60, 100 * at + 78, f"{at:02}", 84, paint.text, weight=600, anchor="middle") for at in range(count)
    )
    turning = f"animation:r{count} {seconds}s steps({count}) infinite;animation-delay:-{past:.3f}s"
    return f'<g style="{turning}">{numbers}</g>'
