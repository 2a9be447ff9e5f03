"""A section's ratios as a picture: one bar for each, with its interval and its aim, in SVG."""

from collections.abc import Iterator, Sequence
from html import escape

from bench.figures import Figure

_ROW, _NAMES, _SCALE, _EDGE = 18, 260, 420, 24
"""Pixels: a bar's row, the names on the left, the scale on the right, the space around."""
_STYLE = (
    "text{font:12px sans-serif;fill:#222}.bar{fill:#2a78b8}.missed{fill:#c0392b}.unsure{opacity:.5}"
    ".aim,.interval{stroke:#222;stroke-width:1.5}.aim{stroke-dasharray:3 2}"
)
_LEGEND = "dashes: aims; red: missed; pale: within the noise"


def chart(title: str, figures: Sequence[Figure]) -> str:
    """Draw figures as bars on one scale from nought; what misses its aim has another colour.

    What is within the noise is pale.
    """
    most = max(map(_end_of, figures))
    width, height = _NAMES + _SCALE + 3 * _EDGE, _ROW * len(figures) + 3 * _EDGE
    bars = "\n".join(
        line
        for row, figure in enumerate(figures)
        for line in _bar(figure, 2 * _EDGE + row * _ROW, _SCALE / most)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n"
        f'<rect width="{width}" height="{height}" fill="white"/>\n'
        f'<text x="{_EDGE}" y="{_EDGE}">{escape(title)}; {_LEGEND}</text>\n'
        f"{bars}\n</svg>\n"
    )


def _bar(figure: Figure, top: int, scale: float) -> Iterator[str]:
    """Yield a row's elements; `scale` is in pixels for one unit."""
    left, middle = _EDGE + _NAMES, top + _ROW // 2
    end = left + _end_of(figure) * scale
    kind = ("missed" if figure.misses else "bar") + (" unsure" if figure.is_within_noise else "")
    yield f'<text x="{_EDGE}" y="{middle + 4}">{escape(figure.name)}</text>'
    yield _rectangle(kind, left, top + 3, figure.value * scale)
    yield f'<text x="{end + 4:.0f}" y="{middle + 4}">{figure.value:.2f}</text>'
    if figure.low is not None and figure.high is not None:
        yield _line("interval", left + figure.low * scale, middle, left + figure.high * scale)
    if figure.aim is not None:
        x = left + figure.aim.value * scale
        yield f'<path class="aim" d="M{x:.1f} {top}v{_ROW}"/>'


def _rectangle(kind: str, left: float, top: float, width: float) -> str:
    return f'<rect class="{kind}" x="{left}" y="{top}" width="{width:.1f}" height="{_ROW - 6}"/>'


def _line(kind: str, left: float, middle: float, right: float) -> str:
    return f'<path class="{kind}" d="M{left:.1f} {middle}H{right:.1f}"/>'


def _aim_of(figure: Figure) -> float:
    return figure.aim.value if figure.aim else 0


def _end_of(figure: Figure) -> float:
    """Return how far to the right something is drawn for a figure."""
    return max(figure.high or 0, figure.value, _aim_of(figure))
