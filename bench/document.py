"""docs/benchmarks.md and its charts: each section as it was measured last.

The figures are kept in docs/benchmarks.json, so that a section can be measured anew by itself.
"""

import json
import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import chart
from bench.figures import Aim, Figure, table
from shared import clock

DOCS = Path(__file__).resolve().parents[1] / "docs"
_KEPT = "benchmarks.json"
_HEAD = """# Benchmarks

What `make bench` measured; how, [bench/](../bench) says. Times are compared within one run, in
turns, and the control is the same thing compared with itself: how far it is from 1 is what chance
and the machine do. Where the aim lies within a figure's interval, the verdict is the median's and
"within the noise": another run may decide otherwise. Rates, such as slots a second, are this
machine's alone. This file is written by `make bench`.
"""
_TOSS_UP = "By less than the noise, which may be all there is to it."
_UNEXPLAINED = "Not explained yet."


@dataclass(frozen=True)
class Section:
    """One section as it was measured."""

    name: str
    title: str
    about: str
    machine: str
    figures: tuple[Figure, ...]
    missed: Mapping[str, str]
    """Why a figure misses its aim, by the figure's name."""

    def text(self) -> str:
        """Write the section of the document."""
        drawn = f"![{self.title}](pictures/{self.picture})" if self.drawn else ""
        parts = [f"## {self.title}", self.about, self.machine, table(self.figures), *self._misses()]
        return "\n\n".join(filter(None, [*parts, drawn])) + "\n"

    def _misses(self) -> Iterator[str]:
        for figure in self.figures:
            if figure.misses:
                known = _TOSS_UP if figure.is_within_noise else _UNEXPLAINED
                yield f"Missed: {figure.name}. {self.missed.get(figure.name, known)}"

    @property
    def drawn(self) -> list[Figure]:
        """The figures that the chart shows."""
        return [figure for figure in self.figures if figure.is_drawn]

    @property
    def picture(self) -> str:
        """The chart's file."""
        return f"bench-{self.name.replace('_', '-')}.svg"


def machine() -> str:
    """Tell when and on what is measured, without naming the machine."""
    on = clock.now().date().isoformat()
    processor = f"{os.cpu_count()} processors, {platform.machine()}"
    return f"Measured on {on} with Python {platform.python_version()} on {processor}."


def write(sections: Iterable[Section], order: Iterable[str], docs: Path = DOCS) -> None:
    """Put newly measured sections in the place of what was measured before, in the given order."""
    found = {one.name: one for one in _read(docs / _KEPT)} | {one.name: one for one in sections}
    known = {name: found[name] for name in order if name in found}
    told = json.dumps([asdict(one) for one in known.values()], ensure_ascii=False, indent=1)
    (docs / _KEPT).write_text(told + "\n", "utf-8")
    text = "\n".join([_HEAD, *(one.text() for one in known.values())])
    (docs / "benchmarks.md").write_text(text, "utf-8")
    for one in known.values():
        if one.drawn:
            picture = chart.chart(one.title, one.drawn)
            (docs / "pictures" / one.picture).write_text(picture, "utf-8")


def _read(file: Path) -> Iterator[Section]:
    if file.exists():
        for told in json.loads(file.read_text("utf-8")):
            yield Section(**told | {"figures": tuple(map(_figure, told["figures"]))})


def _figure(told: dict[str, Any]) -> Figure:
    return Figure(**told | {"aim": Aim(**told["aim"]) if told["aim"] else None})
