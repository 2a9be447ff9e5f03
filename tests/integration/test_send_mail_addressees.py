"""Who is told of a ticket: the account that took it, else another that may act for the patient."""

from collections.abc import Callable
from functools import partial

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.send_reminders import app as reminders
from shared import keys
from shared.patients import Person
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    SignedIn,
    add_relative,
    attach,
    open_account,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.family_people import (
    GALINA,
    LATER_SLOT,
    LEV,
    NEXT_SLOT,
    Family,
    accept,
    cancel,
    dismiss,
    invitation,
    move,
    parents_of,
    remove,
    renamed,
    set_clock,
    ticket_in,
)
from tests.integration.rows import Rows
from tests.integration.sent_mails import Sent, deliver
from tests.integration.stream import Stream
from tests.integration.wire import Wire


@pytest.fixture(autouse=True)
def metrics_have_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the metrics go where the environment says, whoever imported the function first."""
    monkeypatch.setattr(reminders.metrics.provider, "namespace", "PatientAccount")


@pytest.fixture
def parents() -> Family:
    publish(SLOT, NEXT_SLOT, LATER_SLOT)
    return parents_of(VERA)


@pytest.fixture
def told(rows: Rows, wire: Wire) -> Callable[[Callable[[], object]], list[str]]:
    """Return what does something and returns the addresses that are told of it."""

    def addressees(change: Callable[[], object]) -> list[str]:
        stream = Stream(rows)
        change()
        return [mail.to for mail in deliver(wire, *stream.records())]

    return addressees


Told = Callable[[Callable[[], object]], list[str]]


def remind() -> None:
    reminders.lambda_handler({}, LambdaContext())


def test_the_parent_who_took_the_ticket_is_told_of_all_that_becomes_of_it(
    parents: Family, told: Told, rows: Rows
) -> None:
    for parent, email in ((parents.anna, ANNA.email), (parents.boris, BORIS.email)):
        assert told(partial(take, parent, SLOT, parents.child)) == [email]
        assert told(remind) == [email]
        ticket = ticket_in(rows, parents.child)
        assert ticket is not None
        assert told(partial(cancel, parents.anna, ticket["ticket_id"])) == [email]


def test_from_a_move_on_the_parent_who_moved_it_is_told(parents: Family, told: Told) -> None:
    ticket_id = take(parents.anna, SLOT, parents.child)
    assert told(lambda: move(parents.boris, ticket_id, NEXT_SLOT)) == [BORIS.email]
    assert told(remind) == [BORIS.email]
    assert told(lambda: cancel(parents.anna, ticket_id)) == [BORIS.email]


def test_where_the_one_who_took_it_has_no_say_any_more_the_other_parent_is_told(
    parents: Family, told: Told
) -> None:
    ticket_id = take(parents.anna, SLOT, parents.child)
    remove(parents.anna, parents.child)
    assert told(remind) == [BORIS.email]
    assert told(lambda: cancel(parents.boris, ticket_id)) == [BORIS.email]


def test_a_late_mail_does_not_go_to_one_who_had_no_say_then(
    parents: Family, rows: Rows, wire: Wire
) -> None:
    take(parents.anna, SLOT, parents.child)
    stream = Stream(rows)
    remove(parents.anna, parents.child)
    remind()
    [mail] = deliver(wire, *stream.records())
    assert mail.to == BORIS.email


def test_where_nobody_has_a_say_nobody_is_told(parents: Family, told: Told) -> None:
    take(parents.anna, SLOT, parents.child)
    remove(parents.anna, parents.child)
    remove(parents.boris, parents.child)
    assert told(remind) == []


def test_where_the_data_no_longer_agree_nobody_is_told(anna: SignedIn, told: Told) -> None:
    publish(SLOT)
    take(anna, SLOT)
    attach(ANNA, person=renamed(ANNA))
    assert told(remind) == []


def test_a_dismissed_guardians_ticket_is_the_holders_matter(
    anna: SignedIn, told: Told, rows: Rows
) -> None:
    publish(SLOT)
    attach(GALINA)
    galina = open_account(GALINA)
    add_relative(anna, GALINA)
    accept(galina, invitation(rows, anna, GALINA.patient_id))
    assert told(lambda: take(anna, SLOT, GALINA.patient_id)) == [ANNA.email]
    dismiss(galina, anna.account_id)
    assert told(remind) == [GALINA.email]


def test_the_name_is_the_one_that_the_addressees_own_user_typed(rows: Rows, wire: Wire) -> None:
    publish(SLOT, NEXT_SLOT)
    attach(BORIS)
    boris = open_account(
        BORIS, person=Person("соловьев - седой", "борис", None, BORIS.person.birth_date)
    )
    stream = Stream(rows)
    take(boris, SLOT)
    mails: list[Sent] = deliver(wire, *stream.records())
    assert [("Пациент: соловьев - седой борис.\n" in mail.text) for mail in mails] == [True]


# ------------------------------------------------------------------- the 18th birthday


@pytest.fixture
def mother(anna: SignedIn) -> SignedIn:
    """Let Anna take a ticket for a child who comes of age before it."""
    publish(LATER_SLOT, "a1.2026-11-26.1.0900")
    attach(LEV)
    add_relative(anna, LEV)
    take(anna, LATER_SLOT, LEV.patient_id)
    return anna


def test_the_mother_is_told_until_the_eighteenth_birthday_and_not_after(
    mother: SignedIn, told: Told, clock: Clock, rows: Rows
) -> None:
    key = keys.patient(LEV.patient_id)
    ticket = rows.everything()[key]["ticket"]
    withdrawn = ticket | {"ticket_status": "withdrawn", "sequence": 1}
    set_clock(clock, 2026, 11, 23, 20, 59, 59)
    assert told(lambda: rows.change(key, ticket=withdrawn)) == [ANNA.email]
    rows.change(key, ticket=ticket)
    set_clock(clock, 2026, 11, 23, 21)
    withdrawn_later = withdrawn | {"sequence": 2}
    assert told(lambda: rows.change(key, ticket=withdrawn_later)) == []
    assert mother.patient_id == ANNA.patient_id


def test_the_grown_child_is_told_instead(mother: SignedIn, told: Told, clock: Clock) -> None:
    open_account(LEV)
    set_clock(clock, 2026, 11, 24, 15)
    assert told(remind) == [LEV.email]
    assert mother.patient_id == ANNA.patient_id


# ---------------------------------------------------------------------- who is gone


@pytest.mark.parametrize("gone", ["account", "claim", "slot"])
def test_what_is_gone_by_the_time_of_the_mail_stops_it(
    anna: SignedIn, rows: Rows, wire: Wire, gone: str
) -> None:
    publish(SLOT)
    stream = Stream(rows)
    take(anna, SLOT)
    records = stream.records()
    found = {
        "account": keys.account(anna.account_id),
        "claim": keys.claim(anna.account_id, anna.patient_id),
        "slot": keys.Key("DISTRICT#a1", "SLOT#2026-11-24#1"),
    }
    rows.remove(found[gone])
    with rows.unchanged():
        assert deliver(wire, *records) == []


def test_a_row_that_is_gone_calls_for_no_mail(anna: SignedIn, told: Told, rows: Rows) -> None:
    publish(SLOT)
    take(anna, SLOT)
    assert told(lambda: rows.remove(keys.patient(anna.patient_id))) == []
