"""Each rule of what always holds: a table that was lived in keeps it, and one change breaks it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from scripts.invariants.rules import RULES, Violation, violations
from shared import clock as shared_clock, keys
from shared.districts import Absence
from shared.ids import AccountId, DistrictId, DocumentId, EmailKey, PatientId, TicketId
from shared.keyring import email_key_of
from shared.keys import Key
from shared.limits import SIGN_IN
from shared.table import archive, limits, moments, patients
from tests.integration.answers import call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    open_session,
    slot_key,
    start_registration,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import make_user, open_desk
from tests.integration.desk_documents import confirm_profile, send, stored
from tests.integration.releases import release
from tests.integration.rows import Rows

Item = dict[str, Any]
LATER, FREE = "a1.2026-11-27.1.0900", "a1.2026-11-27.2.0910"
ABSENT_ON = date(2026, 12, 1)
NOBODY = "f" * 32


@dataclass(frozen=True)
class World:
    """A healthy table, and the ids in it."""

    anna: SignedIn
    document_id: str
    past_ticket: str


def live() -> World:
    """Live through a ticket that has passed, its successor, a family, a consent and a document."""
    open_district(absences=(Absence(ABSENT_ON, ABSENT_ON, "учёба"),))
    open_district("c1", kind="child")
    attach(ANNA)
    attach(BORIS)
    attach(VERA, "c1")
    release()
    anna = open_account(ANNA)
    past_ticket = take(anna, SLOT)
    return World(anna, "", past_ticket)


def live_on(world: World) -> World:
    """Go on the day after."""
    anna = open_session(world.anna)
    old = patients.find(ANNA.patient_id).ticket
    assert old is not None
    take(anna, LATER)
    archive.keep(old)
    open_account(BORIS)
    for relative in (BORIS, VERA):
        add_relative(anna, relative)
    make_user()
    clerk = open_desk()
    given = {"patient_id": BORIS.patient_id, "starts_at": "2026-11-26T12:00:00+03:00"}
    assert (
        call("give_ticket", "POST", "/api/desk/tickets", given, cookie=clerk.cookie).status == 201
    )
    confirm_profile(clerk, anna)
    document_id = stored(clerk, ANNA.patient_id)
    assert send(clerk, document_id).status == 202
    start_registration(VERA)
    limits.count(SIGN_IN, "somebody", shared_clock.now())
    release()
    return World(anna, document_id, world.past_ticket)


_lived: list[tuple[World, dict[Key, Item], tuple[datetime, int]]] = []
"""The healthy table, which no test writes to: it is built once a process."""


@pytest.fixture
def world(rows: Rows, clock: Clock) -> World:
    if not _lived:
        begun = live()
        clock.move(days=1, hours=2)
        _lived.append((live_on(begun), rows.everything(), clock.position))
    told, _, clock.position = _lived[0]
    return told


@pytest.fixture
def table(world: World) -> dict[Key, Item]:
    """Return the healthy table, to be changed at will."""
    _, found, _ = _lived[0]
    assert keys.session(world.anna.session) in found
    return deepcopy(found)


def broken_in(table: dict[Key, Item]) -> set[Violation]:
    whole = [{**item, "PK": key.pk, "SK": key.sk} for key, item in table.items()]
    return violations(whole, shared_clock.now())


def test_a_table_that_was_lived_in_breaks_no_rule(table: dict[Key, Item]) -> None:
    kinds = {(keys.kind(key.pk), keys.kind(key.sk)) for key in table}
    assert len(kinds) == 16
    assert broken_in(table) == set()


Break = Callable[[dict[Key, Item], World], Key]
"""Breaks a rule, and returns the key of the item where it is seen."""
BREAKS: dict[str, tuple[Break, set[str]]] = {}


def breaks(rule: str, *also: str) -> Callable[[Break], Break]:
    """Keep what breaks a rule, with those others that cannot hold then either."""

    def keep(change: Break) -> Break:
        BREAKS[rule] = change, {rule, *also}
        return change

    return keep


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_each_rule_is_broken_by_one_change_and_tells_where(
    rule: str, table: dict[Key, Item], world: World
) -> None:
    change, told = BREAKS[rule]
    violation = Violation(rule, change(table, world))
    found = broken_in(table)
    assert {one.rule for one in found} == told
    assert [one for one in found if one.rule == rule] == [violation]


def test_what_has_expired_breaks_no_rule(table: dict[Key, Item], world: World) -> None:
    key, now = keys.session(world.anna.session), moments.epoch(shared_clock.now())
    lost = Key(keys.account_partition(AccountId(NOBODY)), key.sk)
    table[lost] = table[key]
    assert broken_in(table) == {Violation("session_of_account", lost)}
    for ended in ("expires_at", "idle_at"):
        table[lost] = table[key] | {ended: now}
        assert broken_in(table) == set()


def test_a_strange_word_and_a_value_that_cannot_be_read_are_told(
    table: dict[Key, Item],
) -> None:
    for change in ({"starts_at": "tomorrow"}, {"slot_status": "lost"}, {"slot_status": None}):
        changed = table | {slot_key(FREE): table[slot_key(FREE)] | change}
        assert broken_in(changed) == {Violation("item_can_be_read", slot_key(FREE))}


def test_an_item_that_does_not_tell_when_it_ends_is_told(
    table: dict[Key, Item], world: World
) -> None:
    key = keys.session(world.anna.session)
    strange: Item
    for strange in ({"expires_at": "soon"}, {"expires_at": {}}):
        changed = table | {key: table[key] | strange}
        assert broken_in(changed) == {Violation("item_can_be_read", key)}


def put(table: dict[Key, Item], key: Key, **values: object) -> Key:
    """Change some attributes of an item, or write a new one."""
    table[key] = table.get(key, {}) | values
    return key


def moved(table: dict[Key, Item], before: Key, after: Key) -> Key:
    """Let an item stand under another key."""
    table[after] = table.pop(before)
    return after


def anna() -> Key:
    return keys.patient(ANNA.patient_id)


def vera() -> Key:
    return keys.patient(VERA.patient_id)


def account(world: World) -> Key:
    return keys.account(world.anna.account_id)


def owner() -> Key:
    return keys.address_owner(email_key_of(ANNA.email))


@breaks("item_is_known")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, Key(anna().pk, "GOSSIP"), told="much")


@breaks("item_can_be_read")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, slot_key(FREE), colour="green")


@breaks("slot_within_cap")
def _(table: dict[Key, Item], _world: World) -> Key:
    third = slot_key("a1.2026-11-27.3.0920")
    return put(table, third, **table[slot_key(FREE)] | {"starts_at": "2026-11-27T06:20:00Z"})


@breaks("slot_of_district")
def _(table: dict[Key, Item], _world: World) -> Key:
    return moved(table, slot_key(FREE), slot_key(FREE.replace("a1", "z9")))


@breaks("slot_at_its_place")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, slot_key("a1.2026-11-23.1.0900"), starts_at="2026-11-22T06:00:00Z")


@breaks("slot_alone_at_its_time")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, slot_key(FREE), starts_at="2026-11-27T06:00:00Z")


@breaks("slot_names_ticket_while_held")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, slot_key(FREE), ticket_id=world.past_ticket)


@breaks("free_slot_is_offered")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, slot_key(FREE), starts_at="2026-11-27T15:00:00Z")


@breaks("absence_has_no_ticket")
def _(table: dict[Key, Item], _world: World) -> Key:
    away = {"from": "2026-11-27", "to": "2026-11-27", "reason": "учёба"}
    district = table[keys.district(DistrictId("a1"))]
    district["absences"] = [*district["absences"], away]
    put(table, slot_key(FREE), slot_status="withdrawn")
    return slot_key(LATER)


@breaks("one_upcoming_ticket", "booked_slot_has_its_ticket")
def _(table: dict[Key, Item], _world: World) -> Key:
    other = f"{ANNA.patient_id}.{'e' * 16}"
    put(table, slot_key(FREE), slot_status="booked", ticket_id=other)
    return anna()


@breaks("ticket_holds_one_slot", "booked_slot_has_its_ticket")
def _(table: dict[Key, Item], world: World) -> Key:
    past = slot_key("a1.2026-11-24.2.0910")
    return put(table, past, slot_status="booked", ticket_id=world.past_ticket)


@breaks("ticket_has_its_slot")
def _(table: dict[Key, Item], _world: World) -> Key:
    del table[slot_key(LATER)]
    return anna()


@breaks("booked_slot_has_its_ticket")
def _(table: dict[Key, Item], _world: World) -> Key:
    table[anna()]["ticket"]["ticket_status"] = "cancelled"
    return slot_key(LATER)


@breaks("ticket_of_its_patient")
def _(table: dict[Key, Item], world: World) -> Key:
    before = keys.archived_ticket(TicketId(world.past_ticket))
    return moved(table, before, Key(vera().pk, before.sk))


@breaks("ticket_at_its_time", "booked_slot_has_its_ticket")
def _(table: dict[Key, Item], _world: World) -> Key:
    for item in (table[anna()]["ticket"], table[slot_key(LATER)]):
        item["starts_at"] = "2026-11-27T06:50:00Z"
    return anna()


@breaks("archived_ticket_is_replaced")
def _(table: dict[Key, Item], _world: World) -> Key:
    ticket = table[anna()]["ticket"]
    kept = {name: ticket[name] for name in ticket.keys() - {"booked_by"}}
    return put(table, keys.archived_ticket(ticket["ticket_id"]), **kept)


@breaks("ticket_of_own_district")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, anna(), district_id="c1")


@breaks("claim_is_known_to_patient")
def _(table: dict[Key, Item], world: World) -> Key:
    del table[vera()]["claimants"], table[vera()]["child_guardians"]
    return keys.claim(world.anna.account_id, VERA.patient_id)


@breaks("claimant_has_claim")
def _(table: dict[Key, Item], world: World) -> Key:
    del table[keys.claim(world.anna.account_id, VERA.patient_id)]
    return vera()


@breaks("claim_of_account", "say_follows_register")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, keys.claim(world.anna.account_id, BORIS.patient_id), relation="self")


@breaks("account_has_its_holder", "claim_of_account", "holder_has_the_account")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, account(world), holder_id=NOBODY)


@breaks("holder_has_the_account")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, vera(), holder=world.anna.account_id)


@breaks("say_follows_register")
def _(table: dict[Key, Item], _world: World) -> Key:
    table[vera()]["person"]["first_name"] = "Вероника"
    return vera()


@breaks("row_holds_something")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, Key(keys.patient(PatientId(NOBODY)).pk, "PATIENT"), revision="1")


@breaks("register_is_whole")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, vera(), name_key="абрикосов#2019-09-01")


@breaks("listed_child_is_the_districts")
def _(table: dict[Key, Item], _world: World) -> Key:
    return put(table, vera(), due_on="2037-09-02")


@breaks("account_owns_its_address", "address_owner_has_it")
def _(table: dict[Key, Item], world: World) -> Key:
    moved(table, owner(), keys.address_owner(EmailKey(NOBODY)))
    return account(world)


@breaks("address_owner_has_it")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, keys.address_owner(EmailKey(NOBODY)), account_id=world.anna.account_id)


@breaks("session_of_account")
def _(table: dict[Key, Item], world: World) -> Key:
    session = keys.session(world.anna.session)
    return moved(table, session, Key(keys.account_partition(AccountId(NOBODY)), session.sk))


@breaks("desk_session_of_user")
def _(table: dict[Key, Item], _world: World) -> Key:
    (user,) = [key for key in table if keys.kind(key.sk) == "USER"]
    del table[user]
    (session,) = [key for key in table if key.pk == user.pk]
    return session


@breaks("new_address_is_whole")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, account(world), asked_email="new@example.com")


@breaks("profile_is_listed_while_it_waits")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, account(world), due_list=keys.CONSENTS_DUE, due_on="2026-11-26")


@breaks("profile_has_consent")
def _(table: dict[Key, Item], _world: World) -> Key:
    consent = table[keys.consent(ANNA.patient_id)]
    consent["email"] = "old@example.com"
    return keys.account(AccountId(consent["account_id"]))


@breaks("patient_stands")
def _(table: dict[Key, Item], _world: World) -> Key:
    (paper,) = [key for key in table if key.sk.startswith("CONSENT#")]
    lost = Key(keys.patient(PatientId(NOBODY)).pk, paper.sk)
    return put(table, lost, **table[paper])


@breaks("consent_has_paper")
def _(table: dict[Key, Item], _world: World) -> Key:
    (paper,) = [key for key in table if key.sk.startswith("CONSENT#")]
    put(table, paper, withdrawn_on="2026-11-24")
    return keys.consent(ANNA.patient_id)


@breaks("consent_is_known_to_account", "profile_has_consent")
def _(table: dict[Key, Item], world: World) -> Key:
    del table[account(world)]["consents"]
    return keys.consent(ANNA.patient_id)


@breaks("account_has_its_consents")
def _(table: dict[Key, Item], world: World) -> Key:
    return put(table, account(world), consents={ANNA.patient_id, VERA.patient_id})


@breaks("document_has_its_dispatch")
def _(table: dict[Key, Item], world: World) -> Key:
    (dispatch,) = [key for key in table if keys.kind(key.sk) == "DISPATCH"]
    del table[dispatch]
    return keys.document(ANNA.patient_id, DocumentId(world.document_id))


@breaks("dispatch_of_document")
def _(table: dict[Key, Item], world: World) -> Key:
    del table[keys.document(ANNA.patient_id, DocumentId(world.document_id))]
    (dispatch,) = [key for key in table if keys.kind(key.sk) == "DISPATCH"]
    return dispatch


@breaks("counter_ends_with_its_period")
def _(table: dict[Key, Item], _world: World) -> Key:
    counter, *_ = [key for key in table if keys.kind(key.sk) == "WINDOW"]
    return put(table, counter, hits=-1)


@breaks("entry_of_its_day")
def _(table: dict[Key, Item], _world: World) -> Key:
    entry, *_ = [key for key in table if keys.kind(key.sk) == "ENTRY"]
    return moved(table, entry, Key(keys.audit_trail(date(2026, 11, 25)), entry.sk))
