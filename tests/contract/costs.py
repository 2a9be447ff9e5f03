"""The operations whose cost docs/table.md tells, each tried once: accounts and families."""

from collections.abc import Callable, Mapping

from shared import clock, keys
from shared.keyring import email_key_of, token
from shared.table import credentials
from tests.contract.bill import Bill, billed
from tests.integration.answers import event, invoke
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    SLOT,
    VERA,
    Citizen,
    SignedIn,
    add_relative,
    attach,
    open_account,
    open_district,
    open_session,
    publish,
    start_registration,
    take,
    token_of,
)
from tests.integration.rows import Rows

Work = Callable[[Rows], Bill]

OTHER_SLOT = "a1.2026-11-24.2.0910"
_NEW_EMAIL = "anna.new@example.com"
_OTHER_PASSWORD = "совсем-другой-верблюд"
_REFUSED = 400


def ask(
    function: str,
    route: str,
    body: object = None,
    cookie: str | None = None,
    media_type: str = "application/json",
) -> Bill:
    """Send a request that is served, and return what it cost."""
    status, bill = send(function, route, body, cookie, media_type)
    assert status < _REFUSED, f"{route} was refused with {status}."
    return bill


def send(
    function: str,
    route: str,
    body: object = None,
    cookie: str | None = None,
    media_type: str = "application/json",
) -> tuple[int, Bill]:
    """Send a request, and return the answer's status and what it cost."""
    method, address = route.split(" ")
    path, _, query = address.partition("?")
    asked = dict([query.split("=")]) if query else None
    headers = {"content-type": media_type} if body is not None else None
    sent = event(method, path, body, cookie=cookie, query=asked, headers=headers)
    with billed() as bill:
        answer = invoke(function, sent)
    return answer["statusCode"], bill


def anna_signed_in() -> SignedIn:
    """Attach Anna to a district, and sign her in."""
    open_district()
    attach(ANNA)
    return open_account(ANNA)


def anna_with_ticket() -> tuple[SignedIn, str]:
    """Give Anna a ticket, and leave another slot free."""
    anna = anna_signed_in()
    publish(SLOT, OTHER_SLOT)
    return anna, take(anna, SLOT)


def anna_asked_by_boris() -> tuple[SignedIn, SignedIn]:
    """Let Boris's account ask to act for Anna."""
    anna = anna_signed_in()
    attach(BORIS)
    boris = open_account(BORIS)
    add_relative(boris, ANNA)
    return anna, boris


def more_with_a_relative(work: Callable[[SignedIn], Bill]) -> Bill:
    """Return what a work costs more where the account has a relative."""
    anna = anna_signed_in()
    alone = work(anna)
    attach(VERA)
    add_relative(anna, VERA)
    return work(anna) - alone


def _form(citizen: Citizen) -> dict[str, str | None]:
    person = citizen.person
    return {
        "policy_number": citizen.number,
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
    }


# ------------------------------------------------------------------ accounts and sessions


def _register(_: Rows) -> Bill:
    form = _form(ANNA) | {"email": ANNA.email, "password": PASSWORD}
    return ask("register", "POST /api/registrations", form)


def _resend(_: Rows) -> Bill:
    return ask("resend_confirmation", "POST /api/registrations/resend", {"email": ANNA.email})


def _confirm_registration(_: Rows) -> Bill:
    body = {"token": token_of(start_registration(ANNA)), "password": PASSWORD}
    return ask("confirm_email", "POST /api/email-confirmations", body)


def _sign_in(password: str = PASSWORD) -> tuple[int, Bill]:
    body = {"email": ANNA.email, "password": password}
    return send("sign_in", "POST /api/sessions", body)


def _sign_in_alone(_: Rows) -> Bill:
    anna_signed_in()
    return _sign_in()[1]


def _sign_in_refused(_: Rows) -> Bill:
    return _sign_in()[1]


def _sign_out(_: Rows) -> Bill:
    return ask("sign_out", "DELETE /api/sessions/current", cookie=anna_signed_in().cookie)


def _request_reset(_: Rows) -> Bill:
    return ask("request_reset", "POST /api/password-resets", {"email": ANNA.email})


def _reset(rows: Rows) -> Bill:
    email_key = email_key_of(ANNA.email)
    credentials.request_reset(email_key, clock.now())
    reset_id = rows.everything()[keys.reset(email_key)]["reset_id"]
    body = {"token": token("reset", email_key, reset_id), "password": _OTHER_PASSWORD}
    return ask("reset_password", "PUT /api/password-resets", body)


def _reset_one_session(rows: Rows) -> Bill:
    anna_signed_in()
    return _reset(rows)


def _more_sessions(rows: Rows) -> Bill:
    open_session(anna := anna_signed_in())
    two = _reset(rows)
    open_session(anna)
    return two - _reset(rows)


def _change_password(anna: SignedIn) -> Bill:
    body = {"current_password": PASSWORD, "new_password": _OTHER_PASSWORD}
    return ask("change_password", "PUT /api/account/password", body, anna.cookie)


def _request_address(anna: SignedIn) -> Bill:
    body = {"email": _NEW_EMAIL, "password": PASSWORD}
    return ask("change_email", "PUT /api/account/email", body, anna.cookie)


def _confirm_address(rows: Rows) -> Bill:
    _request_address(anna_signed_in())
    email_key = email_key_of(_NEW_EMAIL)
    (change_id,) = (
        keys.id_named(key.sk)
        for key in rows.everything()
        if key.pk == keys.address_partition(email_key)
    )
    body = {"token": token("confirm", email_key, change_id), "password": PASSWORD}
    return ask("confirm_email", "POST /api/email-confirmations", body)


def _show(anna: SignedIn) -> Bill:
    return ask("show_account", "GET /api/account", cookie=anna.cookie)


def export(anna: SignedIn) -> Bill:
    """Take all data away."""
    return ask("export_account", "GET /api/account/export", cookie=anna.cookie)


def erase(anna: SignedIn) -> Bill:
    """Give the account up."""
    return ask("delete_account", "DELETE /api/account", {"password": PASSWORD}, anna.cookie)


def _erase_with_a_relative(_: Rows) -> Bill:
    anna = anna_signed_in()
    attach(VERA)
    add_relative(anna, VERA)
    with_a_relative = erase(anna)
    return with_a_relative - erase(open_account(ANNA))


def _erase_with_a_ticket(_: Rows) -> Bill:
    anna, _ticket_id = anna_with_ticket()
    with_a_ticket = erase(anna)
    return with_a_ticket - erase(open_account(ANNA))


# ----------------------------------------------------------------------------- family


def _add_relative(_: Rows) -> Bill:
    attach(VERA)
    return ask("add_family_member", "POST /api/family", _form(VERA), anna_signed_in().cookie)


def _remove_relative(_: Rows) -> Bill:
    attach(VERA)
    vera = add_relative(anna := anna_signed_in(), VERA)
    return ask("remove_family_member", f"DELETE /api/family/{vera}", cookie=anna.cookie)


def _accept(rows: Rows) -> Bill:
    anna, boris = anna_asked_by_boris()
    claim = rows.everything()[keys.claim(boris.account_id, anna.patient_id)]
    told = token("invite", boris.account_id, anna.patient_id, claim["invitation_id"])
    route = "POST /api/invitation-acceptances"
    return ask("accept_invitation", route, {"token": told}, anna.cookie)


def _list_guardians(anna: SignedIn) -> Bill:
    return ask("list_guardians", "GET /api/guardians", cookie=anna.cookie)


def _list_a_guardian(rows: Rows) -> Bill:
    _accept(rows)
    return _list_guardians(open_session(_account_of_anna(rows)))


def _account_of_anna(rows: Rows) -> SignedIn:
    holder = rows.everything()[keys.patient(ANNA.patient_id)]["holder"]
    (session,) = (
        keys.session_named(holder, key.sk)
        for key in rows.everything()
        if key.pk == keys.account_partition(holder) and keys.kind(key.sk) == "SESSION"
    )
    return SignedIn(holder, ANNA.patient_id, session, "")


def _remove_guardian(rows: Rows) -> Bill:
    _accept(rows)
    anna = open_session(_account_of_anna(rows))
    guardians = rows.everything()[keys.patient(ANNA.patient_id)]["guardians"]
    (guardian,) = guardians - {anna.account_id}
    return ask("remove_guardian", f"DELETE /api/guardians/{guardian}", cookie=anna.cookie)


COSTS: Mapping[str, Work] = {
    "register": _register,
    "ask for the confirmation mail again": _resend,
    "confirm a registration": _confirm_registration,
    "confirm a new address": _confirm_address,
    "sign in, alone": _sign_in_alone,
    "sign in, for each relative": lambda _: more_with_a_relative(lambda _: _sign_in()[1]),
    "sign in, refused": _sign_in_refused,
    "sign out": _sign_out,
    "ask for a new password": _request_reset,
    "set a new password by the link, one session": _reset_one_session,
    "set a new password, for each further session": _more_sessions,
    "change the password, one session": lambda _: _change_password(anna_signed_in()),
    "ask for a new address": lambda _: _request_address(anna_signed_in()),
    "show the account, alone": lambda _: _show(anna_signed_in()),
    "show the account, for each relative": lambda _: more_with_a_relative(_show),
    "take the data away, alone": lambda _: export(anna_signed_in()),
    "take the data away, for each relative": lambda _: more_with_a_relative(export),
    "erase the account, alone": lambda _: erase(anna_signed_in()),
    "erase the account, for each relative": _erase_with_a_relative,
    "erase the account, for each ticket that is freed": _erase_with_a_ticket,
    "add a relative": _add_relative,
    "give a relative up": _remove_relative,
    "accept an invitation": _accept,
    "list the guardians, none": lambda _: _list_guardians(anna_signed_in()),
    "list the guardians, one": _list_a_guardian,
    "remove a guardian": _remove_guardian,
}
"""What a patient asks for but tickets, by the document's words."""
