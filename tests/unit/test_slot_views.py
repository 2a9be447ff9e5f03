"""The list of slots as the patient sees it, and what stands in its place where there is none."""

from dataclasses import replace
from datetime import date, time, timedelta

from shared.districts import Absence
from shared.slot_views import SlotsView
from shared.tickets import Slot
from tests.unit.builders import (
    DISTRICT,
    DOCTOR,
    MONDAY,
    MOSCOW,
    NOW,
    PATIENT_ID,
    PLACE,
    STARTS_AT,
    TICKET,
)

OFFLINE = {
    "patient_id": PATIENT_ID,
    "district_id": "a1",
    "doctor_name": "Смирнова Ольга Ивановна",
    "room": "214",
    "online": False,
    "reason": "doctor_absent",
    "registry_phone": "+7 495 000-00-00",
    "next_release_at": None,
    "days": [],
}


def _slot(day: date, ordinal: int, at: time) -> Slot:
    place = replace(PLACE, day=day, ordinal=ordinal, time=at)
    return Slot(place, place.starts_at(MOSCOW), DOCTOR)


def _shown(*slots: Slot) -> SlotsView:
    return SlotsView.of(PATIENT_ID, DISTRICT, slots, NOW)


def test_where_nothing_is_online_the_reason_and_the_registrys_phone_are_told() -> None:
    shown = SlotsView.offline(PATIENT_ID, DISTRICT, "doctor_absent")
    assert shown.model_dump(mode="json") == OFFLINE


def test_of_an_unknown_district_nothing_is_told() -> None:
    shown = SlotsView.offline(PATIENT_ID, None, "not_attached").model_dump(mode="json")
    nothing = dict.fromkeys(["district_id", "doctor_name", "room"])
    assert shown == OFFLINE | nothing | {"reason": "not_attached"}


def test_free_and_booked_times_are_shown_in_clinic_time_by_day() -> None:
    tuesday = MONDAY + timedelta(days=1)
    booked = replace(_slot(MONDAY, 2, time(9, 40)), status="booked", ticket_id=TICKET.ticket_id)
    late, early = _slot(tuesday, 1, time(0, 10)), _slot(MONDAY, 1, time(9, 20))
    assert _shown(late, booked, early).model_dump(mode="json") == OFFLINE | {
        "online": True,
        "reason": None,
        # The run of 30 November publishes 13 December, a Sunday; the next adds Monday.
        "next_release_at": "2026-12-01T07:00:00+03:00",
        "days": [
            {
                "date": "2026-11-30",
                "slots": [
                    {
                        "slot_id": "a1.2026-11-30.1.0920",
                        "starts_at": "2026-11-30T09:20:00+03:00",
                        "free": True,
                    },
                    {
                        "slot_id": "a1.2026-11-30.2.0940",
                        "starts_at": "2026-11-30T09:40:00+03:00",
                        "free": False,
                    },
                ],
            },
            {
                "date": "2026-12-01",
                "slots": [
                    {
                        "slot_id": "a1.2026-12-01.1.0010",
                        "starts_at": "2026-12-01T00:10:00+03:00",
                        "free": True,
                    }
                ],
            },
        ],
    }


def test_withdrawn_times_and_times_that_have_come_are_not_shown() -> None:
    slot = _slot(MONDAY, 1, time(9, 20))
    assert _shown(replace(slot, status="withdrawn")).days == []
    assert SlotsView.of(PATIENT_ID, DISTRICT, [slot], STARTS_AT).days == []
    assert len(SlotsView.of(PATIENT_ID, DISTRICT, [slot], STARTS_AT - timedelta(seconds=1)).days)


def test_free_times_of_an_absent_doctor_are_not_shown() -> None:
    away = replace(DISTRICT, absences=(Absence(MONDAY, MONDAY, "отпуск"),))
    slot = _slot(MONDAY, 1, time(9, 20))
    assert _shown(slot).days
    assert SlotsView.of(PATIENT_ID, away, [slot], NOW).days == []


def test_a_time_that_the_desk_gave_is_nobody_elses_business() -> None:
    given = replace(_slot(MONDAY, 0, time(9, 20)), status="booked", ticket_id=TICKET.ticket_id)
    shown = _shown(given, _slot(MONDAY, 1, time(9, 40)))
    assert [slot.slot_id for slot in shown.days[0].slots] == ["a1.2026-11-30.1.0940"]
    assert _shown(given).days == []
