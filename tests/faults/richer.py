"""Operations with more to write than those that costs are told of."""

from collections.abc import Callable, Mapping
from datetime import date, time

from shared import clock
from shared.districts import Absence, Doctor
from shared.keyring import email_key_of
from shared.table import credentials
from tests.contract.costs import OTHER_SLOT, anna_signed_in, anna_with_ticket, ask, erase
from tests.contract.costs_beside import run
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    VERA,
    Citizen,
    add_relative,
    ask_for_address,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    start_registration,
    take,
)
from tests.integration.desk import open_desk
from tests.integration.desk_documents import confirm_profile
from tests.integration.district_queue import messages
from tests.integration.rows import Rows
from tests.integration.stream import Stream, passing
from tests.process import forget_what_was_read

_TUESDAY, _WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


def _form(citizen: Citizen) -> dict[str, str | None]:
    person = citizen.person
    return {
        "policy_number": citizen.number,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
    }


def _sign_out_first(_: Rows) -> None:
    """Let a process that has just begun serve its first request: it reads a secret."""
    anna = anna_signed_in()
    forget_what_was_read()
    ask("sign_out", "DELETE /api/sessions/current", cookie=anna.cookie)


def _erase_all(_: Rows) -> None:
    """Erase an account with a ticket, a relative, a consent, another session and a new address."""
    anna, _ticket_id = anna_with_ticket()
    attach(VERA)
    add_relative(anna, VERA)
    confirm_profile(open_desk(), anna)
    open_session(anna)
    ask_for_address(anna, "anna.new@example.com")
    erase(anna)


def _ask_to_act(_: Rows) -> None:
    """Ask for the consent of an adult who has an account."""
    anna_with_ticket()
    attach(BORIS)
    boris = open_account(BORIS)
    ask("add_family_member", "POST /api/family", _form(ANNA), boris.cookie)


def _mail_all(rows: Rows) -> None:
    """Send the mails of three changes at once: a registration, a ticket and a new password."""
    anna = anna_signed_in()
    publish(SLOT)
    stream = Stream(rows)
    take(anna, SLOT)
    start_registration(BORIS)
    credentials.request_reset(email_key_of(ANNA.email), clock.now())
    run("send_mail", {"Records": passing("SendMailFunction", stream.records())})


def _remind_two(_: Rows) -> None:
    """Call for the reminders of two tickets."""
    anna, _ticket_id = anna_with_ticket()
    attach(VERA)
    take(anna, OTHER_SLOT, add_relative(anna, VERA))
    run("send_reminders")


def _release_changes(_: Rows) -> None:
    """Release three districts: new hours and an absence, a new one, and one as it should be."""
    _change_districts()
    run("release_slots")


def _release_handed_out(_: Rows) -> None:
    """Read the messages about two of them, which have something to publish."""
    _change_districts()
    run("release_district", {"Records": messages("a1", "c3")})


def _hand_out(_: Rows) -> None:
    """Hand out one district more than a request to the queue takes."""
    for number in range(11):
        open_district(f"a{number:02}", hours={"tue": [time(9)]})
    run("release_slots")


def _change_districts() -> None:
    """Leave new hours and an absence, a new district, and one as it should be."""
    for district_id in ("a1", "a2"):
        open_district(district_id)
    run("release_slots")
    for citizen in (ANNA, BORIS, VERA):
        attach(citizen)
    anna = open_account(ANNA)
    take(anna, SLOT)
    take(anna, "a1.2026-11-24.2.0910", add_relative(anna, VERA))
    take(open_account(BORIS), "a1.2026-11-25.1.0900")
    open_district(
        hours={"mon": [time(9)], "wed": [time(8), time(9)], "thu": [time(9), time(9, 10)]},
        absences=(Absence(_TUESDAY, _TUESDAY, "учёба"),),
        doctor=Doctor("Ильина Вера Павловна", "307"),
    )
    open_district("c3", "child")


RICHER: Mapping[str, Callable[[Rows], None]] = {
    "sign out, by a process that has just begun": _sign_out_first,
    "add a relative who is to be asked": _ask_to_act,
    "erase an account with all it can have": _erase_all,
    "release three districts, one new and one changed": _release_changes,
    "release of two districts that were handed out, one new and one changed": _release_handed_out,
    "release of eleven districts, each handed out": _hand_out,
    "remind of two tickets": _remind_two,
    "mails of three changes at once": _mail_all,
}
"""By the document's words."""
