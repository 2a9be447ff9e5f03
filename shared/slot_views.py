"""What the contract's list of slots looks like, and why it may be empty."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby

from pydantic import BaseModel

from shared.districts import District
from shared.ids import DistrictId, PatientId, SlotId
from shared.publishing import WhyOffline, next_release
from shared.settings import settings
from shared.tickets import Slot


class SlotView(BaseModel):
    """One published time."""

    slot_id: SlotId
    starts_at: datetime
    free: bool


class DayView(BaseModel):
    """The published times of one day."""

    date: date
    slots: list[SlotView]


class SlotsView(BaseModel):
    """Answer of `GET /api/slots`."""

    patient_id: PatientId
    district_id: DistrictId | None
    doctor_name: str | None
    room: str | None
    online: bool
    reason: WhyOffline | None
    registry_phone: str
    next_release_at: datetime | None
    days: list[DayView]

    @classmethod
    def offline(
        cls, patient_id: PatientId, district: District | None, reason: WhyOffline
    ) -> "SlotsView":
        """Say why nothing can be booked online, and whom to call instead (R6, R10)."""
        doctor = district.doctor if district else None
        return cls(
            patient_id=patient_id,
            district_id=district.district_id if district else None,
            doctor_name=doctor.name if doctor else None,
            room=doctor.room if doctor else None,
            online=False,
            reason=reason,
            registry_phone=settings().registry_phone,
            next_release_at=None,
            days=[],
        )

    @classmethod
    def of(
        cls, patient_id: PatientId, district: District, slots: Iterable[Slot], now: datetime
    ) -> "SlotsView":
        """Show the district's upcoming slots by day, but none withdrawn or of an absent doctor.

        What the desk gave was never published, and is nobody else's business.
        """
        clinic = settings()
        release_at = next_release(
            district, now, clinic.horizon_days, clinic.release_hour, clinic.zone
        )
        doctor = district.doctor
        return cls(
            patient_id=patient_id,
            district_id=district.district_id,
            doctor_name=doctor.name if doctor else None,
            room=doctor.room if doctor else None,
            online=True,
            reason=None,
            registry_phone=clinic.registry_phone,
            next_release_at=release_at.astimezone(clinic.zone) if release_at else None,
            days=_days([slot for slot in slots if not district.is_absent_on(slot.place.day)], now),
        )


def _days(slots: Iterable[Slot], now: datetime) -> list[DayView]:
    published = [slot for slot in slots if not slot.place.is_given_by_desk]
    offered = [slot for slot in published if slot.status != "withdrawn" and slot.starts_at > now]
    offered.sort(key=lambda slot: slot.starts_at)
    return [
        DayView(date=day, slots=[_slot(slot) for slot in of_day])
        for day, of_day in groupby(offered, key=lambda slot: slot.place.day)
    ]


def _slot(slot: Slot) -> SlotView:
    return SlotView(
        slot_id=slot.place.slot_id,
        starts_at=slot.starts_at.astimezone(settings().zone),
        free=slot.status == "free",
    )
