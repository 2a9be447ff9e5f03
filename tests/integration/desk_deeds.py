"""Everything that the desk can do, each thing once and right in every respect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from shared import keys
from tests.integration.answers import Answer, call
from tests.integration.clinic import (
    ANNA,
    BORIS,
    SLOT,
    Citizen,
    SignedIn,
    attach,
    open_account,
    open_district,
    publish,
    take,
)
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk
from tests.integration.desk_documents import PDF, empty_bucket, form, stored, upload
from tests.integration.desk_profiles import PAPER, confirm, record
from tests.integration.rows import Rows
from tests.integration.worlds import built_once

_NOTHING = "0" * 32
_CSV = (
    "policy_number,policy_series,last_name,first_name,middle_name,birth_date,"
    "district_id,policy_valid_until\n"
    f"{BORIS.number},,Борисов,Борис,,1980-01-31,a1,\n"
)
_DISTRICT: dict[str, object] = {"name": "Участок", "kind": "adult", "doctor": None, "hours": {}}
_ABSENCE = {"from": "2026-11-24", "to": "2026-11-24", "reason": "болезнь"}
_AT = "2026-11-24T18:40:00+03:00"


@dataclass(frozen=True)
class Scene:
    """A clinic in which everything can be done: who is there, and what is called how."""

    clerk: Clerk
    anna: SignedIn
    """She has an account and a confirmed profile; Boris has an account and a ticket."""
    patient_id: str
    account_id: str
    district_id: str
    ticket_id: str
    document_id: str

    def of_nothing(self) -> "Scene":
        """Return the scene with well-formed names of nothing."""
        return replace(
            self,
            patient_id=_NOTHING,
            account_id=_NOTHING,
            district_id="z9",
            ticket_id=f"{_NOTHING}.{_NOTHING[:16]}",
            document_id=f"{_NOTHING}.{_NOTHING[:16]}",
        )


def set_up(rows: Rows, clock: Clock) -> Scene:
    """Make the clinic, and forget what the trail told of that."""
    scene = built_once(__name__, lambda: _build(rows), rows, clock)
    empty_bucket()
    upload(scene.document_id, PDF)
    return scene


def _build(rows: Rows) -> Scene:
    open_district()
    for citizen in (ANNA, BORIS):
        attach(citizen)
    publish(SLOT)
    anna, boris = open_account(ANNA), open_account(BORIS)
    clerk = open_desk()
    for who, citizen in ((anna, ANNA), (boris, BORIS)):
        assert record(clerk, who.patient_id, citizen.email).status == 201
    assert confirm(clerk, anna.account_id).status == 200
    empty_bucket()
    ticket_id, document_id = take(boris, SLOT), stored(clerk, anna.patient_id)
    for key in rows.everything():
        if keys.kind(key.pk) == "AUDIT":
            rows.remove(key)
    return Scene(clerk, anna, anna.patient_id, anna.account_id, "a1", ticket_id, document_id)


@dataclass(frozen=True)
class Deed:
    """One request, and what the audit trail has to tell of it."""

    method: str
    path: str
    body: object = None
    patients: tuple[Citizen, ...] = ()
    about: str | None = None
    """Or the name of the answer's field that says it, such as `.ticket_id`."""
    query: Mapping[str, str] | None = None
    media_type: str = "application/json"
    transactions: int = 1
    """How many it takes; each has its entry."""


def _district(scene: Scene, method: str, end: str = "", body: object = None) -> Deed:
    path = f"/api/desk/districts/{scene.district_id}{end}"
    return Deed(method, path, body, about=scene.district_id)


def _ticket(scene: Scene, method: str, end: str = "", body: object = None) -> Deed:
    path = f"/api/desk/tickets/{scene.ticket_id}{end}"
    return Deed(method, path, body, (BORIS,), scene.ticket_id)


def _of_anna(method: str, path: str, body: object = None, about: str | None = None) -> Deed:
    return Deed(method, f"/api/desk/{path}", body, (ANNA,), about)


DEEDS: dict[str, Callable[[Scene], Deed]] = {
    "change_district": lambda scene: _district(scene, "PUT", body=_DISTRICT),
    "declare_absence": lambda scene: replace(
        _district(scene, "PUT", "/absences", _ABSENCE), transactions=2
    ),
    "take_back_absence": lambda scene: _district(scene, "DELETE", "/absences/2026-11-24"),
    "import_patients": lambda _: Deed(
        "PUT", "/api/desk/patients", _CSV, (BORIS,), media_type="text/csv"
    ),
    "search_patients": lambda _: _of_anna(
        "POST", "patients/search", {"policy_number": ANNA.number}
    ),
    "list_grown_children": lambda _: Deed("GET", "/api/desk/patients/grown-children"),
    "list_day": lambda _: Deed(
        "GET", "/api/desk/days/2026-11-24", patients=(BORIS,), about="2026-11-24"
    ),
    "give_ticket": lambda scene: _of_anna(
        "POST", "tickets", {"patient_id": scene.patient_id, "starts_at": _AT}, ".ticket_id"
    ),
    "take_back_ticket": lambda scene: _ticket(scene, "DELETE"),
    "note_outcome": lambda scene: _ticket(scene, "POST", "/outcome", {"outcome": "arrived"}),
    "record_consent": lambda scene: _of_anna(
        "POST",
        "consents",
        {"patient_id": scene.patient_id, "email": ANNA.email, **PAPER, "document_number": "2"},
        scene.account_id,
    ),
    "withdraw_consent": lambda scene: _of_anna(
        "DELETE", f"consents/{scene.patient_id}", about=scene.account_id
    ),
    "list_profiles": lambda _: Deed(
        "GET", "/api/desk/profiles", patients=(BORIS,), query={"status": "consent_received"}
    ),
    "confirm_profile": lambda scene: _of_anna(
        "POST", f"profiles/{scene.account_id}/confirm", about=scene.account_id
    ),
    "prepare_document": lambda scene: _of_anna(
        "POST", "documents", form(scene.patient_id), ".document_id"
    ),
    "send_document": lambda scene: _of_anna(
        "POST", f"documents/{scene.document_id}/send", about=scene.document_id
    ),
}
"""By the functions' names: all that the audit trail tells of, but signing in."""


def do(
    scene: Scene, operation: str, cookie: str | None = "", headers: Mapping[str, str] | None = None
) -> Answer:
    """Do a deed, as the scene's clerk unless another cookie is told."""
    deed = DEEDS[operation](scene)
    return call(
        operation,
        deed.method,
        deed.path,
        deed.body,
        cookie=scene.clerk.cookie if cookie == "" else cookie,
        query=deed.query,
        headers={"content-type": deed.media_type, **(headers or {})},
    )
