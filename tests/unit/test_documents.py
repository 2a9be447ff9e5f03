"""Documents: who may receive them, in which order that is refused, and which file is one (R11)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given, strategies as st
from pydantic import TypeAdapter, ValidationError

from shared import document_mails
from shared.accounts import Account, Profile, ProfileStatus
from shared.changes import DocumentDispatched
from shared.consents import Consent
from shared.document_views import FileName, FileSize, Sha256
from shared.documents import (
    LARGEST_FILE,
    Document,
    DocumentStatus,
    Standing,
    consent_to_send,
    file_refusal,
    is_document_id,
    new_document_id,
    patient_of,
)
from shared.errors import (
    AddressUnreachable,
    ConsentMissing,
    DocumentNotUploaded,
    DocumentRejected,
    NotFound,
    ProfileNotConfirmed,
    Refusal,
)
from shared.ids import PatientId
from shared.mail import Attachment
from tests.unit.builders import (
    ACCOUNT,
    ACCOUNT_ID,
    ANNA,
    BORIS,
    DOCUMENT,
    FILE,
    NOW,
    PATIENT,
    PATIENT_ID,
    STRANGER_ID,
)
from tests.unit.letters import SENDING, html_of, text_of

CONFIRMED = replace(ACCOUNT, profile=Profile("confirmed"))
CONSENT = Consent("7" * 32, PATIENT_ID, ACCOUNT_ID, ACCOUNT.email)
STANDING = Standing(PATIENT, CONSENT, (CONFIRMED,), has_paper=True, today=NOW.date())
NEVER_SIGNED = replace(STANDING, consent=None, has_paper=False, accounts=(ACCOUNT,))


def _refused(standing: Standing) -> type[Refusal] | None:
    try:
        consent_to_send(standing)
    except Refusal as refusal:
        return type(refusal)
    return None


def _with(account: Account, **changed: object) -> Standing:
    return replace(STANDING, accounts=(account,), **changed)  # type: ignore[arg-type]


# ------------------------------------------------------------------ who may receive


def test_a_document_goes_by_the_consent_in_force_to_the_confirmed_profile_it_names() -> None:
    assert consent_to_send(STANDING) == CONSENT


def test_the_last_day_of_the_policy_makes_no_difference() -> None:
    expired = replace(PATIENT, valid_until=NOW.date() - timedelta(days=1))
    assert _refused(replace(STANDING, patient=expired)) is None


@pytest.mark.parametrize("status", ["unconfirmed", "consent_received"])
def test_an_unconfirmed_profile_receives_nothing(status: ProfileStatus) -> None:
    assert _refused(_with(replace(ACCOUNT, profile=Profile(status)))) is ProfileNotConfirmed


def test_another_address_than_the_one_on_the_paper_receives_nothing() -> None:
    assert _refused(_with(replace(CONFIRMED, email="new@example.com"))) is ConsentMissing


def test_an_address_that_mail_came_back_from_receives_nothing() -> None:
    assert _refused(_with(replace(CONFIRMED, unreachable_since=NOW))) is AddressUnreachable


def test_an_account_that_is_gone_receives_nothing() -> None:
    assert _refused(replace(STANDING, accounts=())) is ConsentMissing


@pytest.mark.parametrize("profile", [Profile("confirmed"), Profile()], ids=["confirmed", "not"])
def test_an_account_that_may_no_longer_act_for_the_patient_receives_nothing(
    profile: Profile,
) -> None:
    alone = replace(PATIENT, guardians=frozenset())
    assert _refused(_with(replace(ACCOUNT, profile=profile), patient=alone)) is ConsentMissing


def test_a_parent_receives_documents_until_the_child_is_18() -> None:
    child = replace(ANNA, birth_date=date(2008, 11, 30))
    guarded = replace(PATIENT, person=child, guardians=frozenset(), holder=None)
    guarded = replace(guarded, child_guardians=frozenset({ACCOUNT_ID}))
    assert _refused(replace(STANDING, patient=guarded)) is None
    grown = replace(STANDING, patient=guarded, today=date(2026, 11, 30))
    assert _refused(grown) is ConsentMissing


def test_who_never_signed_a_consent_has_no_confirmed_profile() -> None:
    assert _refused(NEVER_SIGNED) is ProfileNotConfirmed
    assert _refused(replace(NEVER_SIGNED, accounts=())) is ProfileNotConfirmed


def test_who_withdrew_the_consent_lacks_it() -> None:
    assert _refused(replace(NEVER_SIGNED, has_paper=True)) is ConsentMissing


def test_a_confirmed_profile_without_this_patients_consent_lacks_it() -> None:
    assert _refused(replace(NEVER_SIGNED, accounts=(ACCOUNT, CONFIRMED))) is ConsentMissing


def test_a_strangers_confirmed_profile_makes_no_difference() -> None:
    stranger = replace(CONFIRMED, account_id=STRANGER_ID)
    assert _refused(replace(NEVER_SIGNED, accounts=(stranger,))) is ProfileNotConfirmed


@given(
    st.booleans(), st.sampled_from(["unconfirmed", "consent_received", "confirmed"]), st.booleans()
)
def test_nothing_goes_without_a_confirmed_profile_at_the_very_address_of_a_consent(
    is_guardian: bool,  # noqa: FBT001 - drawn
    status: ProfileStatus,
    is_same: bool,  # noqa: FBT001
) -> None:
    patient = PATIENT if is_guardian else replace(PATIENT, guardians=frozenset())
    email = ACCOUNT.email if is_same else "other@example.com"
    account = replace(ACCOUNT, email=email, profile=Profile(status))
    may = is_guardian and is_same and status == "confirmed"
    assert (_refused(_with(account, patient=patient)) is None) == may


# ------------------------------------------------------------------------- the file


@pytest.mark.parametrize(
    "status, refused",
    [
        ("promised", DocumentNotUploaded),
        ("rejected", DocumentRejected),
        ("stored", None),
        ("sending", None),
        ("sent", None),
    ],
)
def test_only_a_file_that_lies_ready_is_sent(
    status: DocumentStatus, refused: type[Refusal] | None
) -> None:
    refusal = file_refusal(replace(DOCUMENT, status=status), NOW)
    assert (type(refusal) if refusal else None) is refused


def _refused_at(now: datetime, status: DocumentStatus = "stored") -> type[Refusal] | None:
    refusal = file_refusal(replace(DOCUMENT, status=status), now)
    return type(refusal) if refusal else None


def test_a_file_whose_days_are_over_is_no_longer_there() -> None:
    assert _refused_at(DOCUMENT.kept_until - timedelta(seconds=1)) is None
    assert _refused_at(DOCUMENT.kept_until) is DocumentNotUploaded
    assert _refused_at(DOCUMENT.kept_until, "rejected") is DocumentRejected


def test_the_promised_pdf_is_known_by_its_size_its_sum_and_its_first_bytes() -> None:
    assert DOCUMENT.is_promised_file(FILE)
    assert not DOCUMENT.is_promised_file(b"")
    assert not DOCUMENT.is_promised_file(FILE + b" ")
    assert not DOCUMENT.is_promised_file(FILE[:-1] + b"!")
    assert not replace(DOCUMENT, size=len(FILE) + 1).is_promised_file(FILE)


@pytest.mark.parametrize("start", [b"", b"%PDF", b" %PDF-", b"<html>", b"MZ"])
def test_what_does_not_begin_as_a_pdf_is_none_whatever_was_promised(start: bytes) -> None:
    content = start + b"1.7 results"
    promised = _promise_of(content)
    assert promised.is_promised_file(content) == content.startswith(b"%PDF-")


def _promise_of(content: bytes) -> Document:
    return replace(DOCUMENT, size=len(content), sha256=sha256(content).hexdigest())


# --------------------------------------------------------------------------- names


def test_a_documents_id_says_whose_it_is() -> None:
    document_id = new_document_id(PATIENT_ID, "0123456789abcdef" * 2)
    assert document_id == f"{PATIENT_ID}.0123456789abcdef"
    assert patient_of(document_id) == PATIENT_ID
    assert is_document_id(document_id)


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "start-up-check", PATIENT_ID, f"{PATIENT_ID}.", f"{PATIENT_ID}.0123"),
        *(f"{PATIENT_ID}.0123456789ABCDEF", f"{PATIENT_ID}.0123456789abcdef\n"),
        f"x{PATIENT_ID}.0123456789abcdef",
    ],
)
def test_anything_else_is_no_documents_id(text: str) -> None:
    assert not is_document_id(text)
    with pytest.raises(NotFound):
        patient_of(text)


def test_a_document_of_a_misshapen_patient_is_of_nobody() -> None:
    with pytest.raises(NotFound):
        _ = replace(DOCUMENT, document_id=new_document_id(PatientId("a#b"), "0" * 16)).patient_id


# ------------------------------------------------------------------- what is typed


def _faults(kind: object, value: object) -> list[str]:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as refused:
        return [error["type"] for error in refused.errors()]
    return []


@pytest.mark.parametrize(
    "typed, read",
    [
        ("results.pdf", "results.pdf"),
        ("  Карта 2026.PDF ", "Карта 2026.PDF"),
        ("a" * 96 + ".pdf", "a" * 96 + ".pdf"),
        ("и\u0306.pdf", "й.pdf"),
    ],
)
def test_a_file_name_is_kept_as_typed(typed: str, read: str) -> None:
    assert TypeAdapter(FileName).validate_python(typed) == read


@pytest.mark.parametrize(
    "typed, code",
    [
        ("a" * 97 + ".pdf", "string_too_long"),
        ("", "file_name_pdf"),
        (".pdf", "file_name_pdf"),
        ("results", "file_name_pdf"),
        ("results.pdf.exe", "file_name_pdf"),
        ("../results.pdf", "file_name_characters"),
        ("a\\b.pdf", "file_name_characters"),
        ("a\nb.pdf", "file_name_characters"),
        ("a\x00.pdf", "file_name_characters"),
        ("fdp.\u202egod.pdf", "file_name_characters"),
        (7, "string_type"),
    ],
)
def test_a_name_that_is_no_pdfs_is_refused(typed: object, code: str) -> None:
    assert _faults(FileName, typed) == [code]


@pytest.mark.parametrize("size", [1, LARGEST_FILE])
def test_a_file_of_one_byte_and_one_of_ten_megabytes_are_taken(size: int) -> None:
    assert TypeAdapter(FileSize).validate_python(size) == size


@pytest.mark.parametrize(
    "size, code",
    [
        *((size, "file_size") for size in (0, -1, LARGEST_FILE + 1)),
        *((size, "int_type") for size in (1.0, "1", True, None)),
    ],
)
def test_any_other_size_is_refused(size: object, code: str) -> None:
    assert _faults(FileSize, size) == [code]


def test_a_sum_is_read_in_either_case() -> None:
    assert TypeAdapter(Sha256).validate_python("AB" * 32) == "ab" * 32


@pytest.mark.parametrize(
    "text", ["", "a" * 63, "a" * 65, "g" * 64, f"{'a' * 64}\n", f" {'a' * 63}"]
)
def test_anything_else_is_no_sum(text: str) -> None:
    assert _faults(Sha256, text) == ["string_pattern_mismatch"]


# ------------------------------------------------------------------------ the mail


def test_the_mail_says_neither_whose_document_it_is_nor_of_what_kind() -> None:
    mail = document_mails.mail_of(DocumentDispatched(SENDING, "anna@example.com"))
    subject = "Документ по Вашему запросу"
    paragraphs = [
        "К письму приложен документ, который Вы просили прислать по электронной почте.",
        (
            "Документы приходят на этот адрес по письменному согласию; отозвать его можно в "
            "регистратуре в любое время."
        ),
        "Если Вы не ждали документа, не открывайте его и позвоните в регистратуру.",
    ]
    assert (mail.key, mail.to) == (f"document#{'4' * 32}", "anna@example.com")
    assert (mail.subject, mail.text) == (subject, text_of(paragraphs))
    assert mail.html == html_of(subject, paragraphs)
    assert mail.attachments == (Attachment("document.pdf", "application/pdf", SENDING),)
    said = mail.subject + mail.text + mail.html
    told = [ANNA.last_name, BORIS.last_name, DOCUMENT.file_name, "кровь", "анализ", "карт"]
    assert [one for one in told if one in said] == []
