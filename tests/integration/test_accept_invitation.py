"""POST /api/invitation-acceptances: an adult says yes, once, within a week, and as themselves."""

import pytest

from shared import clock as shared_clock, keys
from shared.keyring import token
from tests.integration.answers import SESSION_REQUIRED, Answer, call, problem
from tests.integration.clinic import (
    BORIS,
    SLOT,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_session,
    publish,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    NO_CONTENT,
    accept,
    add,
    book,
    claim_in,
    dismiss,
    guardians,
    invitation,
    relatives,
    remove,
    renamed,
    slots,
    tickets,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

EXPIRED = problem(410, "invitation_expired")
WEEK = 7 * 24 * 3600


@pytest.fixture
def galina(anna: SignedIn) -> SignedIn:
    """Open the grandmother's own account, and let Anna ask to act for her."""
    attach(GALINA)
    opened = open_account(GALINA)
    add_relative(anna, GALINA)
    return opened


@pytest.fixture
def told(galina: SignedIn, anna: SignedIn, rows: Rows) -> str:
    """Return the token that was mailed to the grandmother."""
    return invitation(rows, anna, galina.patient_id)


# --------------------------------------------------------------------- before and after


def test_an_adult_with_an_account_is_no_member_before_accepting(
    anna: SignedIn, galina: SignedIn, rows: Rows
) -> None:
    publish(SLOT)
    assert relatives(anna) == []
    with rows.unchanged():
        assert book(anna, SLOT, galina.patient_id) == problem(403, "not_attached")
    assert slots(anna, galina.patient_id).body["reason"] == "not_attached"
    assert guardians(galina) == Answer(200, {"guardians": []})
    claim = claim_in(rows, anna.account_id, galina.patient_id)
    assert claim is not None
    assert claim["invited_until"] == int(shared_clock.now().timestamp()) + WEEK


def test_accepting_makes_a_guardian_and_uses_the_invitation_up(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows
) -> None:
    before = rows.everything()
    assert accept(galina, told) == NO_CONTENT
    patient, claim = keys.patient(galina.patient_id), keys.claim(anna.account_id, galina.patient_id)
    typed = {name: before[claim][name] for name in before[claim] if not name.startswith("invit")}
    assert rows.everything() == before | {
        claim: typed,
        patient: before[patient]
        | {
            "guardians": {anna.account_id, galina.account_id},
            "revision": rows.everything()[patient]["revision"],
        },
    }
    assert relatives(anna) == [galina.patient_id]


def test_a_guardian_acts_and_the_holder_goes_on_acting(
    anna: SignedIn, galina: SignedIn, told: str
) -> None:
    publish(SLOT)
    accept(galina, told)
    answer = book(anna, SLOT, galina.patient_id)
    assert answer.status == 201
    assert tickets(galina).body["upcoming"] == [answer.body]
    again = book(galina, SLOT)
    assert (again.status, again.body) == (200, answer.body)


def test_the_same_acceptance_again_says_the_same_and_writes_nothing(
    galina: SignedIn, told: str, rows: Rows, clock: Clock
) -> None:
    accept(galina, told)
    with rows.unchanged():
        assert accept(galina, told) == NO_CONTENT
    clock.move(days=30)
    later = open_session(galina)
    with rows.unchanged():
        assert accept(later, told) == NO_CONTENT


def test_an_acceptance_is_three_requests(galina: SignedIn, told: str, wire: Wire) -> None:
    with wire.listening() as heard:
        accept(galina, told)
    assert operations(heard) == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert len(heard[-1].body["TransactItems"]) == 3


# ------------------------------------------------------------------------- who and when


def test_nobody_but_the_holder_accepts(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows
) -> None:
    attach(BORIS)
    boris = open_account(BORIS)
    with rows.unchanged():
        assert [accept(who, told) for who in (anna, boris)] == [EXPIRED] * 2
    assert accept(galina, told) == NO_CONTENT


def test_without_an_open_session_nothing_is_accepted(
    galina: SignedIn, told: str, rows: Rows, clock: Clock
) -> None:
    path = "/api/invitation-acceptances"
    clock.move(minutes=30)
    with rows.unchanged():
        assert call("accept_invitation", "POST", path, {"token": told}) == SESSION_REQUIRED
        assert accept(galina, told) == SESSION_REQUIRED


def test_an_invitation_lives_for_seven_days(
    galina: SignedIn, told: str, rows: Rows, clock: Clock
) -> None:
    clock.move(days=7)
    later = open_session(galina)
    with rows.unchanged():
        assert accept(later, told) == EXPIRED
    clock.move(seconds=-1)
    assert accept(later, told) == NO_CONTENT


def test_a_new_invitation_ends_the_one_before(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows
) -> None:
    add(anna, GALINA)
    newer = invitation(rows, anna, galina.patient_id)
    assert newer != told
    with rows.unchanged():
        assert accept(galina, told) == EXPIRED
    assert accept(galina, newer) == NO_CONTENT


def test_a_used_invitation_does_not_bring_back_who_was_dismissed_or_left(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows
) -> None:
    accept(galina, told)
    dismiss(galina, anna.account_id)
    with rows.unchanged():
        assert accept(galina, told) == EXPIRED
    add(anna, GALINA)
    with rows.unchanged():
        assert accept(galina, told) == EXPIRED
    accept(galina, invitation(rows, anna, galina.patient_id))
    remove(anna, galina.patient_id)
    with rows.unchanged():
        assert accept(galina, told) == EXPIRED


def test_an_invitation_that_was_taken_back_is_worth_nothing(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows
) -> None:
    assert remove(anna, galina.patient_id) == NO_CONTENT
    with rows.unchanged():
        assert accept(galina, told) == EXPIRED


@pytest.mark.parametrize("whose", ["hers", "the claim"])
def test_a_register_that_no_longer_agrees_makes_nobody_a_guardian(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows, whose: str
) -> None:
    if whose == "hers":
        attach(GALINA, person=renamed(GALINA))
    else:
        rows.change(
            keys.claim(anna.account_id, galina.patient_id),
            person={
                "last_name": "Другая",
                "first_name": "Галина",
                "middle_name": None,
                "birth_date": "1950-02-03",
            },
        )
    with rows.unchanged():
        assert accept(galina, told) == EXPIRED


def test_a_register_that_agrees_again_lets_the_invitation_be_accepted(
    anna: SignedIn, galina: SignedIn, told: str
) -> None:
    attach(GALINA, person=renamed(GALINA))
    attach(GALINA)
    assert accept(galina, told) == NO_CONTENT
    assert relatives(anna) == [galina.patient_id]


@pytest.mark.parametrize("told", ["x", "a.b.c", "no.such.token.at.all"])
def test_a_token_that_says_nothing_is_refused(anna: SignedIn, rows: Rows, told: str) -> None:
    with rows.unchanged():
        assert accept(anna, told) == EXPIRED


def test_a_token_for_another_purpose_or_with_other_parts_is_refused(
    anna: SignedIn, galina: SignedIn, told: str, rows: Rows
) -> None:
    invitation_id = told.split(".")[2]
    parts = (anna.account_id, galina.patient_id, invitation_id)
    forged = [
        token("confirm", *parts),
        token("reset", *parts),
        told[:-1] + ("0" if told[-1] != "0" else "1"),
        told.replace(invitation_id, "f" * 32),
        token("invite", anna.account_id, anna.patient_id, invitation_id),
        token("invite", anna.account_id, galina.patient_id, "f" * 32),
    ]
    with rows.unchanged():
        assert [accept(galina, one) for one in forged] == [EXPIRED] * len(forged)


# ---------------------------------------------------------------- who is not to be asked


def test_whom_the_register_does_not_confirm_is_not_asked(anna: SignedIn, rows: Rows) -> None:
    attach(GALINA)
    open_account(GALINA, person=renamed(GALINA))
    add(anna, GALINA)
    assert relatives(anna) == [GALINA.patient_id]
    claim = claim_in(rows, anna.account_id, GALINA.patient_id)
    assert claim is not None
    assert "invitation_id" not in claim


def test_who_typed_a_grown_up_wrongly_asks_nobody(anna: SignedIn, rows: Rows) -> None:
    attach(GALINA)
    open_account(GALINA)
    add(anna, GALINA, last_name="Другая")
    claim = claim_in(rows, anna.account_id, GALINA.patient_id)
    assert claim is not None
    assert "invitation_id" not in claim
    assert relatives(anna) == []


def test_a_guardian_from_before_the_account_stays_one(anna: SignedIn) -> None:
    attach(GALINA)
    add(anna, GALINA)
    galina = open_account(GALINA)
    assert relatives(anna) == [galina.patient_id]
    [guardian] = guardians(galina).body["guardians"]
    assert guardian["guardian_id"] == anna.account_id
