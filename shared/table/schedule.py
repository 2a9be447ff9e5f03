"""Schedules in the table: a district's slots are made to agree with what the district says.

Every write is a transaction that demands the district as it was read, so nothing is published for
hours or days that the desk has changed meanwhile; and one that demands each slot as it was read and
no other at its time, so a run can be repeated, be cut off anywhere, or meet another run and the
bookings of patients (R8).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from shared import schedules
from shared.desk import Actor
from shared.districts import District, cap_of
from shared.errors import TryAgain
from shared.ids import TicketId
from shared.publishing import window
from shared.schedules import Change, Plan, Terms
from shared.settings import settings
from shared.table import audit, districts, patients, slots, store, tickets
from shared.table.districts import DistrictChanged
from shared.table.patients import PatientChanged
from shared.table.slots import SlotChanged
from shared.table.store import Leg, OutcomeUnknown
from shared.tickets import Slot, SlotPlace, patient_of

_MOST_AT_ONCE = 12
"""Slots of one transaction: more are fewer requests, and meet bookings more often. A day that has
more to be offered is not divided."""

_MOST_ACTIONS = 90
"""Actions of one transaction beside the district's; DynamoDB takes 100."""

_Work = Slot | Change
"""A slot that is to be published, or to become another one."""


@dataclass
class Done:
    """What was done until the slots agreed."""

    offered: int = 0
    """Slots that were published, or are offered again or at another time."""
    cancelled: list[TicketId] = field(default_factory=list)
    """Tickets that an absence has cancelled."""
    standing: int = 0
    """Online slots to come, free or booked."""


def agree(district: District, now: datetime, actor: Actor | None = None) -> Done:
    """Make a district's slots agree with it: one query, and writes only for what differs.

    `actor` is whose doing it is, where it is the desk's; each cancelled ticket then has its entry
    in the audit trail. Whoever books, moves or cancels meanwhile wins, or is seen by the next look.
    Raises TryAgain.
    """
    done = Done()
    for _ in store.pauses():
        try:
            plan = _plan(district, now)
            if _carry_out(plan, district, now, actor, done):
                done.standing = plan.standing
                return done
        except DistrictChanged:
            found = districts.find(district.district_id)
            if found is None:
                return done
            district = found
    raise TryAgain


def _plan(district: District, now: datetime) -> Plan:
    clinic = settings()
    terms = Terms(_cap(district), now, clinic.zone)
    days = list(window(now, clinic.horizon_days, clinic.zone))
    standing = slots.slots_from(district.district_id, days[0])
    return schedules.plan_of(district, days, standing, terms)


def _cap(district: District) -> int:
    return cap_of(district, settings().adult_cap, settings().child_cap)


def _carry_out(
    plan: Plan, district: District, now: datetime, actor: Actor | None, done: Done
) -> bool:
    """Do what is planned; False where something was not as it was read. Raises DistrictChanged."""
    is_whole = True
    for some in _batches(plan, _cap(district)):
        if _is_done(district, _actions(some, _cap(district))):
            done.offered += sum(_is_new_offer(one) for one in some)
        else:
            is_whole = False
    for slot in plan.cancel:
        if _is_done(district, _cancel_legs(slot, now, actor)):
            done.cancelled += [slot.ticket_id] if slot.ticket_id else []
        else:
            is_whole = False
    return is_whole


def _batches(plan: Plan, cap: int) -> Iterator[Sequence[_Work]]:
    """Put some slots into each transaction, all of a day's that nobody holds into the same.

    A time that goes from one slot to another is then never offered by both.
    """
    batch: list[_Work] = []
    for some in _inseparable(plan):
        both = [*batch, *some]
        if batch and (len(both) > _MOST_AT_ONCE or len(_actions(both, cap)) > _MOST_ACTIONS):
            yield batch
            both = [*some]
        batch = both
    if batch:
        yield batch


def _actions(some: Sequence[_Work], cap: int) -> list[Leg]:
    return [*_legs(some), *_other_legs(some, cap)]


def _inseparable(plan: Plan) -> Iterator[Sequence[_Work]]:
    wanted: list[_Work] = [*plan.publish, *plan.change]
    by_day: dict[date, list[_Work]] = {}
    for one in wanted:
        if _after(one).status == "booked":
            yield [one]
        else:
            by_day.setdefault(_after(one).place.day, []).append(one)
    yield from by_day.values()


def _after(one: _Work) -> Slot:
    return one.after if isinstance(one, Change) else one


def _is_offer(one: _Work) -> bool:
    return _after(one).status == "free"


def _is_new_offer(one: _Work) -> bool:
    """Tell whether this time was not offered before by this slot."""
    if isinstance(one, Change) and one.before.status == "free":
        return _is_offer(one) and one.before.place != one.after.place
    return _is_offer(one)


def _legs(some: Sequence[_Work]) -> Iterator[Leg]:
    """Publish or change slots; what is offered must not be a time that the desk has given."""
    for one in some:
        if isinstance(one, Change):
            yield slots.change_leg(one.before, one.after)
        else:
            yield slots.publish_leg(one)
        if _is_offer(one):
            yield slots.not_given_leg(_after(one).place)


def _other_legs(some: Sequence[_Work], cap: int) -> Iterator[Leg]:
    """Demand that no other ordinal stands at the times that are offered.

    Another run that saw another day, before somebody's ticket was freed, may have chosen another
    slot for the same time.
    """
    offered: dict[date, list[SlotPlace]] = {}
    for one in filter(_is_offer, some):
        offered.setdefault(_after(one).place.day, []).append(_after(one).place)
    written = {(_after(one).place.day, _after(one).place.ordinal) for one in some}
    for day, places in offered.items():
        for ordinal in range(1, cap + 1):
            if (day, ordinal) not in written:
                yield slots.not_offered_leg(places[0], ordinal, *places[1:])


def _is_done(district: District, legs: Sequence[Leg]) -> bool:
    """Do the legs if the district is as it was read; False where something else is not.

    A lost answer is answered by the next look. Raises DistrictChanged.
    """
    try:
        store.transact([districts.unchanged_leg(district), *legs])
    except (PatientChanged, SlotChanged, OutcomeUnknown):
        return False
    return True


def _cancel_legs(slot: Slot, now: datetime, actor: Actor | None) -> list[Leg]:
    """Withdraw a booked slot and its patient's ticket, which calls for the notice.

    That the desk has noted an outcome before the time came changes nothing.
    """
    ticket_id = slot.ticket_id or TicketId("")
    patient = patients.find(patient_of(ticket_id))
    legs = [slots.change_leg(slot, replace(slot, status="withdrawn"))]
    ticket = patient.ticket
    if ticket is not None and ticket.ticket_id == ticket_id and not ticket.has_ended:
        legs.append(tickets.replace_leg(ticket, ticket.ended("withdrawn")))
    if actor is not None:
        legs.append(audit.entry_leg(actor, "declare_absence", now, [patient.patient_id], ticket_id))
    return legs
