"""The settings: typed, read once, and loud about a name that the environment lacks."""

import os
from dataclasses import fields
from zoneinfo import ZoneInfo

import pytest

from shared.settings import Settings, settings
from tests.unit.conftest import ENVIRONMENT


def test_the_environment_is_read_typed() -> None:
    clinic = settings()
    assert (clinic.table_name, clinic.site_address) == ("portal", "https://clinic.example")
    assert clinic.zone == ZoneInfo("Europe/Moscow")
    assert (clinic.horizon_days, clinic.adult_cap, clinic.child_cap) == (14, 2, 5)
    assert clinic.release_queue_url == "https://queues.example/districts"
    assert (clinic.origin_key_arn, clinic.client_limit_per_hour) == ("origin-key", 120)
    assert (clinic.document_bucket, clinic.desk_email) == ("documents", "registry@portal.example")


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = settings()
    monkeypatch.setenv("TABLE_NAME", "another")
    assert settings() is before


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_missing_name_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(KeyError, match=name):
        settings()


def test_every_setting_has_a_name_in_the_environment() -> None:
    assert len(fields(Settings)) == len(ENVIRONMENT)
    assert os.environ.items() >= ENVIRONMENT.items()


@pytest.mark.parametrize(
    "name",
    [
        *("HORIZON_DAYS", "ADULT_CAP", "CHILD_CAP", "RELEASE_HOUR", "DISTRICT_CACHE_SECONDS"),
        *("CLIENT_LIMIT_PER_HOUR", "FAN_OUT_ABOVE"),
    ],
)
def test_a_number_that_is_none_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "many")
    with pytest.raises(ValueError, match="many"):
        settings()
