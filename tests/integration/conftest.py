"""Handlers against a table in memory: made from template.yaml, empty for every test."""

import importlib
import json
import logging
import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from moto import mock_aws

from shared import (
    clock as shared_clock,
    document_files,
    passwords,
    postbox,
    release_queue,
    settings,
)
from shared.table import districts, store
from tests.contract.template import ROOT
from tests.integration import template
from tests.integration.answers import ORIGIN_KEY
from tests.integration.clinic import (
    ANNA,
    CHEAP_HASHER,
    EVERYBODY,
    NEW_PASSWORD,
    PASSWORD,
    PASSWORD_HASH,
    SignedIn,
    attach,
    open_account,
    open_district,
)
from tests.integration.rows import Rows, pass_values_on
from tests.integration.wire import Wire
from tests.process import begin_anew
from tests.unhurried import Unhurried

_TABLE = "portal-table"
_PARAMETERS = {
    "ClinicName": "Поликлиника № 7",
    "RegistryPhone": "+7 (000) 000-00-00",
    "ClinicTimeZone": "Europe/Moscow",
    "HorizonDays": "14",
    "AdultCap": "2",
    "ChildCap": "5",
    "ReleaseHour": "7",
    "FanOutAbove": "500",
    "ClientLimitPerHour": "120",
    "DistrictCacheSeconds": "60",
    "SiteAddress": "https://portal.example",
    "Sender": "no-reply@portal.example",
    "DeskEmail": "registry@portal.example",
    "DocumentRetentionDays": "30",
}
_RESOURCES = {
    "PortalTable": _TABLE,
    "MailConfiguration": "portal-mail",
    "IdentityKey": "portal-identity-key",
    "LinkKey": "portal-link-key",
    "OriginKey": "portal-origin-key",
    "DocumentBucket": "portal-documents",
    "ReleaseQueue": "https://sqs.eu-central-1.amazonaws.com/123456789012/portal-districts",
}
_FUNCTIONS = sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py"))
_MONDAY_MORNING = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""08:00 in the clinic; the day's tickets were published at seven, and it opens at nine."""


class Clock:
    """The two sources of chance, stopped: time moves when told, and ids count up."""

    def __init__(self) -> None:
        """Begin on a working Monday."""
        self.now = _MONDAY_MORNING
        self._drawn = 0

    def move(self, **by: float) -> None:
        """Let time pass: `clock.move(minutes=30)`."""
        self.now += timedelta(**by)

    @property
    def position(self) -> tuple[datetime, int]:
        """The moment, and how much was drawn."""
        return self.now, self._drawn

    @position.setter
    def position(self, position: tuple[datetime, int]) -> None:
        self.now, self._drawn = position

    def new_id(self) -> str:
        """Return the next id; both of its halves tell it from the others."""
        return f"{self._draw():016x}" * 2

    def new_secret(self) -> str:
        """Return the next secret, of a real one's form."""
        return f"secret-{self._draw():036d}"

    def _draw(self) -> int:
        self._drawn += 1
        return self._drawn


@pytest.fixture(scope="package", autouse=True)
def cloud() -> Iterator[None]:
    """Begin a cloud with the functions' environment, the keys and the sender's address."""
    credentials = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    pass_values_on()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        for name in credentials:
            patch.setenv(name, "testing")
        for name, value in template.environment(_PARAMETERS | _RESOURCES).items():
            patch.setenv(name, value)
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name=_RESOURCES["IdentityKey"], SecretString="identity")
        secrets.create_secret(Name=_RESOURCES["LinkKey"], SecretString="link")
        secrets.create_secret(Name=_RESOURCES["OriginKey"], SecretString=ORIGIN_KEY)
        boto3.client("sesv2").create_email_identity(EmailIdentity=_PARAMETERS["Sender"])
        boto3.client("s3").create_bucket(
            Bucket=_RESOURCES["DocumentBucket"],
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        )
        boto3.client("sqs").create_queue(QueueName=_RESOURCES["ReleaseQueue"].rpartition("/")[2])
        begin_anew()
        for function in _FUNCTIONS:
            importlib.import_module(f"functions.{function}.app")
        yield
        begin_anew()


@pytest.fixture(scope="package")
def shared_rows() -> Rows:
    """Return the table's own client, which is made once."""
    return Rows(boto3.client("dynamodb"), _TABLE, template.table_schema())


@pytest.fixture(autouse=True)
def rows(shared_rows: Rows) -> Iterator[Rows]:
    """Make the portal's table anew."""
    shared_rows.make()
    districts.forget_shown_districts()
    yield shared_rows
    shared_rows.drop()


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock on Monday, 23 November 2026, 08:00 in the clinic."""
    stopped = Clock()
    monkeypatch.setattr(shared_clock, "now", lambda: stopped.now)
    monkeypatch.setattr(shared_clock, "new_id", stopped.new_id)
    monkeypatch.setattr(shared_clock, "new_secret", stopped.new_secret)
    return stopped


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tries be counted and not timed: the table in memory is slow where the machine is busy."""
    monkeypatch.setattr(store, "_LONGEST_TRYING", math.inf)


@pytest.fixture
def anna() -> SignedIn:
    """Attach Anna to the adult district a1 and sign her in."""
    open_district()
    attach(ANNA)
    return open_account(ANNA)


@pytest.fixture
def wire() -> Iterator[Wire]:
    """Listen to what the portal asks of DynamoDB, SES, S3 and SQS."""
    tapped = Wire()
    clients = (store.client(), postbox.client(), document_files.client(), release_queue.client())
    untap = tapped.tap(*clients)
    yield tapped
    untap()


@pytest.fixture
def parameters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Return what changes the functions' environment: `parameters(ADULT_CAP="1")`."""

    def change(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        settings.settings.cache_clear()

    yield change
    settings.settings.cache_clear()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the list of the pauses between attempts, which nobody sits out."""
    slept: list[float] = []
    monkeypatch.setattr(store, "time", Unhurried(slept.append))
    return slept


@pytest.fixture
def argon(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return the list of what argon2 was asked, each at a thousandth of its cost."""
    asked: list[tuple[str, str]] = []

    class Hasher:
        def hash(self, password: str) -> str:
            asked.append(("hash", password))
            return CHEAP_HASHER.hash(password)

        def verify(self, password_hash: str, password: str) -> bool:
            asked.append(("verify", password_hash))
            cheap = PASSWORD_HASH if password_hash == passwords._DECOY else password_hash
            return CHEAP_HASHER.verify(cheap, password)

    monkeypatch.setattr(passwords, "_HASHER", Hasher())
    return asked


@pytest.fixture(autouse=True)
def log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> Iterator[list[dict[str, object]]]:
    """Return the log's lines; none of any test may tell a name, an address, a policy or a token."""
    lines: list[dict[str, object]] = []
    write = LambdaPowertoolsFormatter.format

    def write_and_keep(formatter: LambdaPowertoolsFormatter, record: logging.LogRecord) -> str:
        line = write(formatter, record)
        lines.append(json.loads(line))
        return line

    monkeypatch.setattr(LambdaPowertoolsFormatter, "format", write_and_keep)
    yield lines
    logged = json.dumps(lines, ensure_ascii=False) + caplog.text
    assert [personal for personal in _personal() if personal in logged] == []


def _personal() -> Iterator[str]:
    yield from (PASSWORD, NEW_PASSWORD, "secret-", "#token=", "@example.com")
    for citizen in EVERYBODY:
        person = citizen.person
        yield from (citizen.email, citizen.number, person.last_name, person.first_name)
        yield from filter(None, [person.middle_name, str(person.birth_date)])
