"""Tickets, claims and what waits for an address: what is written of them is read back, whole."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, strategies as st

from shared.accounts import AddressChange, Claim, Invitation, Pending, Registration
from shared.ids import AccountId, DistrictId, PatientId, SlotId
from shared.keys import Key
from shared.patients import Person
from shared.table import claims, pending, store, ticket_items, wire
from shared.tickets import SlotPlace, Ticket, TicketStatus, new_ticket_id
from tests.unit.builders import ADDRESS_CHANGE, NOW, REGISTRATION, TICKET
from tests.unit.table.fake_client import FakeClient

_ids = st.text("0123456789abcdef", min_size=32, max_size=32)
_moments = st.integers(1_500_000_000, 3_000_000_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
_persons = st.builds(Person, st.text(), st.text(), st.none() | st.text(), st.dates())
_places = st.builds(
    SlotPlace,
    st.sampled_from(["a1", "c-2"]).map(DistrictId),
    st.dates(date(2020, 1, 1), date(2099, 12, 31)),
    st.integers(1, 99),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
_tickets = st.builds(
    Ticket,
    st.builds(new_ticket_id, _ids.map(PatientId), _ids),
    _places,
    _moments,
    st.sampled_from(get_args(TicketStatus)),
    st.none() | _ids.map(AccountId),
    st.integers(0, 10**6),
    st.none() | st.just(SlotId(TICKET.slot_id)),
)
_claims = st.builds(
    Claim,
    _ids.map(AccountId),
    _ids.map(PatientId),
    st.sampled_from(["self", "relative"]),
    _persons,
    st.text(),
    st.dates(),
    st.none() | st.builds(Invitation, _ids, _moments),
)


def _through_the_wire(item: Any, key: Key = Key("PK", "SK")) -> Any:  # noqa: ANN401, B008
    """Return an item as the store gives it back."""
    return wire.from_wire(wire.to_wire({**item, "PK": key.pk, "SK": key.sk}))


@given(_tickets)
def test_a_ticket_is_read_back(ticket: Ticket) -> None:
    assert ticket_items.from_item(_through_the_wire(ticket_items.to_item(ticket))) == ticket


def test_a_ticket_stands_as_the_table_is_documented_to_hold_it() -> None:
    assert ticket_items.to_item(TICKET) == {
        "ticket_id": TICKET.ticket_id,
        "slot_id": "a1.2026-11-30.1.0920",
        "starts_at": "2026-11-30T06:20:00Z",
        "ticket_status": "booked",
        "sequence": 0,
        "booked_by": TICKET.booked_by,
    }


@given(_claims)
def test_a_claim_is_read_back(claim: Claim) -> None:
    key = Key(f"ACCOUNT#{claim.account_id}", f"MEMBER#{claim.patient_id}")
    assert claims.from_item(_through_the_wire(claims.to_item(claim), key)) == claim


@pytest.mark.parametrize("waiting", [REGISTRATION, ADDRESS_CHANGE], ids=["new", "changed"])
def test_what_waits_for_an_address_is_read_back(waiting: Pending) -> None:
    item = _through_the_wire(pending._to_item(waiting), pending.key_of(waiting))
    assert pending.from_item(item) == waiting


def test_the_newest_registration_that_still_waits_is_found_among_all_that_waits(
    fake: FakeClient,
) -> None:
    def registered(name: str, hours: int) -> Registration:
        until = NOW + timedelta(hours=hours)
        return Registration(**{**vars(REGISTRATION), "registration_id": name, "expires_at": until})

    later = AddressChange(**{**vars(ADDRESS_CHANGE), "expires_at": NOW + timedelta(hours=24)})
    waiting: list[Pending] = [registered("1", 2), registered("2", 23), registered("3", 0), later]
    found = [
        {**wire.to_wire(pending._to_item(one)), **store.key_attributes(pending.key_of(one))}
        for one in waiting
    ]
    fake.answers({"Items": found}, {"Items": found[2:]})
    newest = pending.newest_registration(REGISTRATION.email_key, NOW)
    assert newest == waiting[1]
    assert fake.requests[0][1]["ConsistentRead"] is True
    assert pending.newest_registration(REGISTRATION.email_key, NOW) is None
