"""POST /api/email-confirmations: an account gets the new address that it asked for (R3)."""

import pytest

from shared import keys
from shared.keyring import email_key_of, token
from tests.integration.answers import Answer, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    NEW_PASSWORD,
    PASSWORD,
    PASSWORD_HASH,
    SLOT,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    change_password,
    erase,
    open_account,
    open_session,
    publish,
    start_registration,
    take,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import open_desk
from tests.integration.desk_profiles import (
    confirm as confirm_profile,
    consent_in,
    is_unconfirmed,
    list_profiles,
    profile_in,
    record,
)
from tests.integration.rows import Rows
from tests.integration.test_book_ticket import ticket
from tests.integration.test_confirm_email import account_view, but_tries, confirm
from tests.integration.test_confirm_email_refusals import EXPIRED, WRONG_PASSWORD
from tests.integration.test_sign_in import FAILED, sign_in
from tests.integration.test_sign_out import show_account
from tests.integration.wire import Wire, operations

NEW = "anna.new@example.com"

pytestmark = pytest.mark.usefixtures("argon")


def confirmed_profile(rows: Rows, anna: SignedIn) -> None:
    """Let the desk have confirmed the profile, and mail have been sent back since."""
    rows.change(
        keys.account(anna.account_id),
        profile_status="confirmed",
        profile_due_on="2026-11-26",
        unreachable_since="2026-11-22T05:00:00Z",
    )


def test_the_account_has_its_new_address_and_the_browser_is_signed_in(
    anna: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    held = ticket(take(anna, SLOT), anna.patient_id)
    confirmed_profile(rows, anna)
    change = ask_for_address(anna, NEW)
    answer = confirm(token_of(change))
    assert answer == Answer(201, account_view(ticket=held) | {"email": NEW}, cookies=answer.cookies)
    [cookie] = answer.cookies
    assert cookie.startswith(f"__Host-session={anna.account_id}.secret-")
    assert show_account(cookie.partition(";")[0]).body == answer.body


def test_the_addresses_change_places_in_the_table_and_the_confirmation_lapses(
    anna: SignedIn, rows: Rows
) -> None:
    attach(BORIS)
    open_account(BORIS)
    open_session(anna)
    confirmed_profile(rows, anna)
    change = ask_for_address(anna, NEW)
    before = rows.lasting()
    assert confirm(token_of(change)).status == 201
    after = rows.lasting()
    gone = {
        keys.pending(change.email_key, change.change_id),
        keys.address_owner(email_key_of(ANNA.email)),
    }
    account = keys.account(anna.account_id)
    [opened] = [key for key in after if key.sk.startswith("SESSION#") and key not in before]
    assert opened.pk == account.pk
    assert after[account]["revision"] != before[account]["revision"]
    assert after == {key: before[key] for key in before if key not in gone} | {
        keys.address_owner(change.email_key): {"account_id": anna.account_id},
        opened: {"expires_at": 1795410000 + 12 * 3600, "idle_at": 1795410000 + 30 * 60},
        account: {
            "email": NEW,
            "password_hash": PASSWORD_HASH,
            "holder_id": anna.patient_id,
            "profile_status": "unconfirmed",
            "profile_due_on": None,
            "revision": after[account]["revision"],
        },
    }


@pytest.mark.parametrize("is_confirmed", [False, True], ids=["waits", "confirmed"])
def test_a_profile_lapses_and_leaves_the_queue_and_the_consent_still_names_the_old_address(
    anna: SignedIn, rows: Rows, *, is_confirmed: bool
) -> None:
    clerk = open_desk()
    record(clerk, anna.patient_id)
    if is_confirmed:
        confirm_profile(clerk, anna.account_id)
    consent = consent_in(rows, anna.patient_id)
    confirm(token_of(ask_for_address(anna, NEW)))
    assert profile_in(rows, anna) == is_unconfirmed(anna.patient_id)
    assert list_profiles(clerk).body == {"profiles": []}
    assert consent_in(rows, anna.patient_id) == consent
    assert consent is not None
    assert consent["email"] == ANNA.email


def test_the_new_address_signs_in_and_the_old_one_is_free_again(anna: SignedIn) -> None:
    confirm(token_of(ask_for_address(anna, NEW)))
    assert sign_in(ANNA.email) == FAILED
    assert sign_in(NEW).status == 201
    assert start_registration(BORIS, email=ANNA.email).address_taken is False
    assert show_account(anna.cookie).body["email"] == NEW


def test_a_change_of_address_is_seven_requests_and_none_follows_its_commit(
    anna: SignedIn, wire: Wire
) -> None:
    change = ask_for_address(anna, NEW)
    with wire.listening() as heard:
        confirm(token_of(change))
    counted, household = ["UpdateItem", "UpdateItem"], ["Query", "BatchGetItem"]
    assert operations(heard) == [
        *counted,
        "GetItem",
        "Query",
        *household,
        "TransactWriteItems",
    ]


def test_a_change_of_address_and_a_family_are_shown_together(anna: SignedIn) -> None:
    attach(BORIS)
    add_relative(anna, BORIS)
    answer = confirm(token_of(ask_for_address(anna, NEW)))
    assert [one["relation"] for one in answer.body["family"]] == ["self", "relative"]


def test_the_address_may_be_changed_again_and_back(anna: SignedIn) -> None:
    confirm(token_of(ask_for_address(anna, NEW)))
    answer = confirm(token_of(ask_for_address(anna, ANNA.email)))
    assert (answer.status, answer.body["email"]) == (201, ANNA.email)
    assert sign_in(ANNA.email).status == 201


# ----------------------------------------------------------------- the password


def test_a_wrong_password_changes_nothing_and_costs_one_try(anna: SignedIn, rows: Rows) -> None:
    change = ask_for_address(anna, NEW)
    key = keys.pending(change.email_key, change.change_id)
    before = rows.lasting()
    assert confirm(token_of(change), PASSWORD.upper()) == WRONG_PASSWORD
    assert rows.lasting() == before | {key: before[key] | {"tries": 4}}


def test_after_five_wrong_passwords_even_the_right_one_changes_nothing(
    anna: SignedIn, rows: Rows
) -> None:
    link = token_of(ask_for_address(anna, NEW))
    assert [confirm(link, f"{PASSWORD}{n}") for n in range(5)] == [WRONG_PASSWORD] * 5
    with rows.only_counted():
        assert confirm(link) == EXPIRED


def test_the_password_is_the_accounts_own_of_today(anna: SignedIn) -> None:
    link = token_of(ask_for_address(anna, NEW))
    change_password(anna)
    assert confirm(link, PASSWORD) == WRONG_PASSWORD
    assert confirm(link, NEW_PASSWORD).status == 201


# --------------------------------------------------------------------- the link


def test_a_link_works_once(anna: SignedIn, rows: Rows) -> None:
    link = token_of(ask_for_address(anna, NEW))
    assert confirm(link).status == 201
    with rows.only_counted():
        assert confirm(link) == EXPIRED


def test_a_link_of_a_whole_day_has_expired(anna: SignedIn, clock: Clock, rows: Rows) -> None:
    link = token_of(ask_for_address(anna, NEW))
    clock.move(hours=23, minutes=59, seconds=59)
    assert confirm(link, "не-тот-пароль") == WRONG_PASSWORD
    clock.move(seconds=1)
    with rows.only_counted():
        assert confirm(link) == EXPIRED


def test_a_newer_address_ends_the_older_link(anna: SignedIn, rows: Rows) -> None:
    older, newer = ask_for_address(anna, NEW), ask_for_address(anna, "other@example.com")
    before = but_tries(rows)
    assert confirm(token_of(older)) == EXPIRED
    assert but_tries(rows) == before
    assert confirm(token_of(newer)).body["email"] == "other@example.com"


def test_an_older_link_does_not_come_back_once_the_newer_is_confirmed(
    anna: SignedIn, rows: Rows
) -> None:
    older, newer = ask_for_address(anna, NEW), ask_for_address(anna, "other@example.com")
    confirm(token_of(newer))
    before = but_tries(rows)
    assert confirm(token_of(older)) == EXPIRED
    assert but_tries(rows) == before


@pytest.mark.parametrize("address", [BORIS.email, ANNA.email, ANNA.email.upper()])
def test_an_address_that_has_an_account_is_nobody_elses_even_by_a_genuine_link(
    anna: SignedIn, rows: Rows, address: str
) -> None:
    open_account(BORIS)
    change = ask_for_address(anna, address)
    before = but_tries(rows)
    assert confirm(token_of(change)) == EXPIRED
    assert but_tries(rows) == before


def test_of_an_address_asked_for_and_registered_the_first_confirmed_wins(
    anna: SignedIn, rows: Rows
) -> None:
    registration, change = start_registration(BORIS), ask_for_address(anna, BORIS.email)
    assert confirm(token_of(change)).status == 201
    before = but_tries(rows)
    assert confirm(registration) == EXPIRED
    assert but_tries(rows) == before


def test_a_link_of_an_account_that_is_gone_opens_nothing(anna: SignedIn, rows: Rows) -> None:
    change = ask_for_address(anna, NEW)
    erase(anna)
    before = but_tries(rows)
    assert confirm(token_of(change)) == EXPIRED
    assert but_tries(rows) == before


def test_one_links_id_does_not_serve_another_address(anna: SignedIn, rows: Rows) -> None:
    change = ask_for_address(anna, NEW)
    forged = token("confirm", email_key_of("other@example.com"), change.change_id)
    with rows.only_counted():
        assert confirm(forged) == EXPIRED


def test_an_old_address_that_the_table_says_is_somebody_elses_is_not_taken_away(
    anna: SignedIn, rows: Rows, pauses: list[float]
) -> None:
    change = ask_for_address(anna, NEW)
    rows.put(keys.address_owner(email_key_of(ANNA.email)), {"account_id": "f" * 32})
    before = but_tries(rows)
    assert confirm(token_of(change)) == problem(503, "try_again", headers={"Retry-After": "1"})
    assert but_tries(rows) == before
    assert len(pauses) == 7
