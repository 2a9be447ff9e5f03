"""Districts (участки) and their doctors, as the desk keeps them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    revision: str = "new"
    """Drawn anew by every change, so that nothing is published for what the district was."""

    def hours_on(self, day: date) -> Sequence[time]:
        """Return the times of that day's weekday, each once and in order, worked or not."""
        return sorted(set(self.hours.get(WEEKDAYS[day.weekday()], ())))

    def with_absence(self, absence: Absence, today: date) -> "District":
        """Return the district with an absence; one that begins on the same day is replaced."""
        others = self.without_absence(absence.first_on, today).absences
        kept = sorted((*others, absence), key=lambda away: away.first_on)
        return replace(self, absences=tuple(kept))

    def without_absence(self, first_on: date, today: date) -> "District":
        """Return the district without the absence that begins that day, and those that are over."""
        return replace(
            self,
            absences=tuple(
                away
                for away in self.absences
                if away.first_on != first_on and away.last_on >= today
            ),
        )

    def is_absent_on(self, day: date) -> bool:
        """Tell whether the doctor is absent that day."""
        return any(absence.covers(day) for absence in self.absences)


def cap_of(district: District, adult_cap: int, child_cap: int) -> int:
    """Return how many tickets a day may be published online for the district (R8)."""
    return child_cap if district.kind == "child" else adult_cap
