"""What the years leave in the very partitions that deeds read, and that no deed may read.

The whole is a clinic's after ten years: of the district, the slots of all past working days; of
each patient, what a visit in each month leaves, as if nothing expired; of the indices, a child
district's 800 who are still to come of age, and 300 profiles that fall due later; of today, 1,000
entries in the audit trail, which others wrote at the desk.

Who lists the tickets sees the earlier ones, and whom the desk finds is shown with papers and
documents: in their partitions is the rest. The contents are a model's, whatever the key says,
under names that nobody looks for.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from bench.contents import Image
from bench.deeds import Scene
from shared import clock, keys
from shared.ids import AccountId, DocumentId, PatientId
from shared.keys import Key
from shared.settings import settings
from shared.table import moments, store
from shared.tickets import SlotPlace, new_ticket_id

_DAYS, _MONTHS = 3650, 120
_TIMES = 6
"""Slots of a day."""
_WORKED = 5
"""Days of a week."""
_CHILDREN, _PROFILES, _ENTRIES = 800, 300, 1000


class Left(NamedTuple):
    """Keys that ten years leave, under which a model's item stands; a share takes the first."""

    kind: str
    keys: list[Key]
    due_list: str | None = None
    """The list of `DueIndex` in which they fall due in a month."""


def past(scene: Scene, models: Mapping[str, Image], share: float) -> Iterator[Image]:
    """Yield a share of each kind, from 0 to 1; `models` are items by their kind."""
    today = settings().day_of(clock.now())
    due_on = {"S": str(today + timedelta(days=30))}
    for left in [*_of_patients(scene), *_of_clinic(scene, today)]:
        model, part = models[left.kind], left.keys[: round(len(left.keys) * share)]
        due = {"due_list": {"S": left.due_list}, "due_on": due_on} if left.due_list else {}
        for key in part:
            named = {"name_key": {"S": key.pk}} if "name_key" in model else {}
            yield {**model, **store.key_attributes(key), **due, **named}


def _of_patients(scene: Scene) -> Iterator[Left]:
    tickets, papers, documents, dispatches = _monthly()
    for who, of_visits in (
        (scene.visitor, (tickets, papers, documents, dispatches)),
        (scene.holder, (tickets, dispatches)),
        (scene.expected, (papers, documents, dispatches)),
    ):
        for key_of in of_visits:
            yield Left("TICKET", [key_of(who.patient_id, f"{n:016x}") for n in range(_MONTHS)])


def _monthly() -> tuple[Callable[[PatientId, str], Key], ...]:
    """Return the keys of what a visit leaves, each made of a patient and an id."""
    return (
        lambda who, drawn: keys.archived_ticket(new_ticket_id(who, drawn)),
        keys.consent_paper,
        lambda who, drawn: keys.document(who, DocumentId(drawn)),
        keys.dispatch,
    )


def _of_clinic(scene: Scene, today: date) -> Iterator[Left]:
    now, children = moments.text(clock.now()), keys.children_of(scene.children.district_id)
    born = [keys.patient(PatientId(f"child.{n}")) for n in range(_CHILDREN)]
    waiting = [keys.account(AccountId(f"waiting.{n}")) for n in range(_PROFILES)]
    yield Left("SLOT", [keys.slot(place) for place in _places(scene, today)])
    yield Left("PATIENT", born, children)
    yield Left("ACCOUNT", waiting, keys.CONSENTS_DUE)
    yield Left("ENTRY", [keys.audit_entry(today, now, f"other.{n}") for n in range(_ENTRIES)])


def _places(scene: Scene, today: date) -> Iterator[SlotPlace]:
    """Yield where the slots of the past stood, the last days first."""
    for day in (today - timedelta(days=back) for back in range(1, _DAYS + 1)):
        if day.weekday() < _WORKED:
            for ordinal in range(1, _TIMES + 1):
                yield SlotPlace(scene.district.district_id, day, ordinal, scene.free.place.time)
