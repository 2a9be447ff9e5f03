"""Figures: what a section has measured, and how that reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

Unit = Literal["×", "MB", "read units", "write units", "requests", "bookings/s", "slots/s", ""]


@dataclass(frozen=True)
class Aim:
    """What a figure is to be: at most or just so much."""

    relation: Literal["≤", "="]
    value: float

    def is_met_by(self, value: float) -> bool:
        """Tell whether a measured value is what was aimed at."""
        return value <= self.value if self.relation == "≤" else value == self.value

    def __str__(self) -> str:
        """Write the aim as the table shows it."""
        return f"{self.relation} {self.value:g}"


@dataclass(frozen=True)
class Figure:
    """One measured value, and the interval from `low` to `high` in which it lies, if known."""

    name: str
    value: float
    unit: Unit
    aim: Aim | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    """What the value comes from, such as the time in ms behind a ratio."""

    @property
    def misses(self) -> bool:
        """Tell whether the aim was missed."""
        return self.aim is not None and not self.aim.is_met_by(self.value)

    @property
    def is_within_noise(self) -> bool:
        """Tell whether the interval meets the aim at one end only: another run may decide else."""
        if self.aim is None or self.low is None or self.high is None:
            return False
        return self.aim.is_met_by(self.low) != self.aim.is_met_by(self.high)

    @property
    def verdict(self) -> str:
        """Say what became of the aim, and whether that was a toss-up."""
        if self.aim is None:
            return ""
        verdict = "**missed**" if self.misses else "met"
        return f"{verdict}, within the noise" if self.is_within_noise else verdict

    @property
    def is_drawn(self) -> bool:
        """Tell whether the chart shows the figure: ratios have one scale."""
        return self.unit == "×"


HEADER = ("", "measured", "interval", "aim", "", "note")


def rows(figures: Iterable[Figure]) -> Iterator[tuple[str, ...]]:
    """Yield the cells of a table's rows."""
    for figure in figures:
        interval, aim = "", figure.aim.value if figure.aim else None
        if figure.low is not None and figure.high is not None:
            interval = f"{_number(figure.low, aim)} to {_number(figure.high, aim)}"
        measured = f"{_number(figure.value, aim)} {figure.unit}".rstrip()
        yield figure.name, measured, interval, str(figure.aim or ""), figure.verdict, figure.note


def table(figures: Iterable[Figure]) -> str:
    """Write figures as a table of Markdown, whose columns line up on a terminal too."""
    cells = [HEADER, *rows(figures)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADER))]
    lines = [_line(row, widths) for row in cells]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def _line(row: Iterable[str], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def _number(value: float, aim: float | None) -> str:
    """Write a number with three digits that count, and whole ones whole.

    What is not the aim never reads as the aim: it has three decimals then, or more.
    """
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
    if value == aim or float(text.replace(",", "")) != aim:
        return text
    longer = (f"{value:.{decimals}f}" for decimals in count(3))
    return next(text for text in longer if float(text) != aim)
