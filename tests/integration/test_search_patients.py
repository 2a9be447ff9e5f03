"""POST /api/desk/patients/search: the desk finds patients, and the trail knows who was shown."""

from dataclasses import replace
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.cards import MOST_FOUND
from shared.table import accounts
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_documents import prepare
from tests.integration.desk_profiles import PAPER, record, withdraw
from tests.integration.family_people import GALINA, TWINS, cancel, renamed
from tests.integration.rows import Item, Rows
from tests.integration.wire import Wire, answered, cancelled, timed_out

EITHER = "Ищите либо по номеру полиса, либо по фамилии и дате рождения."
UNCONFIRMED = {"status": "unconfirmed", "due_on": None}


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


def search(clerk: Clerk | None, **wanted: object) -> Answer:
    cookie = clerk.cookie if clerk else None
    return call("search_patients", "POST", "/api/desk/patients/search", wanted, cookie=cookie)


def by_policy(clerk: Clerk, citizen: Citizen) -> Answer:
    return search(clerk, policy_number=citizen.number)


def by_name(clerk: Clerk, citizen: Citizen, **changes: str) -> Answer:
    person = citizen.person
    name = {"last_name": person.last_name, "birth_date": str(person.birth_date)}
    return search(clerk, **(name | changes))


def found(*cards: Item) -> Answer:
    return Answer(200, {"patients": list(cards)})


def card_of(citizen: Citizen, **changes: Any) -> Item:  # noqa: ANN401 - parts of JSON
    """Return the card of somebody whom the register knows, and no account."""
    person = citizen.person
    card: Item = {
        "patient_id": citizen.patient_id,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
        "policy_last4": citizen.number[-4:],
        "policy_valid_until": None,
        "attached": True,
        "district_id": "a1",
        "ticket": None,
        "accounts": [],
        "consent": None,
        "documents": [],
    }
    return card | changes


def account_in_card(
    who: SignedIn,
    citizen: Citizen,
    **changes: Any,  # noqa: ANN401 - parts of JSON
) -> Item:
    """Return what a card says of the account that somebody opened for themselves."""
    told = {
        "account_id": who.account_id,
        "email": citizen.email,
        "relation": "self",
        "may_act": True,
        "address_unreachable": False,
        "profile": UNCONFIRMED,
    }
    return told | changes


def shown() -> list[tuple[str, set[str]]]:
    """Return what the audit trail says of searches: whom they showed."""
    searches = [entry for entry in trail() if entry.operation == "search_patients"]
    return [(entry.login, set(entry.patients)) for entry in searches]


# -------------------------------------------------------------------------- how one looks


def test_a_patient_is_found_by_the_policy_as_it_is_typed(clerk: Clerk) -> None:
    attach(GALINA)
    spaced = f" {GALINA.number[:4]}-{GALINA.number[4:]} "
    assert by_policy(clerk, GALINA) == found(card_of(GALINA))
    assert search(clerk, policy_number=spaced) == found(card_of(GALINA))


@pytest.mark.parametrize("typed", ["АБРИКОСОВА", " абрикосова", "Абрикосова"])
def test_a_patient_is_found_by_name_and_birth_date_as_names_are_compared(
    clerk: Clerk, typed: str
) -> None:
    attach(VERA)
    attach(GALINA)
    assert by_name(clerk, VERA, last_name=typed) == found(card_of(VERA))


def test_hyphens_and_yo_make_no_difference(clerk: Clerk) -> None:
    attach(BORIS)
    answer = by_name(clerk, BORIS, last_name="соловьев – седой")
    assert answer == found(card_of(BORIS))


def test_all_of_one_name_and_birth_date_are_found_and_no_more_than_fit(clerk: Clerk) -> None:
    for twin in TWINS:
        attach(twin)
    cards = by_name(clerk, TWINS[0]).body["patients"]
    assert len(cards) == MOST_FOUND < len(TWINS)
    assert {card["patient_id"] for card in cards} <= {twin.patient_id for twin in TWINS}
    [(_, patients)] = shown()
    assert patients == {card["patient_id"] for card in cards}


@pytest.mark.parametrize("changes", [{"last_name": "Абрикосов"}, {"birth_date": "2019-09-02"}])
def test_nobody_is_found_by_another_name_or_date(clerk: Clerk, changes: dict[str, str]) -> None:
    attach(VERA)
    assert by_name(clerk, VERA, **changes) == found()
    assert by_policy(clerk, GALINA) == found()
    assert shown() == [(clerk.actor.login, set())] * 2


def test_somebody_is_found_by_the_name_that_the_register_says_today(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    attach(VERA)
    key = keys.patient(VERA.patient_id)
    old = {"PK": {"S": key.pk}, "SK": {"S": key.sk}}
    attach(VERA, person=renamed(VERA))
    assert by_name(clerk, VERA) == found()
    wire.before("Query", answered({"Items": [old], "Count": 1}))
    assert by_name(clerk, VERA) == found()
    rows.remove(key)
    wire.before("Query", answered({"Items": [old], "Count": 1}))
    assert by_name(clerk, VERA) == found()


@pytest.mark.parametrize(
    "wanted, faults",
    [
        ({}, [("/last_name", "missing", EITHER), ("/birth_date", "missing", EITHER)]),
        ({"last_name": "Иванова"}, [("/birth_date", "missing", EITHER)]),
        ({"birth_date": "1991-05-22"}, [("/last_name", "missing", EITHER)]),
        (
            {"policy_number": ANNA.number, "last_name": "Иванова"},
            [("/last_name", "search_either", EITHER)],
        ),
        (
            {"policy_number": ANNA.number, "birth_date": "1991-05-22", "last_name": "Иванова"},
            [
                ("/last_name", "search_either", EITHER),
                ("/birth_date", "search_either", EITHER),
            ],
        ),
        (
            {"policy_number": "7856130840000018"},
            [
                (
                    *("/policy_number", "policy_check_digit"),
                    "В номере полиса опечатка: контрольная цифра не сходится. Сверьте все 16 цифр.",
                )
            ],
        ),
        (
            {"last_name": "", "birth_date": "22.05.1991"},
            [
                ("/last_name", "missing", "Заполните это поле."),
                ("/birth_date", "date_format", "Дата пишется так: 1985-03-27."),
            ],
        ),
    ],
    ids=["nothing", "name", "date", "both", "all", "policy", "empty"],
)
def test_what_cannot_be_looked_for_is_refused(
    clerk: Clerk, rows: Rows, wanted: dict[str, str], faults: list[tuple[str, str, str]]
) -> None:
    with rows.unchanged():
        assert search(clerk, **wanted) == problem(422, "invalid_request", faults)


def test_without_an_open_session_nobody_is_shown(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    clock.move(minutes=15)
    patient = replace(clerk, cookie=anna.cookie)
    with rows.unchanged():
        for nobody in (None, patient, clerk):
            assert search(nobody, policy_number=ANNA.number) == SESSION_REQUIRED


@pytest.mark.parametrize(
    "fault", [timed_out, cancelled("None", "ConditionalCheckFailed")], ids=["lost", "refused"]
)
def test_who_cannot_be_written_down_is_not_shown(clerk: Clerk, wire: Wire, fault: Any) -> None:  # noqa: ANN401
    attach(GALINA)
    wire.before("TransactWriteItems", fault)
    assert by_policy(clerk, GALINA) == TRY_AGAIN
    assert shown() == []


def test_the_trail_knows_who_was_shown_to_whom(clerk: Clerk) -> None:
    attach(GALINA)
    by_policy(clerk, GALINA)
    assert shown() == [(clerk.actor.login, {GALINA.patient_id})]


# ------------------------------------------------------------------------ what a card says


def test_somebody_whom_only_an_account_knows_is_found_by_the_policy(clerk: Clerk) -> None:
    open_district()
    boris = open_account(BORIS)
    nameless = dict.fromkeys(["last_name", "first_name", "middle_name", "birth_date"])
    card = card_of(BORIS, attached=False, district_id=None, policy_last4=None, **nameless)
    told = account_in_card(boris, BORIS, may_act=False)
    assert by_policy(clerk, BORIS) == found(card | {"accounts": [told]})
    assert by_name(clerk, BORIS) == found()


def test_a_card_shows_the_policys_last_day(clerk: Clerk) -> None:
    attach(GALINA, valid_until=GALINA.person.birth_date)
    card = card_of(GALINA, policy_valid_until=str(GALINA.person.birth_date))
    assert by_policy(clerk, GALINA) == found(card)


def test_a_card_shows_the_accounts_and_which_of_them_may_act(anna: SignedIn, clerk: Clerk) -> None:
    boris = open_account(BORIS)
    add_relative(anna, VERA)
    add_relative(boris, VERA, renamed(VERA))
    attach(VERA)
    accounts.mark_unreachable(BORIS.email, shared_clock.now())
    [card] = by_policy(clerk, VERA).body["patients"]
    relative = {"relation": "relative"}
    assert card["accounts"] == [
        account_in_card(anna, ANNA, **relative),
        account_in_card(boris, BORIS, may_act=False, address_unreachable=True, **relative),
    ]


def test_a_card_names_the_holder_first(anna: SignedIn, clerk: Clerk) -> None:
    add_relative(anna, GALINA)
    galina = open_account(GALINA)
    [card] = by_policy(clerk, GALINA).body["patients"]
    assert [one["account_id"] for one in card["accounts"]] == [galina.account_id, anna.account_id]


def test_an_account_that_is_just_being_erased_is_left_out(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    rows.remove(keys.account(anna.account_id))
    assert by_policy(clerk, ANNA) == found(card_of(ANNA))


def test_a_card_shows_the_upcoming_ticket_and_no_other(anna: SignedIn, clerk: Clerk) -> None:
    publish(SLOT)
    ticket_id = take(anna, SLOT)
    [card] = by_policy(clerk, ANNA).body["patients"]
    assert card["ticket"] == {
        "ticket_id": ticket_id,
        "slot_id": SLOT,
        "patient_id": ANNA.patient_id,
        "district_id": "a1",
        "doctor_name": "Кузнецова Мария Ильинична",
        "room": "214",
        "starts_at": "2026-11-24T09:00:00+03:00",
        "status": "booked",
    }
    cancel(anna, ticket_id)
    [card] = by_policy(clerk, ANNA).body["patients"]
    assert card["ticket"] is None


def test_a_card_shows_the_consent_in_force_and_the_profile(anna: SignedIn, clerk: Clerk) -> None:
    record(clerk, anna.patient_id)
    profile = {"status": "consent_received", "due_on": "2026-11-26"}
    consent = {"account_id": anna.account_id, "email": ANNA.email, **PAPER}
    told = account_in_card(anna, ANNA, profile=profile)
    card = card_of(ANNA, accounts=[told], consent=consent | {"received_on": "2026-11-23"})
    assert by_policy(clerk, ANNA) == found(card)
    withdraw(clerk, anna.patient_id)
    told = account_in_card(anna, ANNA)
    assert by_policy(clerk, ANNA) == found(card_of(ANNA, accounts=[told]))


def test_a_card_shows_the_documents_the_newest_first(
    anna: SignedIn, clerk: Clerk, clock: Clock
) -> None:
    first = prepare(clerk, anna.patient_id).body["document_id"]
    clock.move(minutes=5)
    second = prepare(clerk, anna.patient_id, kind="outpatient_card").body["document_id"]
    [card] = by_policy(clerk, ANNA).body["patients"]
    promised = {
        "file_name": "Анализ крови.pdf",
        "size": 29,
        "status": "promised",
        "sent_at": None,
        "refusal": None,
    }
    assert card["documents"] == [
        {
            "document_id": second,
            "kind": "outpatient_card",
            "offered_at": "2026-11-23T08:05:00+03:00",
            **promised,
        },
        {
            "document_id": first,
            "kind": "test_results",
            "offered_at": "2026-11-23T08:00:00+03:00",
            **promised,
        },
    ]
    assert second > first
