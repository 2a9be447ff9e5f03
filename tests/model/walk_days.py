"""Steps of time: minutes and days pass, and what is done every day is done, or not."""

from datetime import UTC, datetime, time, timedelta

from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from functions.send_reminders import app as reminders
from tests.integration.releases import release
from tests.model.facts import ZONE
from tests.model.walk import Walk

NEW_YEARS_EVE = datetime(2026, 12, 30, 12, tzinfo=ZONE)


class DayWalk(Walk):
    """Time that passes."""

    def _pass_to(self, moment: datetime) -> None:
        self.clock.now = self.clinic.now = moment.astimezone(UTC)

    @rule(minutes=st.sampled_from([1, 6, 16, 31]))
    def minutes_pass(self, minutes: int) -> None:
        self._pass_to(self.clinic.now + timedelta(minutes=minutes))

    @rule(
        days=st.sampled_from([0, 1, 1, 1, 2, 3, 7]),
        at=st.sampled_from([time(0), time(7), time(9, 5), time(23, 59)]),
        then=st.sampled_from(["released", "nothing"]),
    )
    def days_pass(self, days: int, at: time, then: str) -> None:
        moment = datetime.combine(self.clinic.today + timedelta(days=days), at, ZONE)
        if moment > self.clinic.now:
            self._pass_to(moment)
            if then == "released":
                self.is_released()

    @precondition(lambda self: self.clinic.now < NEW_YEARS_EVE)
    @rule()
    def the_year_ends(self) -> None:
        self._pass_to(NEW_YEARS_EVE)
        self.is_released()

    @rule()
    def is_released(self) -> None:
        answer = release()
        assert answer == {"published": self.clinic.release()}
        self.schedule_changed()

    @rule()
    def is_reminded(self) -> None:
        answer = reminders.lambda_handler({}, LambdaContext())
        assert answer == {"called_for": self.clinic.remind()}
        self.settle()
