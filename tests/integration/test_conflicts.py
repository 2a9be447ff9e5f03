"""Single writes that meet a transaction, and register lines that meet a confirmation."""

import pytest

from shared import keys
from shared.errors import TryAgain
from shared.table import accounts
from tests.integration.answers import TRY_AGAIN, call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    SignedIn,
    attach,
    open_account,
    start_registration,
)
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm
from tests.integration.wire import Wire, answered, cancelled, meanwhile, refused

CONFLICT = refused("TransactionConflictException")
BUSY = cancelled("None", "None", "TransactionConflict", "None", "None", "None")

pytestmark = pytest.mark.usefixtures("pauses")


# ------------------------------------------------------- single writes beside transactions


def test_signing_out_beside_a_booking_signs_out(anna: SignedIn, wire: Wire, rows: Rows) -> None:
    wire.before("DeleteItem", CONFLICT)
    answer = call("sign_out", "DELETE", "/api/sessions/current", cookie=anna.cookie)
    assert answer.status == 204
    assert keys.session(anna.session) not in rows.everything()


def test_what_conflicts_for_ever_is_to_be_tried_again(
    anna: SignedIn, wire: Wire, rows: Rows
) -> None:
    wire.before("DeleteItem", *[CONFLICT] * 8)
    with rows.unchanged():
        answer = call("sign_out", "DELETE", "/api/sessions/current", cookie=anna.cookie)
    assert answer == TRY_AGAIN


def test_a_confirmation_that_is_clicked_twice_is_confirmed(wire: Wire) -> None:
    registration = start_registration(ANNA)
    wire.before("UpdateItem", CONFLICT, None, CONFLICT, CONFLICT)
    assert confirm(registration).status == 201


def test_a_session_that_cannot_be_put_forward_is_read_all_the_same(
    anna: SignedIn, clock: Clock, wire: Wire
) -> None:
    clock.move(minutes=6)
    wire.before("UpdateItem", *[CONFLICT] * 8)
    assert call("show_account", "GET", "/api/account", cookie=anna.cookie).status == 200


# ------------------------------------------------------------- the tries of a password


def test_a_busy_store_takes_no_try_of_the_password(wire: Wire, rows: Rows) -> None:
    registration = start_registration(ANNA)
    with rows.only_counted():
        for _ in range(6):
            wire.before("TransactWriteItems", *[BUSY] * 8)
            assert confirm(registration) == TRY_AGAIN
    assert confirm(registration).status == 201


def test_a_registration_that_is_gone_is_not_made_anew_to_give_a_try_back(
    wire: Wire, rows: Rows
) -> None:
    registration = start_registration(ANNA)
    key = keys.pending(registration.email_key, registration.registration_id)
    wire.before("TransactWriteItems", meanwhile(lambda: rows.remove(key)))
    assert confirm(registration).status == 410
    assert rows.lasting() == {}


# ---------------------------------------------------- the register beside a confirmation


def test_a_first_line_of_the_register_sees_who_confirms_meanwhile(wire: Wire, rows: Rows) -> None:
    registration = start_registration(ANNA)
    wire.before("TransactWriteItems", meanwhile(lambda: confirm(registration)))
    attach(ANNA)
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    assert patient["guardians"] == patient["claimants"] == {patient["holder"]}


def test_a_later_line_of_the_register_sees_who_confirms_meanwhile(wire: Wire, rows: Rows) -> None:
    squatter = open_account(ANNA, person=BORIS.person, email=BORIS.email)
    attach(ANNA)
    registration = start_registration(ANNA)
    wire.before("TransactWriteItems", meanwhile(lambda: confirm(registration)))
    attach(ANNA, "a2")
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    (newcomer,) = patient["claimants"] - {squatter.account_id}
    assert (patient["guardians"], patient["holder"]) == ({newcomer}, newcomer)


def test_a_holder_whom_the_register_contradicts_gives_way_to_one_whom_it_confirms(
    rows: Rows,
) -> None:
    squatter = open_account(ANNA, person=BORIS.person, email=BORIS.email)
    attach(ANNA)
    open_account(ANNA)
    attach(ANNA, person=BORIS.person)
    patient = rows.everything()[keys.patient(ANNA.patient_id)]
    assert (patient["guardians"], patient["holder"]) == (
        {squatter.account_id},
        squatter.account_id,
    )


def test_a_line_that_always_meets_a_confirmation_is_to_be_tried_again(wire: Wire) -> None:
    wire.before("TransactWriteItems", *[cancelled("ConditionalCheckFailed")] * 8)
    with pytest.raises(TryAgain):
        attach(ANNA)


# -------------------------------------------------------------------------- torn reads


@pytest.mark.parametrize("missing", ["ACCOUNT", "MEMBER", "SESSION"])
def test_a_read_that_misses_a_part_of_a_new_account_is_repeated_consistently(
    anna: SignedIn, rows: Rows, clock: Clock, wire: Wire, missing: str
) -> None:
    partition = keys.account_partition(anna.account_id)
    stored = [image for key, image in rows.images().items() if key.pk == partition]
    torn = [image for image in stored if not image["SK"]["S"].startswith(missing)]
    wire.before("Query", answered({"Items": torn, "Count": len(torn)}))
    with wire.listening() as heard:
        household = accounts.show(anna.session, clock.now)
    assert [member.claim.patient_id for member in household.members] == [ANNA.patient_id]
    queries = [request.body["ConsistentRead"] for request in heard if request.operation == "Query"]
    assert queries == [False, True]


def test_signing_in_opens_the_session_last_and_so_fails_without_one(wire: Wire, rows: Rows) -> None:
    open_account(ANNA)
    wire.before("BatchGetItem", refused("ThrottlingException"))
    with rows.only_counted():
        answer = call(
            "sign_in", "POST", "/api/sessions", {"email": ANNA.email, "password": PASSWORD}
        )
    assert answer == TRY_AGAIN
