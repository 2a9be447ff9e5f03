"""POST /api/desk/documents: a promise of one very file, and the one request that uploads it."""

from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

from shared import keys
from tests.integration.answers import (
    ADDRESS,
    JSON_HEADERS,
    SESSION_REQUIRED,
    TRY_AGAIN,
    Answer,
    call,
    problem,
)
from tests.integration.clinic import ANNA, BORIS, SignedIn, open_account
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk, trail
from tests.integration.desk_documents import (
    PDF,
    Promise,
    document_in,
    form,
    prepare,
    promised,
)
from tests.integration.desk_profiles import but_desk
from tests.integration.family_people import NOT_FOUND
from tests.integration.rows import Rows
from tests.integration.wire import Planted, Wire, cancelled, operations, refused, timed_out

LARGEST = 10 * 1024 * 1024


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


# ---------------------------------------------------------------------- what it does


def test_the_promise_is_written_and_its_upload_offered(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    answer = prepare(clerk, anna.patient_id)
    body = answer.body
    document_id = body["document_id"]
    url = body["upload"].pop("url")
    assert answer == Answer(
        201,
        {
            "document_id": document_id,
            "upload": {
                "method": "PUT",
                "headers": {
                    "content-type": "application/pdf",
                    "content-length": str(len(PDF)),
                    "x-amz-checksum-sha256": b64encode(sha256(PDF).digest()).decode(),
                },
                "expires_at": "2026-11-23T08:15:00+03:00",
            },
        },
        JSON_HEADERS,
    )
    assert document_id.startswith(f"{anna.patient_id}.")
    assert urlsplit(url).path.endswith(f"/{document_id}")
    assert document_in(rows, document_id) == Promise().item()


def test_what_may_be_uploaded_is_signed_to_the_byte_and_for_a_quarter_of_an_hour(
    anna: SignedIn, clerk: Clerk
) -> None:
    address = urlsplit(prepare(clerk, anna.patient_id).body["upload"]["url"])
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert asked["X-Amz-SignedHeaders"] == "content-length;content-type;host;x-amz-checksum-sha256"
    assert asked["X-Amz-Expires"] == "900"
    assert (address.scheme, address.hostname) == (
        "https",
        "portal-documents.s3.eu-central-1.amazonaws.com",
    )


def test_the_address_says_nothing_of_the_patient_or_the_kind(anna: SignedIn, clerk: Clerk) -> None:
    url = prepare(clerk, anna.patient_id).body["upload"]["url"]
    assert [word for word in ("test_results", "pdf?", "%D0") if word in url] == []


def test_it_is_one_transaction_of_four_actions(anna: SignedIn, clerk: Clerk, wire: Wire) -> None:
    with wire.listening() as heard:
        prepare(clerk, anna.patient_id)
    assert operations(heard) == ["TransactWriteItems"]
    assert len(heard[0].body["TransactItems"]) == 4


def test_the_trail_says_for_whom_and_what(anna: SignedIn, clerk: Clerk) -> None:
    document_id = promised(clerk, anna.patient_id)
    [entry] = trail()
    assert (entry.login, entry.operation, entry.address) == (
        clerk.actor.login,
        "prepare_document",
        ADDRESS,
    )
    assert (entry.patients, entry.about) == (frozenset({anna.patient_id}), document_id)


def test_two_documents_of_one_patient_are_two(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    first, second = promised(clerk, anna.patient_id), promised(clerk, anna.patient_id)
    assert first != second
    assert document_in(rows, first) == document_in(rows, second)


def test_a_sum_in_capitals_is_the_same_sum(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    answer = prepare(clerk, anna.patient_id, sha256=sha256(PDF).hexdigest().upper())
    assert document_in(rows, answer.body["document_id"]) == Promise().item()


def test_ten_megabytes_are_the_largest_file(anna: SignedIn, clerk: Clerk) -> None:
    answer = prepare(clerk, anna.patient_id, size=LARGEST)
    assert answer.body["upload"]["headers"]["content-length"] == "10485760"


# --------------------------------------------------------------------------- guards


def test_a_patient_whom_the_register_does_not_know_gets_no_document(
    clerk: Clerk, rows: Rows
) -> None:
    boris = open_account(BORIS)
    assert keys.patient(boris.patient_id) in rows.everything()
    with rows.unchanged():
        assert prepare(clerk, boris.patient_id) == NOT_FOUND


@pytest.mark.parametrize("patient_id", ["0" * 32, "start-up-check", "a#b", "ё", "x" * 100])
def test_a_patient_who_does_not_exist_gets_no_document(
    patient_id: str, clerk: Clerk, rows: Rows
) -> None:
    with rows.unchanged():
        assert prepare(clerk, patient_id) == NOT_FOUND


def test_nobody_but_the_desk_promises_documents(anna: SignedIn, rows: Rows) -> None:
    with rows.unchanged():
        assert prepare(None, anna.patient_id) == SESSION_REQUIRED
        body = form(anna.patient_id)
        answer = call("prepare_document", "POST", "/api/desk/documents", body, cookie=anna.cookie)
        assert answer == SESSION_REQUIRED


def test_a_clerk_who_was_idle_for_too_long_promises_nothing(
    anna: SignedIn, clerk: Clerk, rows: Rows, clock: Clock
) -> None:
    clock.move(minutes=15)
    with rows.unchanged():
        assert prepare(clerk, anna.patient_id) == SESSION_REQUIRED
        assert prepare(clerk, "0" * 32) == SESSION_REQUIRED


_OTHER = "Проверьте это значение."
_SIZE = "file_size", "В файле должно быть от 1 байта до 10 МБ."


@pytest.mark.parametrize(
    "field, value, fault",
    [
        ("kind", "x_ray", ("literal_error", _OTHER)),
        ("file_name", "a.exe", ("file_name_pdf", "Имя файла должно кончаться на .pdf.")),
        (
            *("file_name", "../a.pdf"),
            ("file_name_characters", "В имени файла есть недопустимые знаки."),
        ),
        ("file_name", "a" * 97 + ".pdf", ("string_too_long", "Слишком длинное значение.")),
        ("size", 0, _SIZE),
        ("size", LARGEST + 1, _SIZE),
        ("size", "10", ("int_type", _OTHER)),
        ("sha256", "a" * 63, ("string_pattern_mismatch", _OTHER)),
    ],
)
@pytest.mark.usefixtures("rows")
def test_a_promise_that_cannot_be_kept_is_refused(
    anna: SignedIn, clerk: Clerk, field: str, value: object, fault: tuple[str, str]
) -> None:
    body = form(anna.patient_id) | {field: value}
    answer = call("prepare_document", "POST", "/api/desk/documents", body, cookie=clerk.cookie)
    assert answer == problem(422, "invalid_request", [(f"/{field}", *fault)])
    assert trail() == []


def test_a_field_of_its_own_is_refused(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    with rows.unchanged():
        answer = prepare(clerk, anna.patient_id, key="elsewhere")
    detail = "Такого поля здесь нет."
    assert answer == problem(422, "invalid_request", [("/key", "extra_forbidden", detail)])


# ---------------------------------------------------------------- the store in trouble


@pytest.mark.usefixtures("pauses")
def test_a_conflict_is_tried_again(anna: SignedIn, clerk: Clerk, wire: Wire) -> None:
    busy = cancelled("None", "None", "TransactionConflict", "None")
    wire.before("TransactWriteItems", busy, busy)
    assert prepare(clerk, anna.patient_id).status == 201


@pytest.mark.parametrize("planted", [timed_out, refused("InternalServerError", 500)])
def test_a_promise_that_was_not_written_is_no_promise(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, planted: Planted
) -> None:
    wire.before("TransactWriteItems", planted)
    with rows.unchanged():
        assert prepare(clerk, anna.patient_id) == TRY_AGAIN


def test_a_promise_whose_answer_was_lost_stands(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    wire.after("TransactWriteItems", timed_out)
    document_id = promised(clerk, anna.patient_id)
    assert document_in(rows, document_id) == Promise().item()
    assert len(trail()) == 1


def test_nothing_but_the_document_and_the_trail_is_written(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    before = but_desk(rows)
    document_id = promised(clerk, anna.patient_id)
    new = {key.sk for key in but_desk(rows).keys() - before.keys()}
    assert new == {f"DOCUMENT#{document_id}"}


def test_the_log_tells_no_file_name(
    anna: SignedIn, clerk: Clerk, log: list[dict[str, object]]
) -> None:
    prepare(clerk, anna.patient_id, file_name=f"{ANNA.person.last_name} кровь.pdf")
    assert "кровь" not in str(log)
