"""What the faults befall: functions' processes, and a table, files and mails in the emulator."""

import math
import os
import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.retries.quota import RetryQuota

from shared import clock, keyring, passwords
from shared.keys import Key
from shared.settings import settings
from shared.table import districts, store
from tests.contract.template import environment
from tests.faults.aws import Emulator
from tests.faults.layer import Layer, beneath_all_clients
from tests.integration.answers import ORIGIN_KEY
from tests.integration.clinic import CHEAP_HASHER, PASSWORD_HASH
from tests.integration.conftest import Clock
from tests.integration.desk_documents import BUCKET, empty_bucket, uploaded
from tests.integration.district_queue import read_all
from tests.integration.rows import Rows
from tests.integration.template import table_schema
from tests.process import begin_anew
from tests.unhurried import Unhurried

_KEYS = ("IdentityKey", "LinkKey", "OriginKey")
_OTHERS = {"DOCUMENT_BUCKET": BUCKET, "FAN_OUT_ABOVE": "3"}
"""A bucket's name has no capitals, as the logical id has that stands for all others; and more than
three districts are too many for one function."""
_QUEUE = "ReleaseQueue"
_CHANCE = random.Random(0)
"""Goes on from cloud to cloud: the emulator remembers the token of each transaction."""
_MONDAY_MORNING = datetime(2026, 11, 23, 5, tzinfo=UTC)


class _Hasher:
    """As cheap as the tests' own, and the same password has the same hash each time."""

    def hash(self, password: str) -> str:
        return CHEAP_HASHER.hash(password, salt=b"salt of the tests")

    def verify(self, password_hash: str, password: str) -> bool:
        cheap = PASSWORD_HASH if password_hash == passwords._DECOY else password_hash
        return CHEAP_HASHER.verify(cheap, password)


@dataclass(frozen=True)
class World:
    """All that stands somewhere at a moment."""

    images: Mapping[Key, Mapping[str, Any]]
    files: Mapping[str, bytes]
    mails: tuple[dict[str, Any], ...]
    messages: tuple[str, ...]
    """The districts that were handed out."""
    position: tuple[datetime, int]
    """The moment, and how many ids were drawn."""


class Cloud:
    """The portal's table, bucket and mails, and the clock."""

    def __init__(self, layer: Layer, rows: Rows, stopped: Clock) -> None:
        """Begin with a table that is still to be made."""
        self.layer = layer
        self.rows = rows
        self.clock = stopped

    @contextmanager
    def empty(self) -> Iterator[None]:
        """Begin anew on a Monday at eight in the morning."""
        self.clock.position = _MONDAY_MORNING, 0
        self.rows.make()
        empty_bucket()
        self.layer.mails.clear()
        self.layer.messages.clear()
        _warm_process()
        try:
            yield
        finally:
            self.rows.drop()

    def world(self) -> World:
        """Return all that stands now."""
        found = boto3.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
        files = {one["Key"]: uploaded(one["Key"]) or b"" for one in found}
        mails, messages = tuple(self.layer.mails), tuple(self.layer.messages)
        return World(self.rows.images(), files, mails, messages, self.clock.position)

    def read_queue(self) -> None:
        """Let the queue's reader publish each district, as often as it was handed out."""
        read_all(*self.layer.messages)

    def put_back(self, world: World, now: World) -> None:
        """Make all stand as it stood; `now` is how it stands."""
        for key in now.images.keys() - world.images.keys():
            self.rows.remove(key)
        changed = {k: one for k, one in world.images.items() if now.images.get(k) != one}
        self.rows.fill(changed)
        if now.files != world.files:
            empty_bucket()
            for name, content in world.files.items():
                boto3.client("s3").put_object(Bucket=BUCKET, Key=name, Body=content)
        self.layer.mails[:] = world.mails
        self.layer.messages[:] = world.messages
        self.clock.position = world.position


def _warm_process() -> None:
    """Let the process know all secrets, as after its first requests."""
    districts.forget_shown_districts()
    for name in _KEYS:
        keyring._secret(name)
    keyring._origin_keys()


def is_cold() -> bool:
    """Tell whether the process has just begun."""
    return not keyring._secret.cache_info().currsize


@contextmanager
def running() -> Iterator[Cloud]:
    """Run a cloud in this process, with the functions' environment."""
    with ExitStack() as life:
        patch = life.enter_context(pytest.MonkeyPatch.context())
        layer = life.enter_context(beneath_all_clients(Emulator(patch).send))
        patch.setattr(boto3, "DEFAULT_SESSION", None)  # One made earlier knows no layer.
        stopped = Clock()
        _let_no_time_pass(patch, stopped)
        for name, value in (environment() | _OTHERS).items():
            patch.setenv(name, value)
        begin_anew()
        life.enter_context(_furnished())
        rows = Rows(boto3.client("dynamodb"), settings().table_name, table_schema())
        yield Cloud(layer, rows, stopped)
    begin_anew()


def _let_no_time_pass(patch: pytest.MonkeyPatch, stopped: Clock) -> None:
    """Stop the clock, sit out no pause, and ask the system for no chance: thousands of runs do."""
    for name in ("new_id", "new_secret"):
        patch.setattr(clock, name, getattr(stopped, name))
    patch.setattr(clock, "now", lambda: stopped.now)
    for waiting in ("botocore.endpoint.time", "shared.table.store.time"):
        patch.setattr(waiting, Unhurried())
    patch.setattr(store, "_LONGEST_TRYING", math.inf)
    patch.setattr(RetryQuota, "acquire", lambda *_: True)  # As if no fault had been before.
    patch.setattr(passwords, "_HASHER", _Hasher())
    patch.setattr(os, "urandom", _CHANCE.randbytes)


@contextmanager
def _furnished() -> Iterator[None]:
    """Make what a deployment makes, but for the table, and take it away in the end.

    The emulator keeps all for as long as the process lives.
    """
    secrets, buckets = boto3.client("secretsmanager"), boto3.client("s3")
    mails, queues = boto3.client("sesv2"), boto3.client("sqs")
    where: Any = {"LocationConstraint": "eu-central-1"}
    for name in _KEYS:
        secrets.create_secret(Name=name, SecretString=ORIGIN_KEY)
    buckets.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    mails.create_email_identity(EmailIdentity=settings().sender)
    queue = queues.create_queue(QueueName=_QUEUE)["QueueUrl"]
    yield
    queues.delete_queue(QueueUrl=queue)
    mails.delete_email_identity(EmailIdentity=settings().sender)
    empty_bucket()
    buckets.delete_bucket(Bucket=BUCKET)
    for name in _KEYS:
        secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
