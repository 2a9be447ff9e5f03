"""The sections, in the document's order, and how one is measured."""

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


def measured(name: str) -> Section:
    """Measure a section."""
    module = SECTIONS[name]
    return Section(
        name=name,
        title=module.TITLE,
        about=(module.__doc__ or "").strip(),
        machine=document.machine(),
        figures=tuple(module.measure()),
        missed=module.MISSED,
    )
