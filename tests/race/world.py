"""The clinic that is raced for: a few districts, and families whose members share patients."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

from shared import clock, keys, policies
from shared.accounts import MOST_MEMBERS, Claim
from shared.districts import District
from shared.ids import DistrictId, PatientId, SlotId, TicketId
from shared.keyring import email_key_of, patient_id_of
from shared.patients import Attachment, Person
from shared.policies import PolicyNumber
from shared.register import Line
from shared.settings import settings
from shared.table import family, register
from shared.table.store import Item
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import ADULT, CHILD, SOMEBODY, SignedIn

CLERKS = 4
GUARDIANS = 3
"""Accounts that act for each relative."""


@dataclass
class Citizen:
    """A patient, with whoever may act for them and what is believed of them."""

    number: PolicyNumber
    person: Person
    district_id: DistrictId
    guardians: list[SignedIn]
    ticket_id: TicketId | None = None
    """The last one that anybody was told of."""

    def __post_init__(self) -> None:
        """Work out the id under which the clinic knows them."""
        self.patient_id: PatientId = patient_id_of(self.number)

    @property
    def cookie(self) -> str:
        """The session of whoever acts first for them."""
        return self.guardians[0].cookie


@dataclass
class World:
    """Everybody and everything that takes part, and what is known of the slots."""

    districts: dict[DistrictId, District]
    """In which anything may happen."""
    calm: District
    """In which nothing happens but what its patients do."""
    holders: list[Citizen]
    """Those who have accounts, and act for themselves."""
    relatives: list[Citizen]
    """Those who have none, and for whom several accounts act."""
    calm_citizens: list[Citizen]
    clerks: list[Clerk]
    slots: dict[DistrictId, list[SlotId]] = field(default_factory=dict)
    """The times that were last seen to be listed."""

    @cached_property
    def citizens(self) -> list[Citizen]:
        """Those to whom anything may happen."""
        return [*self.holders, *self.relatives]

    @cached_property
    def _partitions(self) -> set[str]:
        everybody = [*self.citizens, *self.calm_citizens]
        accounts = {guardian for citizen in everybody for guardian in citizen.guardians}
        return {
            keys.CLINIC,
            *map(keys.slots_of, [*self.districts, self.calm.district_id]),
            *(keys.patient(citizen.patient_id).pk for citizen in everybody),
            *(keys.account_partition(one.account_id) for one in accounts),
            *(keys.address_partition(email_key_of(one.email)) for one in accounts),
        }

    def own(self, items: Iterable[Item]) -> list[Item]:
        """Return those items of a table that belong to this world, and the clinic's."""
        return [item for item in items if item["PK"] in self._partitions]


def new_world(size: int, chance: random.Random) -> World:
    """Write two adult districts of so many relatives each, a child's of twice that, a calm one."""
    adult, other, calm = (portal.new_district() for _ in range(3))
    child = portal.new_district("child")
    homes = [chance.choice((adult, other)) for _ in range(size)]
    holders = portal.at_once(_new_holder, homes, 8)
    members = Counter(one for holder in holders for one in holder.guardians)
    families = [(adult, ADULT, size), (other, ADULT, size), (child, CHILD, 2 * size)]
    everybody = (adult, other, child, calm)
    return World(
        districts={one.district_id: one for one in (adult, other, child)},
        calm=calm,
        holders=holders,
        relatives=[one for of in families for one in _new_relatives(*of, members, chance)],
        calm_citizens=portal.at_once(_new_holder, [calm] * size, 8),
        clerks=[desk.new_clerk() for _ in range(CLERKS)],
        slots={one.district_id: _to_come(one) for one in everybody},
    )


def _to_come(district: District) -> list[SlotId]:
    """Return the slots that will not have begun a day from now, however long the race takes."""
    tomorrow = settings().day_of(clock.now()) + timedelta(days=1)
    return [one.place.slot_id for one in portal.slots_of(district) if one.place.day > tomorrow]


def _new_holder(district: District) -> Citizen:
    number = portal.new_policy_number()
    who = portal.new_signed_in(district, number=number)
    return Citizen(number, SOMEBODY, district.district_id, [who])


def _new_relatives(
    district: District, born_on: date, size: int, members: Counter[SignedIn], chance: random.Random
) -> list[Citizen]:
    """Attach people who have no accounts, and let some accounts act for each of them."""
    person, home = replace(SOMEBODY, birth_date=born_on), district.district_id
    numbers = [portal.new_policy_number() for _ in range(size)]
    lines = [
        Line(place, Attachment(number, person, home, district.kind, None))
        for place, number in enumerate(numbers)
    ]
    register.take_over(None, lines, clock.now())
    made = [Citizen(number, person, home, draw_guardians(members, chance)) for number in numbers]
    portal.at_once(_claim, made, 8)
    return made


def draw_guardians(members: Counter[SignedIn], chance: random.Random) -> list[SignedIn]:
    """Draw accounts that may claim one more person, and count that person for each."""
    with_room = [account for account, count in members.items() if count < MOST_MEMBERS]
    drawn = chance.sample(with_room, GUARDIANS)
    members.update(drawn)
    return drawn


def _claim(citizen: Citizen) -> None:
    """Let the citizen's guardians claim them."""
    now = clock.now()
    for guardian in citizen.guardians:
        typed = Claim(
            guardian.account_id,
            citizen.patient_id,
            "relative",
            citizen.person,
            policies.last4(citizen.number),
            claimed_on=settings().day_of(now),
        )
        family.add(guardian.session, typed, now)
