"""What the model expects to be shown: the contract's answers, whole."""

from collections.abc import Iterable
from typing import Any

from shared.patients import Person
from tests.model.desk import WholeClinic
from tests.model.facts import ZONE, Account, Claim, Patient, Ticket
from tests.model.schedule import next_release, why_offline, window_of

PHONE = "+7 (000) 000-00-00"
View = dict[str, Any]


def ticket_view(clinic: WholeClinic, ticket: Ticket) -> View:
    """Show a ticket with the doctor that its district has now."""
    place = ticket.place
    doctor = clinic.districts[place.district_id].doctor or (None, None)
    return {
        "ticket_id": ticket.ticket_id,
        "slot_id": place.slot_id,
        "patient_id": ticket.patient_id,
        "district_id": place.district_id,
        "doctor_name": doctor[0],
        "room": doctor[1],
        "starts_at": place.starts_at(ZONE).astimezone(ZONE).isoformat(),
        "status": ticket.status,
    }


def tickets_view(clinic: WholeClinic, account: Account) -> View:
    """Show the tickets of all whom the account may act for."""
    own = [
        ticket
        for ticket in clinic.tickets
        if clinic.patients[ticket.patient_id].may_act(account.account_id, clinic.today)
    ]
    own.sort(key=lambda ticket: (ticket.place.starts_at(ZONE), ticket.ticket_id))
    upcoming = [one for one in own if one.is_upcoming(clinic.now)]
    past = [one for one in reversed(own) if not one.is_upcoming(clinic.now)]
    return {
        "upcoming": [ticket_view(clinic, one) for one in upcoming],
        "past": [ticket_view(clinic, one) for one in past],
    }


def person_view(person: Person) -> View:
    """Show a person as somebody typed them."""
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": str(person.birth_date),
    }


def account_view(clinic: WholeClinic, account: Account) -> View:
    """Show an account with its listed members, the holder first."""
    claimed = [
        (patient, patient.claims[account.account_id])
        for _, patient in sorted(clinic.patients.items())
        if account.account_id in patient.claims
    ]
    claimed.sort(key=lambda one: one[1].relation != "self")
    listed = [
        (patient, claim)
        for patient, claim in claimed
        if claim.relation == "self" or patient.may_act(account.account_id, clinic.today)
    ]
    return {
        "account_id": account.account_id,
        "email": account.email,
        "address_unreachable": False,
        "profile": profile_view(account),
        "family": [_member_view(clinic, account, *one) for one in listed],
    }


def guardians_view(clinic: WholeClinic, account: Account) -> View:
    """Show which other accounts may act for the holder, by their own holders' typed names."""
    guardians = clinic.patients[account.holder_id].guardians
    if account.account_id not in guardians:
        return {"guardians": []}
    others = [clinic.accounts[one] for one in sorted(guardians - {account.account_id})]
    names = [clinic.patients[one.holder_id].claims[one.account_id].person for one in others]
    shown = [
        {"guardian_id": one.account_id, **person_view(person)}
        for one, person in zip(others, names, strict=True)
    ]
    for one in shown:
        del one["birth_date"]
    return {"guardians": shown}


def profile_view(account: Account) -> View:
    """Show whether documents may be mailed, or by when the desk confirms."""
    return {"status": account.profile, "due_on": str(account.due_on) if account.due_on else None}


def _member_view(clinic: WholeClinic, account: Account, patient: Patient, claim: Claim) -> View:
    has_say = patient.may_act(account.account_id, clinic.today)
    ticket = patient.upcoming(clinic.now) if has_say else None
    district = clinic.districts.get(patient.district_id or "") if has_say else None
    seen = (
        {
            "district_id": district.district_id,
            "kind": district.kind,
            "name": district.name,
            "doctor_name": district.doctor[0] if district.doctor else None,
        }
        if district
        else None
    )
    return {
        "patient_id": patient.patient_id,
        "relation": claim.relation,
        **person_view(claim.person),
        "attached": has_say and patient.district_id is not None,
        "district": seen,
        "ticket": ticket_view(clinic, ticket) if ticket else None,
    }


def slots_view(clinic: WholeClinic, account: Account, patient: Patient) -> View:
    """Show a patient's times, or say why there are none (R6, R7, R10)."""
    has_say = patient.may_act(account.account_id, clinic.today)
    district = clinic.districts.get(patient.district_id or "") if has_say else None
    doctor = (district.doctor if district else None) or (None, None)
    reason = why_offline(district, clinic.now) if district else "not_attached"
    at = next_release(district, clinic.now) if district and not reason else None
    return {
        "patient_id": patient.patient_id,
        "district_id": district.district_id if district else None,
        "doctor_name": doctor[0],
        "room": doctor[1],
        "online": reason is None,
        "reason": reason,
        "registry_phone": PHONE,
        "next_release_at": at.isoformat() if at else None,
        "days": list(_days(clinic, district.district_id)) if district and not reason else [],
    }


def _days(clinic: WholeClinic, district_id: str) -> Iterable[View]:
    for day in window_of(clinic.now):
        shown = [
            slot
            for slot in clinic.schedule.of_day(district_id, day)
            if slot.place.ordinal
            and slot.status != "withdrawn"
            and not slot.has_begun(clinic.now)
            and not clinic.districts[district_id].is_absent_on(day)
        ]
        shown.sort(key=lambda slot: slot.place.starts_at(ZONE))
        if shown:
            yield {
                "date": str(day),
                "slots": [
                    {
                        "slot_id": slot.place.slot_id,
                        "starts_at": slot.place.starts_at(ZONE).astimezone(ZONE).isoformat(),
                        "free": slot.status == "free",
                    }
                    for slot in shown
                ],
            }
