"""What those in the calm district were told, and what it means: nobody can take it back but they.

A patient of the calm district asks for one thing at a time, so the last answer says what stands.
"""

from dataclasses import dataclass, field

from shared.ids import PatientId, SlotId, TicketId


@dataclass(frozen=True)
class Held:
    """A ticket that a patient was told of, and its slot."""

    ticket_id: TicketId
    slot_id: SlotId


@dataclass
class Ledger:
    """Who holds what, by the answers alone."""

    held: dict[PatientId, Held | None] = field(default_factory=dict)
    breaches: list[str] = field(default_factory=list)
    """Answers that contradict each other, by the ids that they name."""
    _holders: dict[SlotId, PatientId] = field(default_factory=dict)

    def give_up(self, patient_id: PatientId) -> None:
        """Note that a patient is about to ask for an end or another place of what they hold."""
        held = self.held.get(patient_id)
        if held is not None:
            self._holders.pop(held.slot_id, None)

    def note(self, patient_id: PatientId, held: Held | None) -> None:
        """Note what a patient was told to hold now; two who were told of one slot are a breach."""
        self.held[patient_id] = held
        if held is None:
            return
        other = self._holders.setdefault(held.slot_id, patient_id)
        if other != patient_id:
            self.breaches.append(f"{held.slot_id} is held by {other} and by {patient_id}")
