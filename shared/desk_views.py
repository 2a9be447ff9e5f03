"""What the desk's answers look like: sessions, districts, days and tickets."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.accounts import DeskSessionKey
from shared.days import Declared, DistrictDay
from shared.districts import District, Kind, Weekday
from shared.ids import DeskLogin, DistrictId, PatientId, SlotId, TicketId
from shared.patients import Patient
from shared.settings import settings
from shared.tickets import TicketStatus


class DeskSessionView(BaseModel):
    """Answer of `POST /api/desk/sessions`."""

    login: DeskLogin
    expires_at: datetime
    """The end in all; without use it comes sooner."""

    @classmethod
    def opened(cls, login: DeskLogin, now: datetime) -> "DeskSessionView":
        """Show a session that was opened now."""
        return cls(
            login=login, expires_at=(now + DeskSessionKey.LIFETIME).astimezone(settings().zone)
        )


class DoctorView(BaseModel):
    """A district's permanent doctor."""

    name: str
    room: str


class AbsenceView(BaseModel):
    """Days on which the doctor sees nobody, both ends included."""

    model_config = ConfigDict(serialize_by_alias=True)

    first_on: date = Field(serialization_alias="from")
    last_on: date = Field(serialization_alias="to")
    reason: str


class DeskDistrictView(BaseModel):
    """A district as the desk keeps it."""

    district_id: DistrictId
    name: str
    kind: Kind
    doctor: DoctorView | None
    hours: dict[Weekday, list[str]]
    absences: list[AbsenceView]

    @classmethod
    def of(cls, district: District) -> "DeskDistrictView":
        """Show a district; its hours are clinic times such as `09:20`."""
        doctor = district.doctor
        return cls(
            district_id=district.district_id,
            name=district.name,
            kind=district.kind,
            doctor=DoctorView(name=doctor.name, room=doctor.room) if doctor else None,
            hours={day: [f"{at:%H:%M}" for at in hours] for day, hours in district.hours.items()},
            absences=[
                AbsenceView(first_on=away.first_on, last_on=away.last_on, reason=away.reason)
                for away in district.absences
            ],
        )


class DistrictsView(BaseModel):
    """Answer of `GET /api/desk/districts`."""

    districts: list[DeskDistrictView]


class PersonView(BaseModel):
    """A patient as the register knows them."""

    patient_id: PatientId
    last_name: str | None
    first_name: str | None
    middle_name: str | None
    birth_date: date | None
    policy_last4: str | None

    @classmethod
    def of(cls, patient: Patient) -> "PersonView":
        """Show a patient; one whom the register does not know has no name."""
        person = patient.person
        return cls(
            patient_id=patient.patient_id,
            last_name=person.last_name if person else None,
            first_name=person.first_name if person else None,
            middle_name=person.middle_name if person else None,
            birth_date=person.birth_date if person else None,
            policy_last4=patient.policy_last4,
        )


class AbsenceDeclaredView(BaseModel):
    """Answer of `PUT /api/desk/districts/{district_id}/absences`."""

    withdrawn_slots: int
    """Slots of the absence's days that are offered no more, those with tickets included."""
    notified_patients: int
    """Patients whose tickets were cancelled and who are told by mail."""
    to_be_called: list[PersonView]
    """Patients whose tickets were cancelled and whom no mail tells."""

    @classmethod
    def of(cls, declared: Declared) -> "AbsenceDeclaredView":
        """Show what an absence has done."""
        return cls(
            withdrawn_slots=declared.withdrawn_slots,
            notified_patients=len(declared.notified),
            to_be_called=[PersonView.of(patient) for patient in declared.to_be_called],
        )


class HoldingView(BaseModel):
    """A ticket of the day, and who holds it."""

    ticket_id: TicketId
    slot_id: SlotId
    starts_at: datetime
    status: TicketStatus
    beyond_cap: bool
    """The desk gave the time; it was not published."""
    patient: PersonView


class DistrictDayView(BaseModel):
    """One district's day."""

    district_id: DistrictId
    name: str
    kind: Kind
    doctor_name: str | None
    room: str | None
    absent: bool
    tickets: list[HoldingView]
    free: list[datetime]
    """Published times that nobody holds."""


class ClinicDayView(BaseModel):
    """Answer of `GET /api/desk/days/{day}`."""

    model_config = ConfigDict(serialize_by_alias=True)

    day: date = Field(serialization_alias="date")
    districts: list[DistrictDayView]

    @classmethod
    def of(cls, day: date, known: Iterable[DistrictDay]) -> "ClinicDayView":
        """Show a day."""
        return cls(day=day, districts=[_district_day(day, one) for one in known])


def _district_day(day: date, one: DistrictDay) -> DistrictDayView:
    doctor, zone = one.district.doctor, settings().zone
    return DistrictDayView(
        district_id=one.district.district_id,
        name=one.district.name,
        kind=one.district.kind,
        doctor_name=doctor.name if doctor else None,
        room=doctor.room if doctor else None,
        absent=one.district.is_absent_on(day),
        tickets=[
            HoldingView(
                ticket_id=holding.ticket.ticket_id,
                slot_id=holding.ticket.slot_id,
                starts_at=holding.ticket.starts_at.astimezone(zone),
                status=holding.ticket.status,
                beyond_cap=holding.ticket.place.is_given_by_desk,
                patient=PersonView.of(holding.patient),
            )
            for holding in one.holdings
        ],
        free=[slot.starts_at.astimezone(zone) for slot in one.slots if slot.status == "free"],
    )
