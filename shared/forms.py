"""Forms of several fields, apart from the fields: a model is built when its module is imported."""

from datetime import time

from shared import fields
from shared.districts import WEEKDAYS, Weekday
from shared.patients import Person


class HoursForm(fields.Form):
    """Clinic times at which appointments can begin, by weekday; a day left out has none."""

    mon: fields.Hours = ()
    tue: fields.Hours = ()
    wed: fields.Hours = ()
    thu: fields.Hours = ()
    fri: fields.Hours = ()
    sat: fields.Hours = ()
    sun: fields.Hours = ()

    def by_weekday(self) -> dict[Weekday, tuple[time, ...]]:
        """Return the times of the days that have any, each once and in order."""
        told = {day: tuple(sorted(set(getattr(self, day)))) for day in WEEKDAYS}
        return {day: hours for day, hours in told.items() if hours}


class PersonForm(fields.Form):
    """What is typed about a person; all fields but the series and the patronymic (R2)."""

    policy_number: fields.PolicyNumber
    policy_series: fields.PolicySeries = None
    last_name: fields.Name
    first_name: fields.Name
    middle_name: fields.OptionalName = None
    birth_date: fields.BirthDate

    def person(self) -> Person:
        """Return the person that was typed."""
        return Person(self.last_name, self.first_name, self.middle_name, self.birth_date)
