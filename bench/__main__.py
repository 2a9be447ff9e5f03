"""Measures sections, prints them, and writes docs/benchmarks.md: `python -m bench [SECTION …]`."""

import argparse
from types import ModuleType

from bench import document, package_size, start_up
from bench.document import Section

SECTIONS: dict[str, ModuleType] = {"start_up": start_up, "package_size": package_size}


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
