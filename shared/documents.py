"""Documents: PDFs that the desk promises, uploads and has mailed to confirmed profiles (R11)."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shared.accounts import Account
from shared.consents import Consent, names
from shared.errors import (
    AddressUnreachable,
    ConsentMissing,
    DocumentNotUploaded,
    DocumentRejected,
    NotFound,
    ProfileNotConfirmed,
    Refusal,
)
from shared.ids import DocumentId, PatientId
from shared.patients import Patient

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""
MEDIA_TYPE = "application/pdf"
UPLOAD_LIFETIME = timedelta(minutes=15)
"""How long a promised file may be uploaded."""

_FIRST_BYTES = b"%PDF-"
"""ISO 32000-2, 7.5.2; a file that begins with anything else is not taken."""
_DOCUMENT_ID = re.compile(r"([0-9a-f]{32})\.[0-9a-f]{16}", re.ASCII)

DocumentKind = Literal["test_results", "outpatient_card"]
DocumentStatus = Literal["promised", "stored", "rejected", "sending", "sent"]
"""The file is awaited, lies ready, was none or is lost, is called for, has been mailed."""


@dataclass(frozen=True)
class Document:
    """One PDF of a patient, as the desk promised it."""

    document_id: DocumentId
    kind: DocumentKind
    file_name: str
    """What the desk calls it; no mail says it."""
    size: int
    """Bytes, 1..LARGEST_FILE."""
    sha256: str
    """64 lower-case hexadecimal digits."""
    offered_at: datetime
    kept_until: datetime
    """Until then the file surely lies where it was uploaded."""
    status: DocumentStatus = "promised"
    dispatch_id: str | None = None
    """The sending that is under way, or that was the last."""
    refusal: str | None = None
    """The code of what kept the last sending from being mailed."""
    sent_at: datetime | None = None

    @property
    def patient_id(self) -> PatientId:
        """The patient whose document it is."""
        return patient_of(self.document_id)

    def is_promised_file(self, content: bytes) -> bool:
        """Tell whether this is the very PDF that was promised."""
        return (
            len(content) == self.size
            and content.startswith(_FIRST_BYTES)
            and hashlib.sha256(content).hexdigest() == self.sha256
        )


@dataclass(frozen=True)
class Upload:
    """How a promised file is uploaded: one request, which has to carry these headers."""

    method: Literal["PUT"]
    url: str
    headers: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class Standing:
    """All that decides whether a patient's documents may be mailed, as it stands on a day."""

    patient: Patient
    consent: Consent | None
    """The one in force."""
    accounts: tuple[Account, ...]
    """The account that the consent names; without a consent, those that may act for the patient."""
    has_paper: bool
    """A consent was brought once, whatever became of it."""
    today: date


def new_document_id(patient_id: PatientId, drawn: str) -> DocumentId:
    """Return the id of a new document; `drawn` are at least 16 hexadecimal digits."""
    return DocumentId(f"{patient_id}.{drawn[:16]}")


def is_document_id(text: str) -> bool:
    """Tell whether a document may be called so."""
    return _DOCUMENT_ID.fullmatch(text) is not None


def patient_of(document_id: str) -> PatientId:
    """Return whose document it is. Raises NotFound for anything that no document is called."""
    found = _DOCUMENT_ID.fullmatch(document_id)
    if found is None:
        raise NotFound
    return PatientId(found[1])


def consent_to_send(standing: Standing) -> Consent:
    """Return the consent by which the patient's documents may be mailed now (R11).

    They go to a confirmed profile, at the very address that the consent in force names, and only
    while that account may act for the patient. The policy's last day makes no difference. Raises
    ProfileNotConfirmed, ConsentMissing, AddressUnreachable.
    """
    consent = standing.consent
    if consent is None:
        raise ConsentMissing if _had_consent(standing) else ProfileNotConfirmed
    account = next((one for one in standing.accounts if one.account_id == consent.account_id), None)
    if account is None or not standing.patient.is_guarded_by(consent.account_id, standing.today):
        raise ConsentMissing
    if account.profile.status != "confirmed":
        raise ProfileNotConfirmed
    if not names(consent, account):
        raise ConsentMissing
    if account.unreachable_since is not None:
        raise AddressUnreachable
    return consent


def _had_consent(standing: Standing) -> bool:
    """Tell whether it is this patient's consent that is missing, rather than all of R11."""
    return standing.has_paper or any(
        account.profile.status == "confirmed"
        and standing.patient.is_guarded_by(account.account_id, standing.today)
        for account in standing.accounts
    )


def file_refusal(document: Document, now: datetime) -> Refusal | None:
    """Say why there is no file to be mailed; None where there is one."""
    if document.status == "rejected":
        return DocumentRejected()
    if document.status == "promised" or now >= document.kept_until:
        return DocumentNotUploaded()
    return None
