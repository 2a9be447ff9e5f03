"""Districts (участки) and their doctors, as the desk keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from shared.ids import DistrictId

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""

Kind = Literal["adult", "child"]


@dataclass(frozen=True)
class Doctor:
    """The district's permanent doctor and the room where patients are seen."""

    name: str
    room: str


@dataclass(frozen=True)
class Absence:
    """Days on which the doctor sees nobody, both ends included."""

    first_on: date
    last_on: date
    reason: str

    def covers(self, day: date) -> bool:
        """Tell whether the doctor is absent that day."""
        return self.first_on <= day <= self.last_on


@dataclass(frozen=True)
class District:
    """One district; a district without a permanent doctor books at the registry only (R10)."""

    district_id: DistrictId
    kind: Kind
    name: str
    doctor: Doctor | None
    hours: Mapping[Weekday, Sequence[time]]
    """Clinic times at which an appointment can begin, by weekday, in order."""
    absences: tuple[Absence, ...] = ()

    def hours_on(self, day: date) -> Sequence[time]:
        """Return the times of that day's weekday, each once and in order, worked or not."""
        return sorted(set(self.hours.get(WEEKDAYS[day.weekday()], ())))

    def is_absent_on(self, day: date) -> bool:
        """Tell whether the doctor is absent that day."""
        return any(absence.covers(day) for absence in self.absences)
