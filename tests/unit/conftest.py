"""Every unit test runs in the invented clinic, with invented keys and a clock that stands still."""

from collections.abc import Iterator

import hypothesis
import pytest

from shared import clock, document_files, keyring, postbox, release_queue
from shared.settings import settings
from shared.table import districts, store
from tests.unit.builders import NOW, SITE, secret_error

# The same examples in every run, and none kept in a folder: a red test is red for everybody.
hypothesis.settings.register_profile("unit", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("unit")

ENVIRONMENT = {
    "TABLE_NAME": "portal",
    "CLINIC_NAME": "Поликлиника № 1",
    "REGISTRY_PHONE": "+7 495 000-00-00",
    "CLINIC_TIME_ZONE": "Europe/Moscow",
    "HORIZON_DAYS": "14",
    "ADULT_CAP": "2",
    "CHILD_CAP": "5",
    "RELEASE_HOUR": "7",
    "FAN_OUT_ABOVE": "500",
    "RELEASE_QUEUE_URL": "https://queues.example/districts",
    "DISTRICT_CACHE_SECONDS": "60",
    "SITE_ADDRESS": SITE,
    "SENDER": "no-reply@clinic.example",
    "MAIL_CONFIGURATION_SET": "mails",
    "IDENTITY_KEY_ARN": "identity-key",
    "LINK_KEY_ARN": "link-key",
    "ORIGIN_KEY_ARN": "origin-key",
    "DOCUMENT_BUCKET": "documents",
    "DOCUMENT_RETENTION_DAYS": "30",
    "DESK_EMAIL": "registry@portal.example",
    "CLIENT_LIMIT_PER_HOUR": "120",
}


def get_secret(arn: str, stage: str = "AWSCURRENT") -> str:
    """Return a secret that tells its name; none was ever replaced."""
    if stage != "AWSCURRENT":
        raise secret_error("ResourceNotFoundException")
    return f"the secret of {arn}"


@pytest.fixture(autouse=True)
def clinic(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settle the environment, the keys and the clock, and forget what a test has cached."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(keyring, "get_secret", get_secret)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    _forget()
    yield
    _forget()


def _forget() -> None:
    # A test may have put a plain function in the place of a cached one.
    secrets = (keyring._secret, keyring._origin_keys, keyring._origin_keys_at)
    clients = (
        *(store.client, postbox.client, document_files.client),
        *(release_queue.client, keyring.client),
    )
    for cached in (settings, *secrets, *clients):
        getattr(cached, "cache_clear", lambda: None)()
    districts.forget_shown_districts()
