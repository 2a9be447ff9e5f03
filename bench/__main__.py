"""Measures sections, prints them, and writes docs/benchmarks.md: `python -m bench [SECTION …]`."""

import argparse
from types import ModuleType

import tests.conftest  # noqa: F401 - sets what functions read while they are imported
from bench import (
    bookings,
    contention,
    document,
    operations,
    package_size,
    release,
    sizes,
    start_up,
    warm,
)
from bench.document import Section

SECTIONS: dict[str, ModuleType] = {
    "start_up": start_up,
    "warm": warm,
    "operations": operations,
    "sizes": sizes,
    "contention": contention,
    "release": release,
    "bookings": bookings,
    "package_size": package_size,
}


def main() -> None:
    """Measure the sections that were asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("section", nargs="*", help=", ".join(SECTIONS))
    asked = parser.parse_args().section
    if unknown := set(asked) - set(SECTIONS):
        parser.error(f"There is no section {', '.join(sorted(unknown))}.")
    for name in asked or SECTIONS:
        section = _measured(name)
        print(section.text())
        document.write([section])


def _measured(name: str) -> Section:
    module = SECTIONS[name]
    return Section(
        name=name,
        title=module.TITLE,
        about=(module.__doc__ or "").strip(),
        machine=document.machine(),
        figures=tuple(module.measure()),
        missed=module.MISSED,
    )


if __name__ == "__main__":
    main()
