"""GET /api/account/export: all that is held about the account, and nothing that opens it."""

import json
from datetime import date
from typing import Any

import pytest

from shared import clock as shared_clock, keys
from shared.patients import Person
from shared.table import archive, patients, tickets
from tests.integration.answers import SESSION_REQUIRED, TRY_AGAIN, Answer, call, event, invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    EVERYBODY,
    PASSWORD_HASH,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    take,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import open_desk
from tests.integration.desk_profiles import DUE_ON, PAPER, record, withdraw
from tests.integration.family_people import parents_of
from tests.integration.rows import Rows
from tests.integration.test_book_ticket import ticket
from tests.integration.test_confirm_email import account_view, confirm
from tests.integration.test_show_account import show
from tests.integration.test_sign_out import sign_out
from tests.integration.wire import Wire, answered, meanwhile, operations, refused

PATH = "/api/account/export"
LATER = "a1.2026-11-25.1.0900"
OPENED = {"idle_at": "2026-11-23T08:30:00+03:00", "expires_at": "2026-11-23T20:00:00+03:00"}
TYPED: dict[str, Any] = {
    "relation": "self",
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "birth_date": "1991-05-22",
    "policy_last4": "0017",
    "typed_on": "2026-11-23",
    "policy_valid_until": None,
}


def export(cookie: str | None) -> Answer:
    return call("export_account", "GET", PATH, cookie=cookie)


def exported(signed_in: SignedIn) -> dict[str, Any]:
    body: dict[str, Any] = export(signed_in.cookie).body
    return body


def take_another(anna: SignedIn) -> str:
    """Cancel the ticket and take another, so that the first is kept among the past ones."""
    first = patients.find(anna.patient_id).ticket
    assert first is not None
    tickets.cancel(anna.session, first.ticket_id, shared_clock.now())
    cancelled = patients.find(anna.patient_id).ticket
    assert cancelled is not None
    archive.keep(cancelled)
    return take(anna, LATER)


def test_a_new_account_is_exported_whole(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        answer = export(anna.cookie)
    assert answer == Answer(
        200,
        {
            "exported_at": "2026-11-23T08:00:00+03:00",
            "account": account_view(),
            "address_unreachable_since": None,
            "asked_email": None,
            "typed": [TYPED | {"patient_id": anna.patient_id}],
            "consents": [],
            "tickets": {"upcoming": [], "past": []},
            "sessions": [OPENED],
        },
    )


def test_the_account_is_what_the_account_is_shown_as(anna: SignedIn) -> None:
    publish(SLOT)
    take(anna, SLOT)
    assert exported(anna)["account"] == show(anna).body


def test_what_was_typed_of_persons_who_are_not_listed_is_exported_too(anna: SignedIn) -> None:
    attach(BORIS)
    attach(VERA, valid_until=date(2027, 1, 31))
    add_relative(anna, VERA)
    add_relative(anna, BORIS, Person("Неверная", "Проба", None, date(1990, 1, 1)))
    body = exported(anna)
    assert [one["last_name"] for one in body["account"]["family"]] == ["Иванова", "Абрикосова"]
    assert body["typed"][0] == TYPED | {"patient_id": anna.patient_id}
    relatives = {one["last_name"]: one for one in body["typed"][1:]}
    relative = TYPED | {"relation": "relative"}
    assert relatives == {
        "Абрикосова": relative
        | {
            "patient_id": VERA.patient_id,
            "last_name": "Абрикосова",
            "first_name": "Вера",
            "middle_name": "Львовна",
            "birth_date": "2019-09-01",
            "policy_last4": VERA.number[-4:],
            "policy_valid_until": "2027-01-31",
        },
        "Неверная": relative
        | {
            "patient_id": BORIS.patient_id,
            "last_name": "Неверная",
            "first_name": "Проба",
            "middle_name": None,
            "birth_date": "1990-01-01",
            "policy_last4": BORIS.number[-4:],
        },
    }


def test_of_the_register_nothing_is_exported_that_was_not_typed_right(anna: SignedIn) -> None:
    attach(BORIS, valid_until=date(2027, 1, 31))
    boris = open_account(BORIS)
    publish(SLOT)
    take(boris, SLOT)
    add_relative(anna, BORIS, VERA.person)
    body = exported(anna)
    assert body["typed"][1]["policy_valid_until"] is None
    assert body["tickets"] == {"upcoming": [], "past": []}
    told = json.dumps(body, ensure_ascii=False)
    assert BORIS.person.last_name not in told
    assert "2027-01-31" not in told


def test_an_export_does_not_tell_who_was_asked_for_a_word_of_their_own(anna: SignedIn) -> None:
    attach(BORIS)
    open_account(BORIS)
    add_relative(anna, BORIS)
    [_, asked] = exported(anna)["typed"]
    add_relative(anna, BORIS, Person("Иной", "Борис", None, BORIS.person.birth_date))
    [_, not_asked] = exported(anna)["typed"]
    named = {"last_name", "first_name", "middle_name"}
    assert asked.keys() == not_asked.keys()
    assert {name for name in asked if asked[name] != not_asked[name]} <= named


def test_all_tickets_of_the_family_are_exported_the_past_ones_too(
    anna: SignedIn, clock: Clock
) -> None:
    open_district("c1", "child")
    attach(VERA, "c1")
    vera = add_relative(anna, VERA)
    publish(SLOT, LATER, "c1.2026-11-23.1.0900")
    first, past = take(anna, SLOT), take(anna, "c1.2026-11-23.1.0900", vera)
    second = take_another(anna)
    clock.move(minutes=25)
    show(anna)
    clock.move(minutes=29)
    show(anna)
    clock.move(minutes=10)
    of_vera = ticket(past, vera, "c1.2026-11-23.1.0900", "2026-11-23T09:00:00+03:00")
    assert exported(anna)["tickets"] == {
        "upcoming": [ticket(second, anna.patient_id, LATER, "2026-11-25T09:00:00+03:00")],
        "past": [
            ticket(first, anna.patient_id) | {"status": "cancelled"},
            of_vera | {"district_id": "c1"},
        ],
    }


def test_the_doctor_of_a_past_ticket_is_shown_though_the_patient_has_another_district_now(
    anna: SignedIn,
) -> None:
    publish("a1.2026-11-23.1.0900")
    take(anna, "a1.2026-11-23.1.0900")
    open_district("b1")
    attach(ANNA, "b1")
    [upcoming] = exported(anna)["tickets"]["upcoming"]
    assert upcoming["doctor_name"] == "Кузнецова Мария Ильинична"


def test_all_open_sessions_are_exported_and_none_that_has_ended(
    anna: SignedIn, clock: Clock
) -> None:
    sign_out(open_session(anna).cookie)
    open_session(anna)
    clock.move(minutes=29)
    show(anna)
    open_session(anna)
    clock.move(minutes=1)
    assert exported(anna)["sessions"] == [
        {"idle_at": "2026-11-23T08:59:00+03:00", "expires_at": "2026-11-23T20:00:00+03:00"},
        {"idle_at": "2026-11-23T08:59:00+03:00", "expires_at": "2026-11-23T20:29:00+03:00"},
    ]


def test_the_consents_that_name_the_account_are_exported_with_what_stands_on_their_papers(
    anna: SignedIn, clock: Clock, rows: Rows
) -> None:
    attach(VERA)
    vera = add_relative(anna, VERA)
    clerk = open_desk()
    for patient_id in (anna.patient_id, vera):
        record(clerk, patient_id)
    clock.move(minutes=5)
    record(clerk, vera, document_number="С-18/2026")
    with rows.unchanged():
        found = exported(anna)
    paper = PAPER | {"received_on": "2026-11-23"}
    of_anna = paper | {"patient_id": anna.patient_id}
    of_vera = paper | {"patient_id": vera, "document_number": "С-18/2026"}
    assert found["consents"] == sorted([of_anna, of_vera], key=lambda one: one["patient_id"])
    assert found["account"]["profile"] == {"status": "consent_received", "due_on": DUE_ON}
    withdraw(clerk, anna.patient_id)
    assert exported(anna)["consents"] == [of_vera]


def test_a_consent_that_names_another_account_by_now_is_not_exported(wire: Wire) -> None:
    both, clerk = parents_of(VERA), open_desk()
    record(clerk, both.child)
    to_the_other = meanwhile(lambda: record(clerk, both.child, BORIS.email))
    wire.before("Query", None, to_the_other)
    assert exported(both.anna)["consents"] == []
    assert len(exported(both.boris)["consents"]) == 1


def test_a_new_address_that_waits_is_exported_until_it_is_the_accounts_own(
    anna: SignedIn,
) -> None:
    change = ask_for_address(anna, "new@example.com")
    body = exported(anna)
    assert (body["account"]["email"], body["asked_email"]) == (ANNA.email, "new@example.com")
    confirm(token_of(change))
    body = exported(anna)
    assert (body["account"]["email"], body["asked_email"]) == ("new@example.com", None)


def test_mail_that_did_not_arrive_is_exported_with_its_time(anna: SignedIn, rows: Rows) -> None:
    rows.change(keys.account(anna.account_id), unreachable_since="2026-11-22T05:00:00Z")
    body = exported(anna)
    assert body["address_unreachable_since"] == "2026-11-22T08:00:00+03:00"
    assert body["account"]["address_unreachable"] is True


def test_no_hash_no_secret_and_no_whole_policy_number_is_exported(anna: SignedIn) -> None:
    attach(BORIS)
    open_account(BORIS)
    add_relative(anna, BORIS)
    told = json.dumps(
        invoke("export_account", event("GET", PATH, cookie=anna.cookie)), ensure_ascii=False
    )
    secret = anna.cookie.rpartition(".")[2]
    hidden = [PASSWORD_HASH, "argon2", anna.session.digest, secret, "password", "revision"]
    hidden += [citizen.number for citizen in EVERYBODY]
    assert [one for one in hidden if one in told] == []


def test_an_account_of_many_pages_is_exported_whole(anna: SignedIn, wire: Wire) -> None:
    attach(BORIS)
    add_relative(anna, BORIS)
    for _ in range(5):
        open_session(anna)
    expected = export(anna.cookie)
    wire.pages_of(1)
    assert export(anna.cookie) == expected
    assert len(expected.body["sessions"]) == 6


def test_an_export_only_reads(anna: SignedIn, wire: Wire) -> None:
    with wire.listening() as heard:
        export(anna.cookie)
    of_archive, of_districts, of_sessions = "Query", "Query", "Query"
    assert operations(heard) == [
        "Query",
        "BatchGetItem",
        of_archive,
        of_districts,
        of_sessions,
    ]


# ----------------------------------------------------------------- who may not


def test_without_an_open_session_nothing_is_exported(anna: SignedIn, clock: Clock) -> None:
    signed_out = open_session(anna)
    sign_out(signed_out.cookie)
    for cookie in (None, signed_out.cookie, anna.cookie[:-1] + "x"):
        assert export(cookie) == SESSION_REQUIRED
    clock.move(minutes=30)
    assert export(anna.cookie) == SESSION_REQUIRED


def test_nothing_of_another_account_is_exported(anna: SignedIn) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    publish(SLOT)
    take(anna, SLOT)
    told = json.dumps(exported(boris), ensure_ascii=False)
    hidden = (ANNA.email, ANNA.person.last_name, anna.account_id, anna.patient_id, "a1.2026")
    assert [one for one in hidden if one in told] == []


def test_an_account_that_a_quick_read_does_not_know_yet_is_looked_for_again(
    anna: SignedIn, wire: Wire
) -> None:
    expected = export(anna.cookie)
    wire.before("Query", answered({"Items": []}))
    assert export(anna.cookie) == expected


@pytest.mark.parametrize("nth", range(4))
def test_a_busy_store_says_try_again(anna: SignedIn, wire: Wire, nth: int) -> None:
    wire.before("Query", *[None] * nth, refused("ThrottlingException"))
    assert export(anna.cookie) == TRY_AGAIN
