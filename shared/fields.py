"""The fields of the HTTP contract's bodies, as types: how each is read, and what refuses it.

Validators raise PydanticCustomError with a machine-readable code and a Russian sentence; neither
ever holds the refused value.
"""

import re
import unicodedata
from datetime import date, time, timedelta
from typing import Annotated, Any, NoReturn

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from shared import clock, names, password_rules, policies
from shared.names import NameRefused
from shared.patients import may_be_born_on
from shared.policies import PolicyNumberRefused
from shared.settings import settings

_LONGEST_TOKEN = 200
_LONGEST_ID = 100
_LONGEST_PERIOD = timedelta(days=366)
_MOMENT = re.compile(
    r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
"""Whole minutes: no appointment begins between two of them."""
_FILL_IN = "Заполните это поле."


class Form(BaseModel):
    """A body of the contract: unknown fields are refused, and nothing is guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def refuse(code: str, advice: str) -> NoReturn:
    """Refuse a value with a code and a Russian sentence. Raises PydanticCustomError."""
    raise PydanticCustomError(code, advice)


def _read_policy_number(text: str) -> str:
    if not text.strip():
        refuse("missing", _FILL_IN)
    try:
        return policies.parse_policy_number(text)
    except PolicyNumberRefused as refused:
        refuse(refused.reason, refused.advice)


def _read_name(text: str) -> str:
    if not text.strip():
        refuse("missing", _FILL_IN)
    try:
        return names.read_name(text)
    except NameRefused as refused:
        refuse(refused.reason, refused.advice)


def _read_optional_name(text: str | None) -> str | None:
    return _read_name(text) if text is not None and text.strip() else None


def _read_series(text: str | None) -> str | None:
    series = (text or "").strip()
    if series and not re.fullmatch(r"[\w№ \-]{1,20}", series):
        refuse("policy_series", "Проверьте серию полиса или оставьте поле пустым.")
    return series or None


def _read_day(value: Any) -> Any:  # noqa: ANN401 - a body may hold anything
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        refuse("date_format", "Дата пишется так: 1985-03-27.")
    return value


def _read_line(text: str) -> str:
    line = unicodedata.normalize("NFC", text.strip())
    if not line:
        refuse("missing", _FILL_IN)
    if not line.isprintable():
        refuse("name_characters", "Здесь есть недопустимые знаки.")
    return line


def _read_moment(value: Any) -> Any:  # noqa: ANN401 - a body may hold anything
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        refuse("moment_format", "Время пишется так: 2026-11-30T09:20:00+03:00.")
    return value


def _read_clock_time(value: Any) -> Any:  # noqa: ANN401 - a body may hold anything
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        refuse("time_format", "Время пишется так: 09:20.")
    return value


def check_period(first_on: date, last_on: date) -> None:
    """Refuse a period that ends before it begins, is over, or lasts more than a year."""
    today = settings().day_of(clock.now())
    if last_on < first_on or last_on < today or last_on - first_on > _LONGEST_PERIOD:
        refuse("period_range", "Проверьте первый и последний день.")


def _check_birth_date(day: date) -> date:
    if not may_be_born_on(day, settings().day_of(clock.now())):
        refuse("birth_date_range", "Проверьте дату рождения.")
    return day


def _check_new_password(password: str) -> str:
    if len(password) < password_rules.MIN_LENGTH:
        refuse("password_short", "В пароле должно быть не меньше 8 знаков.")
    if password_rules.is_common(password):
        refuse("password_common", "Этот пароль слишком известен, придумайте другой.")
    return password


PolicyNumber = Annotated[
    str, Field(max_length=100, examples=["7856130840000017"]), AfterValidator(_read_policy_number)
]
PolicySeries = Annotated[str | None, AfterValidator(_read_series)]
Name = Annotated[str, Field(max_length=names.LONGEST_NAME), AfterValidator(_read_name)]
OptionalName = Annotated[
    Annotated[str, Field(max_length=names.LONGEST_NAME)] | None, AfterValidator(_read_optional_name)
]
BirthDate = Annotated[date, BeforeValidator(_read_day), AfterValidator(_check_birth_date)]
Password = Annotated[str, Field(min_length=1, max_length=password_rules.MAX_LENGTH)]
NewPassword = Annotated[
    str,
    Field(
        max_length=password_rules.MAX_LENGTH,
        json_schema_extra={"minLength": password_rules.MIN_LENGTH},
    ),
    AfterValidator(_check_new_password),
]
Login = Annotated[str, Field(min_length=1, max_length=40)]
Code = Annotated[str, Field(min_length=1, max_length=10)]
Token = Annotated[str, Field(min_length=1, max_length=_LONGEST_TOKEN)]
Id = Annotated[str, Field(min_length=1, max_length=_LONGEST_ID)]

DistrictId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,20}$")]
Line = Annotated[str, Field(max_length=200), AfterValidator(_read_line)]
Day = Annotated[date, BeforeValidator(_read_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_read_moment)]
ClockTime = Annotated[time, BeforeValidator(_read_clock_time)]
Hours = Annotated[tuple[ClockTime, ...], Field(max_length=100)]
