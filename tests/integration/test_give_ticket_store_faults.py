"""POST /api/desk/tickets while the store is busy, slow or out of reach."""

import pytest

from tests.integration.answers import TRY_AGAIN
from tests.integration.clinic import ANNA, SLOT, attach, open_district, publish
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.rows import Rows
from tests.integration.test_give_ticket import AT, give
from tests.integration.test_give_ticket_races import AT_NINE, held
from tests.integration.wire import Planted, Wire, cancelled, refused, timed_out

CONFLICT = cancelled("None", "None", "TransactionConflict", "None", "None", "None", "None")

pytestmark = pytest.mark.usefixtures("pauses")


@pytest.fixture(name="clerk")
def opened() -> Clerk:
    open_district()
    attach(ANNA)
    return open_desk()


def test_a_conflict_is_tried_again(clerk: Clerk, wire: Wire, pauses: list[float]) -> None:
    wire.before("TransactWriteItems", CONFLICT, CONFLICT)
    assert give(clerk).status == 201
    assert len(pauses) == 2
    assert len(trail()) == 1


@pytest.mark.parametrize(
    "planted",
    [
        [CONFLICT] * 100,
        [timed_out],
        [refused("InternalServerError", 500)],
        [refused("ThrottlingException")],
    ],
    ids=["conflicts", "timeout", "server error", "throttle"],
)
def test_a_store_that_does_not_answer_gives_nothing(
    clerk: Clerk, rows: Rows, wire: Wire, planted: list[Planted]
) -> None:
    wire.before("TransactWriteItems", *planted)
    with rows.unchanged():
        assert give(clerk) == TRY_AGAIN
    wire.before("TransactWriteItems")
    assert give(clerk).status == 201


@pytest.mark.parametrize(
    "operation, earlier", [("BatchGetItem", 0), ("GetItem", 0), ("Query", 0), ("Query", 1)]
)
def test_a_read_that_fails_says_try_again(
    clerk: Clerk, rows: Rows, wire: Wire, operation: str, earlier: int
) -> None:
    wire.before(operation, *[None] * earlier, refused("ThrottlingException"))
    with rows.unchanged():
        assert give(clerk) == TRY_AGAIN


@pytest.mark.parametrize("starts_at", [AT, AT_NINE])
def test_an_answer_that_is_lost_after_the_commit_is_found_to_be_a_ticket(
    clerk: Clerk, rows: Rows, wire: Wire, starts_at: str
) -> None:
    publish(SLOT)
    wire.after("TransactWriteItems", timed_out)
    answer = give(clerk, starts_at)
    ticket = held(rows)
    assert (answer.status, answer.body["ticket_id"]) == (201, ticket["ticket_id"])
    assert [entry.about for entry in trail()] == [ticket["ticket_id"]]


def test_a_ticket_that_nobody_could_confirm_is_found_by_the_same_request(
    clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    wire.before("GetItem", None, timed_out)
    assert give(clerk) == TRY_AGAIN
    ticket = held(rows)
    answer = give(clerk)
    assert (answer.status, answer.body["ticket_id"]) == (200, ticket["ticket_id"])


def test_a_lost_answer_is_not_taken_for_the_ticket_that_another_clerk_gave(
    clerk: Clerk, wire: Wire
) -> None:
    other = open_desk("boris-registry")

    def given_by_the_other() -> None:
        assert give(other).status == 201
        timed_out()

    wire.before("TransactWriteItems", given_by_the_other)
    assert give(clerk) == TRY_AGAIN
    assert [entry.login for entry in trail()] == ["boris-registry"]


def test_no_old_image_decides(clerk: Clerk, wire: Wire) -> None:
    with wire.listening() as heard:
        give(clerk)
    patient, own_district, slots = heard[1:4]
    assert patient.body["RequestItems"]["portal-table"]["ConsistentRead"] is True
    assert own_district.body["ConsistentRead"] is slots.body["ConsistentRead"] is True
