"""POST /api/desk/consents: what is refused, and that nothing is written then."""

import pytest

from shared import keys
from tests.integration.answers import SESSION_REQUIRED, call, problem
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SignedIn,
    add_relative,
    ask_for_address,
    attach,
    erase,
    open_account,
    start_registration,
    token_of,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk
from tests.integration.desk_profiles import PAPER, record, recorded
from tests.integration.family_people import LEV, NOT_FOUND, remove, renamed
from tests.integration.rows import Rows
from tests.integration.test_confirm_email import confirm as confirm_address

EMAIL_DIFFERS = problem(409, "email_differs")
MISSING = "Заполните это поле."
NOBODY = "0" * 32


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


# ------------------------------------------------------------------------- who may ask


def test_without_an_open_session_of_the_desk_nothing_is_recorded_or_told(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    patients_own = Clerk(clerk.actor, anna.cookie)
    renamed_cookie = Clerk(clerk.actor, anna.cookie.replace("__Host-session", "__Host-desk"))
    foreign = Clerk(clerk.actor, clerk.cookie[:-1] + "x")
    with rows.unchanged():
        for asking in (None, patients_own, renamed_cookie, foreign):
            for patient_id in (anna.patient_id, NOBODY):
                assert record(asking, patient_id) == SESSION_REQUIRED
        clock.move(minutes=15)
        assert record(clerk, anna.patient_id) == SESSION_REQUIRED


def test_another_site_records_nothing(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    body = {"patient_id": anna.patient_id, "email": ANNA.email, **PAPER}
    with rows.unchanged():
        answer = call(
            *("record_consent", "POST", "/api/desk/consents", body),
            cookie=clerk.cookie,
            headers={"origin": "https://evil.example"},
        )
    assert answer == problem(400, "malformed_request")


# ------------------------------------------------------------------- whose and to whom


@pytest.mark.usefixtures("anna")
@pytest.mark.parametrize("patient_id", [NOBODY, "x", "CONSENT#1", f"{'0' * 32}#PATIENT"])
def test_a_patient_whom_nobody_knows_is_not_found(
    clerk: Clerk, rows: Rows, patient_id: str
) -> None:
    with rows.unchanged():
        assert record(clerk, patient_id) == NOT_FOUND


@pytest.mark.parametrize("email", ["nobody@example.com", BORIS.email, "new@example.com"])
def test_an_address_of_nobody_of_somebody_else_and_one_not_yet_confirmed_differ(
    anna: SignedIn, clerk: Clerk, rows: Rows, email: str
) -> None:
    attach(BORIS)
    open_account(BORIS)
    ask_for_address(anna, "new@example.com")
    start_registration(ANNA, email="new@example.com")
    with rows.unchanged():
        assert record(clerk, anna.patient_id, email) == EMAIL_DIFFERS


def test_an_account_whose_data_the_register_does_not_confirm_differs(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(BORIS)
    boris = add_relative(anna, BORIS, renamed(BORIS))
    with rows.unchanged():
        assert record(clerk, boris) == EMAIL_DIFFERS


def test_an_account_whose_patient_is_not_attached_differs(clerk: Clerk, rows: Rows) -> None:
    boris = open_account(BORIS)
    with rows.unchanged():
        assert record(clerk, boris.patient_id, BORIS.email) == EMAIL_DIFFERS


def test_an_account_that_gave_the_patient_up_differs(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    attach(BORIS)
    boris = add_relative(anna, BORIS)
    remove(anna, boris)
    with rows.unchanged():
        assert record(clerk, boris) == EMAIL_DIFFERS


def test_a_parent_may_get_a_childs_documents_up_to_the_last_day_of_childhood(
    anna: SignedIn, rows: Rows, clock: Clock
) -> None:
    attach(LEV)
    lev = add_relative(anna, LEV)
    assert record(open_desk(), lev) == recorded(anna, lev)
    clock.move(hours=16)
    clerk = open_desk()
    with rows.unchanged():
        assert record(clerk, lev, document_number="С-18/2026") == EMAIL_DIFFERS


@pytest.mark.usefixtures("argon")
def test_an_address_that_was_given_up_differs(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    confirm_address(token_of(ask_for_address(anna, "new@example.com")))
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == EMAIL_DIFFERS


def test_an_erased_accounts_address_differs(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    erase(anna)
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == EMAIL_DIFFERS


def test_an_address_whose_owner_says_otherwise_differs(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    """The owner of an address is read before the account, which may have another one by then."""
    rows.change(keys.account(anna.account_id), email="other@example.com")
    with rows.unchanged():
        assert record(clerk, anna.patient_id) == EMAIL_DIFFERS


# -------------------------------------------------------------------------- the request


@pytest.mark.parametrize(
    "changes, fault",
    [
        (
            {"signed_on": "2026-11-24"},
            ("/signed_on", "signed_on_future", "Проверьте дату подписания."),
        ),
        (
            {"signed_on": "23.11.2026"},
            ("/signed_on", "date_format", "Дата пишется так: 1985-03-27."),
        ),
        ({"document_number": "  "}, ("/document_number", "missing", MISSING)),
        (
            {"document_number": "С-17\n2026"},
            ("/document_number", "name_characters", "Здесь есть недопустимые знаки."),
        ),
        (
            {"text_version": "x" * 201},
            ("/text_version", "string_too_long", "Слишком длинное значение."),
        ),
        ({"text_version": ""}, ("/text_version", "missing", MISSING)),
        (
            {"email": "не адрес"},
            (
                *("/email", "email_invalid"),
                "Это не адрес электронной почты. Пример: ivanova@example.com",
            ),
        ),
        (
            {"received_on": "2026-11-01"},
            ("/received_on", "extra_forbidden", "Такого поля здесь нет."),
        ),
    ],
)
def test_a_paper_with_a_wrong_field_is_refused(
    anna: SignedIn, clerk: Clerk, rows: Rows, changes: dict[str, str], fault: tuple[str, str, str]
) -> None:
    with rows.unchanged():
        answer = record(clerk, anna.patient_id, **({"email": ANNA.email} | changes))
    assert answer == problem(422, "invalid_request", [fault])


@pytest.mark.parametrize(
    "field", ["patient_id", "email", "signed_on", "document_number", "text_version"]
)
def test_a_paper_without_a_field_is_refused(
    anna: SignedIn, clerk: Clerk, rows: Rows, field: str
) -> None:
    body = {"patient_id": anna.patient_id, "email": ANNA.email, **PAPER}
    del body[field]
    with rows.unchanged():
        answer = call("record_consent", "POST", "/api/desk/consents", body, cookie=clerk.cookie)
    assert answer == problem(422, "invalid_request", [(f"/{field}", "missing", MISSING)])


def test_a_paper_that_is_signed_on_the_clinics_own_today_is_taken(
    anna: SignedIn, clock: Clock
) -> None:
    clock.move(hours=16)
    answer = record(open_desk(), anna.patient_id, signed_on="2026-11-24")
    assert answer == recorded(anna, due_on="2026-11-27")
