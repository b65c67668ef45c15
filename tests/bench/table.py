"""The table of targets, as it is printed: what was promised, what it is today, how it stands to the floor of the same run."""

from dataclasses import dataclass

WIDTHS = (58, 25, 27, 24)


@dataclass(frozen=True)
class Line:
    """One row. `met` is None where nothing could be measured; `figure` then says why."""

    what: str
    target: str
    figure: str
    ratio: str = "–"
    met: bool | None = None

    def __str__(self) -> str:
        cells = (self.what, self.target, self.figure, self.ratio)
        said = {True: "met", False: "NOT MET", None: "not measured"}[self.met]
        return "".join(f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=True)) + said


def show(title: str, lines: list[Line]) -> str:
    head = "".join(
        f"{one:<{width}}" for one, width in zip(("what", "target", "today", "to the floor"), WIDTHS, strict=True)
    )
    met = sum(line.met is True for line in lines)
    foot = f"{met} of {len(lines)} met"
    return "\n".join([f"\n{title}", "", head, "-" * (sum(WIDTHS) + 12), *map(str, lines), "", foot])


def times(value: float, floor: float, name: str) -> str:
    """How often the floor goes into a figure."""
    return f"{value / floor:.1f} × {name}" if floor else "–"
