"""The wall screen: what is asked for it, as words, in the place of the page's parts."""

import streamlit as st

from models import wall
from models.access import Current
from models.figures import KPIS, Better
from models.wall import Wall, WallLine
from pages.parts import cards, charts, page, periods, wall_drawing
from pages.parts.cards import WORDS
from pages.parts.kept import kept
from pages.parts.wall_drawing import Goal, Paint, Row, Scene, Tile
from pages.parts.words import NOTHING, clock_time, date, label, t

ADDRESS = "tv"  # /chi-so?tv=1


def paint() -> Paint:
    """Always the dark theme's: a bright wall would light up the room."""

    def of(name: str) -> str:
        return str(st.get_option(f"theme.dark.{name}Color"))

    names = ("text", "gray", "secondaryBackground", "blue", "green", "red", "orange")
    return Paint(*(of(name) for name in names))


def show_head(current: Current) -> None:
    """Whose screen it is, and the clock."""
    mark = t("DEMONSTRATION DATA") if current.is_demo else ""
    today = t("Today is {day}.", day=date(current.today()))
    left, right = st.columns([3, 1], gap="small", vertical_alignment="center")
    draw = wall_drawing.short_banner if page.on_a_phone() else wall_drawing.banner
    said = draw(current.organisation_name, today, mark, paint())
    left.image(said, width="stretch", alt=" · ".join(one for one in (current.organisation_name, today, mark) if one))
    now = current.now().astimezone(current.zone)
    turning = wall_drawing.clock(now.hour, now.minute, now.second + now.microsecond / 1e6, paint())
    right.image(turning, width="stretch", alt=t("Clock"))


def show(current: Current, revision: int) -> None:
    """The figures, the trend and the entries."""
    found = kept(current, revision, "wall", lambda: wall.wall(current))
    scene = _scene(current, found)
    draw = wall_drawing.tall if page.on_a_phone() else wall_drawing.wide
    st.image(draw(scene, paint()), width="stretch", alt=_in_words(scene))


def _scene(current: Current, found: Wall) -> Scene:
    counts = [count for _, count in found.months]
    goals, name = [one.value if one else None for one in found.targets], t("Target")
    told = [None if goal is None else f"≤ {charts.told(goal)}" for goal in goals]
    aimed = t("Thin line: the target of the month, at most so many.") if any(told) else ""
    return Scene(
        tiles=[_tile(found, code) for code in found.figures],
        trend_title=t("Incidents by reporting month"),
        months=list(zip(periods.month_names([one for one, _ in found.months]), counts, strict=True)),
        goals=[Goal(goal, charts.label_at(name, told, at)) for at, goal in enumerate(goals)],
        goals_said=aimed,
        rows_title=t("Latest entries"),
        rows=[_row(current, found, line) for line in found.lines],
        nothing=t("Nothing has been entered yet."),
        status=(
            t("Updated at {time}, by itself.", time=clock_time(current.now(), current)),
            t(
                "{period}, compared with {before}.",
                period=periods.full_name(found.period),
                before=periods.name(found.period.previous()),
            ),
        ),
    )


def _tile(found: Wall, code: str) -> Tile:
    figure = found.figures[code]
    step = cards.change(figure, found.before.get(code))
    moves = step is not None and any(sign in step for sign in "123456789")
    below = cards.beside(figure) if not moves else t("{step} against the period before", step=step)
    better = KPIS[code].better
    tone = "" if not moves or better is Better.NEITHER else _tone(str(step), better)
    return Tile(t(WORDS[code][0]), cards.value(figure), below or "", tone)


def _tone(step: str, better: Better) -> str:
    up = step.startswith("+")
    return "good" if up == (better is Better.MORE) else "bad"


def _row(current: Current, found: Wall, line: WallLine) -> Row:
    when = line.at.astimezone(current.zone).strftime("%d/%m %H:%M")
    return Row(when, line.number, label(found.kinds, line.kind), line.place or NOTHING)


def _in_words(scene: Scene) -> str:
    figures = "; ".join(f"{tile.name}: {tile.value}" for tile in scene.tiles)
    goals = ", ".join(goal.label for goal in scene.goals if goal.label)
    figures += f". {scene.trend_title}: {goals}" if goals else ""
    rows = "; ".join(f"{row.when} {row.number} {row.kind}, {row.place}" for row in scene.rows)
    return f"{figures}. {scene.rows_title}: {rows or scene.nothing} {' '.join(scene.status)}"
