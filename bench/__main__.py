"""Measures sections, prints them, and writes docs/benchmarks.md: `python -m bench [SECTION …]`.

`--render` measures nothing, and writes the document anew from what was measured last.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench import document
from bench.sections import SECTIONS, measured


def main() -> None:
    """Measure the sections that were asked for, one after the other.

    Each has a process of its own: they lead AWS's clients to clouds of their own, and one fills the
    memory.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("section", nargs="*", help=", ".join(SECTIONS))
    parser.add_argument("--render", action="store_true", help="measure nothing")
    told = parser.parse_args()
    asked = told.section
    if unknown := set(asked) - set(SECTIONS):
        parser.error(f"There is no section {', '.join(sorted(unknown))}.")
    if told.render:
        document.write([], SECTIONS)
        return
    apart = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=apart, max_tasks_per_child=1) as pool:
        for section in pool.map(measured, asked or SECTIONS):
            print(section.text(), flush=True)
            document.write([section], SECTIONS)


if __name__ == "__main__":
    main()
