"""Bookings per second, over HTTP: through the origin, the HTTP API, a function and the table.

As many patients as there are slots book one each, so many of them at once; then they give their
tickets up, which is not timed, and the next turn begins. It is compared, in turns, with the same
request without a session, which the same function refuses before it asks the table. The mails and
the archive, which the bookings set in motion, run beside the bookings, and are waited for before
anything else is timed. The emulator, the functions and the clients share one machine.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from math import ceil
from statistics import fmean, median

from bench import stack
from bench.figures import Figure
from bench.turns import ratio, taken
from shared.ids import TicketId
from shared.table.store import Item
from shared.tickets import Slot
from tests.race import checks
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

TITLE = "Bookings per second"
MISSED: Mapping[str, str] = {}

_BOOKINGS = int(os.environ.get("BOOKINGS", "200"))
_TURNS = int(os.environ.get("BOOKING_TURNS", "4"))
_AT_ONCE = (1, 8, 32)
_A_DAY = 60
"""Slots that are published for a day, one a minute."""
_REST_SECONDS = 1
"""A table that has not changed so long rests: the stream's readers look several times a second."""
_UNSIGNED, _GONE = 401, 204


@dataclass(frozen=True)
class _Wish:
    """A patient, and the slot that nobody else wants."""

    who: SignedIn
    slot: Slot


@dataclass(frozen=True)
class _Clinic:
    """A running stack, and what is wished for there."""

    running: RunningStack
    wishes: Sequence[_Wish]

    def book(self, at_once: int) -> float:
        """Take all slots, give them back, and return the seconds that the taking took.

        Afterwards the table rests: all mails are sent, and all ended tickets are kept.
        """
        began = time.perf_counter()
        held = portal.at_once(self._take, self.wishes, at_once)
        seconds = time.perf_counter() - began
        portal.at_once(self._give_up, list(zip(self.wishes, held, strict=True)), at_once)
        self._rest()
        return seconds

    def compared(self, work: Callable[[int], float]) -> dict[int, list[tuple[float, float]]]:
        """Return the seconds of some work and of refusals, in turns, by how many at once."""
        pairs: dict[int, list[tuple[float, float]]] = {at_once: [] for at_once in _AT_ONCE}
        for turn, at_once in product(range(_TURNS), _AT_ONCE):
            works, refusals = taken(partial(work, at_once), partial(self.refuse, at_once), turn)
            pairs[at_once].append((fmean(works), fmean(refusals)))
        return pairs

    def refuse(self, at_once: int) -> float:
        """Ask for all slots without a session, and return the seconds."""
        began = time.perf_counter()
        portal.at_once(self._ask_unsigned, self.wishes, at_once)
        return time.perf_counter() - began

    def _rest(self) -> None:
        before: list[Item] = []
        now = checks.everything(self.running)
        while now != before:
            time.sleep(_REST_SECONDS)
            before, now = now, checks.everything(self.running)

    def _take(self, wish: _Wish) -> TicketId:
        return portal.take(self.running, wish.who, wish.slot)

    def _give_up(self, held: tuple[_Wish, TicketId]) -> None:
        wish, ticket_id = held
        answer = self.running.ask(f"DELETE /api/tickets/{ticket_id}", cookie=wish.who.cookie)
        _expect(_GONE, answer.status_code)

    def _ask_unsigned(self, wish: _Wish) -> None:
        body = {"patient_id": wish.who.patient_id, "slot_id": wish.slot.place.slot_id}
        _expect(_UNSIGNED, self.running.ask("POST /api/tickets", body).status_code)


def _expect(expected: int, status: int) -> None:
    if status != expected:
        raise RuntimeError(status)


def measure() -> Iterator[Figure]:
    """Book with more and more patients at once."""
    with stack.running() as running:
        clinic = _Clinic(running, _wishes())
        clinic.book(max(_AT_ONCE))  # That starts the functions' processes.
        books, controls = clinic.compared(clinic.book), clinic.compared(clinic.refuse)
    for at_once in _AT_ONCE:
        name = f"bookings, {at_once} at once"
        rates = [_BOOKINGS / seconds for seconds, _ in books[at_once]]
        note = f"{min(rates):.0f} to {max(rates):.0f} in {_TURNS} turns"
        yield Figure(name, median(rates), "bookings/s", note=note)
        yield _ratio(f"{name} ÷ refused at once", books[at_once])
        yield _ratio(f"control: refused ÷ refused, {at_once} at once", controls[at_once])


def _wishes() -> list[_Wish]:
    district = portal.new_district(published=False)
    days = range(3, 3 + ceil(_BOOKINGS / _A_DAY))
    slots = [slot for day in days for slot in portal.publish(district, day, _A_DAY)]
    people = portal.at_once(portal.new_signed_in, [district] * _BOOKINGS, 8)
    return [_Wish(who, slot) for who, slot in zip(people, slots, strict=False)]


def _ratio(name: str, pairs: Sequence[tuple[float, float]]) -> Figure:
    works, others = zip(*pairs, strict=True)
    found = ratio(works, others)
    own, other = (1000 * median(seconds) / _BOOKINGS for seconds in (works, others))
    note = f"{own:.2f} ms ÷ {other:.2f} ms for each request"
    return Figure(name, found.value, "×", None, found.low, found.high, note)
