"""All that is held about an account, whole; what is nobody's to have is not in it."""

from dataclasses import replace
from datetime import date, timedelta

from shared.accounts import Household, Invitation, Member, Profile, Session, SessionKey
from shared.consents import Paper
from shared.export_views import ExportView, Held
from shared.ids import PatientId
from shared.patients import Patient
from tests.unit.builders import (
    ACCOUNT,
    ACCOUNT_ID,
    BORIS,
    CLAIM,
    DISTRICT,
    MEMBER,
    NOW,
    PATIENT,
    PATIENT_ID,
    STRANGER_ID,
    TICKET,
)

DISTRICTS = {DISTRICT.district_id: DISTRICT}
DIGEST = "0123456789" * 6
HELD = replace(
    ACCOUNT, profile=Profile("confirmed", date(2026, 12, 2)), unreachable_since=NOW, revision="Щъ77"
)
BORIS_ID = PatientId("9" * 32)
INVITED = replace(
    CLAIM,
    patient_id=BORIS_ID,
    relation="relative",
    person=BORIS,
    policy_last4="9990",
    claimed_on=date(2026, 11, 28),
    invitation=Invitation("8" * 32, NOW + timedelta(days=6)),
)
UNLISTED = Member(
    INVITED,
    Patient(
        BORIS_ID,
        person=BORIS,
        policy_last4="9990",
        district_id=DISTRICT.district_id,
        valid_until=date(2027, 1, 1),
        holder=STRANGER_ID,
        claimants=frozenset({ACCOUNT_ID, STRANGER_ID}),
        guardians=frozenset({STRANGER_ID}),
        ticket=TICKET,
    ),
    NOW.date(),
)
LISTED = replace(MEMBER, patient=replace(PATIENT, valid_until=date(2027, 6, 30)))
SESSION = Session(
    SessionKey(ACCOUNT_ID, DIGEST), NOW + timedelta(hours=12), NOW + timedelta(minutes=30)
)
PAPER = Paper("7" * 32, PATIENT_ID, "С-17/2026", date(2026, 11, 20), "2026-01", date(2026, 11, 27))
ENDED = replace(TICKET, starts_at=NOW - timedelta(days=30), status="arrived", sequence=2)

TICKET_SHOWN = {
    "ticket_id": f"{PATIENT_ID}.0123456789abcdef",
    "slot_id": "a1.2026-11-30.1.0920",
    "patient_id": PATIENT_ID,
    "district_id": "a1",
    "doctor_name": "Смирнова Ольга Ивановна",
    "room": "214",
    "starts_at": "2026-10-30T12:00:00+03:00",
    "status": "arrived",
}


def _exported() -> ExportView:
    household = Household(HELD, (LISTED, UNLISTED))
    return ExportView.of(household, Held([PAPER], [ENDED, ENDED], [SESSION]), DISTRICTS, NOW)


def test_everything_is_taken_away_with_what_was_typed_of_persons_who_are_not_listed() -> None:
    typed_of_anna = {
        "relation": "self",
        "last_name": "Иванова",
        "first_name": "Анна",
        "middle_name": "Сергеевна",
        "birth_date": "1985-03-27",
        "policy_last4": "0017",
    }
    assert _exported().model_dump(mode="json") == {
        "exported_at": "2026-11-29T12:00:00+03:00",
        "account": {
            "account_id": ACCOUNT_ID,
            "email": "anna@example.com",
            "address_unreachable": True,
            "profile": {"status": "confirmed", "due_on": "2026-12-02"},
            "family": [
                {
                    **typed_of_anna,
                    "patient_id": PATIENT_ID,
                    "attached": True,
                    "district": {
                        "district_id": "a1",
                        "kind": "adult",
                        "name": "Участок № 1",
                        "doctor_name": "Смирнова Ольга Ивановна",
                    },
                    "ticket": None,
                }
            ],
        },
        "address_unreachable_since": "2026-11-29T12:00:00+03:00",
        "asked_email": None,
        "typed": [
            {
                **typed_of_anna,
                "patient_id": PATIENT_ID,
                "typed_on": "2026-11-01",
                "policy_valid_until": "2027-06-30",
            },
            {
                "patient_id": "9" * 32,
                "relation": "relative",
                "last_name": "Петров",
                "first_name": "Борис",
                "middle_name": None,
                "birth_date": "1959-09-03",
                "policy_last4": "9990",
                "typed_on": "2026-11-28",
                "policy_valid_until": None,
            },
        ],
        "consents": [
            {
                "patient_id": PATIENT_ID,
                "document_number": "С-17/2026",
                "signed_on": "2026-11-20",
                "text_version": "2026-01",
                "received_on": "2026-11-27",
            }
        ],
        "tickets": {"upcoming": [], "past": [TICKET_SHOWN]},
        "sessions": [
            {"idle_at": "2026-11-29T12:30:00+03:00", "expires_at": "2026-11-30T00:00:00+03:00"}
        ],
    }


def test_neither_the_passwords_hash_nor_a_sessions_key_is_taken_away() -> None:
    written = _exported().model_dump_json()
    secrets = [HELD.password_hash, HELD.revision, DIGEST, "8" * 32, PAPER.consent_id]
    assert [secret for secret in secrets if secret in written] == []


def test_of_a_person_whose_data_do_not_match_the_register_gives_nothing_away() -> None:
    written = _exported().model_dump_json()
    assert "2027-01-01" not in written
    assert STRANGER_ID not in written


def test_an_account_that_is_reached_and_has_nothing_exports_that() -> None:
    exported = ExportView.of(Household(ACCOUNT, (MEMBER,)), Held([], [], []), DISTRICTS, NOW)
    shown = exported.model_dump(mode="json")
    assert (shown["address_unreachable_since"], shown["sessions"]) == (None, [])
    assert shown["tickets"] == {"upcoming": [], "past": []}
    assert shown["consents"] == []
    assert [typed["policy_valid_until"] for typed in shown["typed"]] == [None]
