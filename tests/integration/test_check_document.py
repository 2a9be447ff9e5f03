"""Events of S3: what was promised is kept, and everything else is deleted."""

import pytest

from shared.errors import TryAgain
from tests.integration.clinic import SignedIn
from tests.integration.desk import Clerk, open_desk
from tests.integration.desk_documents import (
    FORGED,
    PDF,
    Promise,
    check,
    document_in,
    empty_bucket,
    key_of,
    promised,
    status_of,
    stored,
    upload,
    uploaded,
)
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations, refused, timed_out

HTML = b"<html>not what it says</html>"


@pytest.fixture(autouse=True)
def bucket() -> None:
    empty_bucket()


@pytest.fixture
def clerk() -> Clerk:
    return open_desk()


# ---------------------------------------------------------------------- what it does


def test_the_promised_file_is_kept(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    document_id = stored(clerk, anna.patient_id)
    assert document_in(rows, document_id) == Promise(status="stored").item()
    assert uploaded(document_id) == PDF


@pytest.mark.parametrize(
    "content", [b"", PDF[:-1], PDF + b"\n", FORGED], ids=["empty", "shorter", "longer", "another"]
)
def test_another_file_is_deleted_and_the_document_rejected(
    anna: SignedIn, clerk: Clerk, rows: Rows, content: bytes
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id, content)
    check(document_id)
    assert document_in(rows, document_id) == Promise(status="rejected").item()
    assert uploaded(document_id) is None


def test_a_file_that_is_no_pdf_is_deleted_though_it_was_promised(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = stored(clerk, anna.patient_id, HTML)
    assert document_in(rows, document_id) == Promise(HTML, "rejected").item()
    assert uploaded(document_id) is None


def test_a_good_file_costs_two_requests_of_the_table_and_one_of_the_files(
    anna: SignedIn, clerk: Clerk, wire: Wire
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id)
    with wire.listening() as heard:
        check(document_id)
    assert operations(heard) == ["GetItem", "GetObject", "UpdateItem"]


# ------------------------------------------------------------------- twice and late


def test_the_news_may_come_twice(anna: SignedIn, clerk: Clerk, rows: Rows) -> None:
    document_id = stored(clerk, anna.patient_id)
    with rows.unchanged():
        check(document_id)
    assert uploaded(document_id) == PDF


@pytest.mark.parametrize("status", ["stored", "sending", "sent"])
def test_late_news_leaves_a_document_as_it_is(
    anna: SignedIn, clerk: Clerk, rows: Rows, status: str
) -> None:
    document_id = stored(clerk, anna.patient_id)
    rows.change(key_of(document_id), document_status=status)
    with rows.unchanged():
        check(document_id)
    assert uploaded(document_id) == PDF


def test_news_of_a_file_that_is_gone_again_changes_nothing(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = promised(clerk, anna.patient_id)
    with rows.unchanged():
        check(document_id)


def test_a_file_that_comes_for_a_rejected_document_is_deleted(
    anna: SignedIn, clerk: Clerk, rows: Rows
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id, FORGED)
    check(document_id)
    upload(document_id)
    with rows.unchanged():
        check(document_id)
    assert uploaded(document_id) is None


def test_who_has_looked_meanwhile_is_believed(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id)
    wire.before("UpdateItem", lambda: rows.change(key_of(document_id), document_status="sending"))
    check(document_id)
    assert status_of(document_id) == "sending"


# ----------------------------------------------------------------- nobody's files


@pytest.mark.parametrize("key", ["Иванова.pdf", "a/b/c", "PATIENT#1", "x" * 900])
def test_a_file_that_is_called_as_no_document_is_deleted_and_not_named(
    key: str, rows: Rows, log: list[dict[str, object]]
) -> None:
    upload(key)
    with rows.unchanged():
        check(key)
    assert uploaded(key) is None
    assert [(line["message"], line.get("document_id")) for line in log] == [
        ("unexpected file deleted", None)
    ]


def test_a_file_that_nobody_promised_is_deleted_and_logged_by_its_id(
    anna: SignedIn, rows: Rows, log: list[dict[str, object]]
) -> None:
    key = f"{anna.patient_id}.{'0' * 16}"
    upload(key)
    with rows.unchanged():
        check(key)
    assert uploaded(key) is None
    assert [line["document_id"] for line in log] == [key]


def test_the_log_says_what_became_of_a_file_by_its_id(
    anna: SignedIn, clerk: Clerk, log: list[dict[str, object]]
) -> None:
    document_id = stored(clerk, anna.patient_id)
    told = log[-1]
    assert (told["message"], told["document_id"], told["status"]) == (
        "file examined",
        document_id,
        "stored",
    )


# --------------------------------------------------------------- S3 is in trouble


@pytest.mark.parametrize(
    "planted",
    [timed_out, refused("SlowDown", 503), refused("InternalError", 500)],
    ids=["silent", "slow", "broken"],
)
def test_a_file_that_cannot_be_looked_at_now_is_looked_at_later(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire, planted: object
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id)
    wire.before("GetObject", planted)  # type: ignore[arg-type]
    with rows.unchanged(), pytest.raises(TryAgain):
        check(document_id)
    check(document_id)
    assert status_of(document_id) == "stored"


def test_a_bad_file_that_could_not_be_deleted_is_deleted_later(
    anna: SignedIn, clerk: Clerk, rows: Rows, wire: Wire
) -> None:
    document_id = promised(clerk, anna.patient_id)
    upload(document_id, FORGED)
    wire.before("DeleteObject", refused("InternalError", 500))
    with rows.unchanged(), pytest.raises(TryAgain):
        check(document_id)
    check(document_id)
    assert (status_of(document_id), uploaded(document_id)) == ("rejected", None)
