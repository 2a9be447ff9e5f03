"""POST /api/email-confirmations: the account, its first session, and who may open it."""

from shared import keys
from shared.accounts import Registration
from tests.integration.answers import Answer, call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    PASSWORD,
    PASSWORD_HASH,
    attach,
    open_district,
    start_registration,
    token_of,
)
from tests.integration.rows import Item, Rows
from tests.integration.wire import Wire, operations

ACCOUNT_ID = "0000000000000004" * 2
"""The fourth that is drawn, after revisions of the district and of the register's row, and the
registration's id."""
SECRET = "secret-000000000000000000000000000000000005"
COOKIE = (
    f"__Host-session={ACCOUNT_ID}.{SECRET}; "
    "Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict"
)


def confirm(registration: Registration | str, password: str = PASSWORD) -> Answer:
    token = registration if isinstance(registration, str) else token_of(registration)
    form = {"token": token, "password": password}
    return call("confirm_email", "POST", "/api/email-confirmations", form)


def account_view(**changes: object) -> dict[str, object]:
    """Return Anna's new account as the contract writes it."""
    anna = {
        "patient_id": ANNA.patient_id,
        "relation": "self",
        "last_name": "Иванова",
        "first_name": "Анна",
        "middle_name": "Петровна",
        "birth_date": "1991-05-22",
        "policy_last4": "0017",
        "attached": True,
        "district": {
            "district_id": "a1",
            "kind": "adult",
            "name": "Участок a1",
            "doctor_name": "Кузнецова Мария Ильинична",
        },
        "ticket": None,
    }
    return {
        "account_id": ACCOUNT_ID,
        "email": ANNA.email,
        "address_unreachable": False,
        "profile": {"status": "unconfirmed", "due_on": None},
        "family": [anna | changes],
    }


UNATTACHED = {"attached": False, "district": None}
HELD = {"holder": ACCOUNT_ID, "claimants": {ACCOUNT_ID}, "revision": "0000000000000006"}


def but_tries(rows: Rows) -> dict[keys.Key, Item]:
    """Return the whole table but for the counts of password tries and of requests."""
    return {
        key: {name: value for name, value in item.items() if name != "tries"}
        for key, item in rows.lasting().items()
    }


def test_whoever_knows_the_password_gets_the_account_and_is_signed_in() -> None:
    open_district()
    attach(ANNA)
    assert confirm(start_registration(ANNA)) == Answer(201, account_view(), cookies=[COOKIE])


def test_the_registration_becomes_an_account_in_the_table(rows: Rows) -> None:
    open_district()
    attach(ANNA)
    before = rows.everything()
    registration = start_registration(ANNA)
    confirm(registration)
    after = rows.lasting()
    [session] = [key for key in after if keys.kind(key.sk) == "SESSION"]
    patient = keys.patient(ANNA.patient_id)
    person = before[patient]["person"]
    assert after == before | {
        keys.address_owner(registration.email_key): {"account_id": ACCOUNT_ID},
        keys.Key(f"ACCOUNT#{ACCOUNT_ID}", "ACCOUNT"): {
            "email": ANNA.email,
            "password_hash": PASSWORD_HASH,
            "holder_id": ANNA.patient_id,
            "profile_status": "unconfirmed",
            "profile_due_on": None,
            "revision": "new",
        },
        keys.Key(f"ACCOUNT#{ACCOUNT_ID}", f"MEMBER#{ANNA.patient_id}"): {
            "relation": "self",
            "person": person,
            "policy_last4": "0017",
            "claimed_on": "2026-11-23",
        },
        session: {"expires_at": 1795410000 + 12 * 3600, "idle_at": 1795410000 + 30 * 60},
        patient: before[patient] | HELD | {"guardians": {ACCOUNT_ID}},
    }
    assert SECRET not in str(after)


def test_the_new_session_is_open_and_of_a_confirmed_address() -> None:
    open_district()
    attach(BORIS)
    cookie = confirm(start_registration(ANNA)).cookies[0].partition(";")[0]
    answer = call("show_account", "GET", "/api/account", cookie=cookie)
    assert answer == Answer(200, account_view(**UNATTACHED))


def test_somebody_whom_the_register_does_not_know_gets_an_account_without_a_district(
    rows: Rows,
) -> None:
    open_district()
    attach(BORIS)
    answer = confirm(start_registration(ANNA))
    assert answer == Answer(201, account_view(**UNATTACHED), cookies=[COOKIE])
    assert rows.everything()[keys.patient(ANNA.patient_id)] == HELD


def test_somebody_whose_data_differ_gets_an_account_and_sees_nothing_of_the_register(
    rows: Rows,
) -> None:
    open_district()
    attach(ANNA, person=BORIS.person)
    before = rows.everything()[keys.patient(ANNA.patient_id)]
    answer = confirm(start_registration(ANNA))
    assert answer == Answer(201, account_view(**UNATTACHED), cookies=[COOKIE])
    assert rows.everything()[keys.patient(ANNA.patient_id)] == before | HELD


def test_a_confirmation_is_five_requests_and_none_follows_its_commit(wire: Wire) -> None:
    open_district()
    registrations = start_registration(ANNA), start_registration(BORIS)
    with wire.listening() as heard:
        confirm(registrations[0])
    counted = ["UpdateItem", "UpdateItem"]
    assert operations(heard) == [*counted, "Query", "GetItem", "TransactWriteItems"]
    with wire.listening() as heard:
        confirm(registrations[1])
    assert operations(heard) == [*counted, "GetItem", "TransactWriteItems"]
