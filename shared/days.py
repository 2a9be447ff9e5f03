"""Days of the clinic, as the desk sees them: each district's tickets and who holds them."""

from dataclasses import dataclass

from shared.districts import District
from shared.patients import Patient
from shared.tickets import Slot, Ticket


@dataclass(frozen=True)
class Holding:
    """A ticket, and the patient who holds it or held it until it was withdrawn."""

    ticket: Ticket
    patient: Patient


@dataclass(frozen=True)
class Declared:
    """What an absence has done."""

    withdrawn_slots: int
    notified: tuple[Patient, ...]
    """Patients whose tickets were cancelled and whom a mail tells."""
    to_be_called: tuple[Patient, ...]
    """Patients whose tickets were cancelled and who have nobody with an account."""


@dataclass(frozen=True)
class DistrictDay:
    """One district's day."""

    district: District
    slots: tuple[Slot, ...]
    """In the order of their time."""
    holdings: tuple[Holding, ...]
    """In the same order."""
