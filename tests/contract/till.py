"""The template's table in memory, on which it is tried what operations cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import boto3
import pytest
from argon2 import PasswordHasher
from moto import mock_aws

from shared import clock, keyring, passwords
from shared.table import districts
from tests.contract.template import environment
from tests.integration.answers import ORIGIN_KEY
from tests.integration.desk_documents import BUCKET
from tests.integration.rows import Rows, pass_values_on
from tests.integration.template import table_schema
from tests.process import begin_anew

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
_OTHERS = {"DOCUMENT_BUCKET": BUCKET}
"""A bucket's name has no capitals, as the logical id has that stands for all others."""
_MONDAY_MORNING = datetime(2026, 11, 23, 5, tzinfo=UTC)


@contextmanager
def running() -> Iterator[Rows]:
    """Begin a cloud with the functions' environment and a sender that SES knows."""
    pass_values_on()
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in (environment() | _CREDENTIALS | _OTHERS).items():
            patch.setenv(name, value)
        begin_anew()
        patch.setattr(keyring, "_secret", lambda _: ORIGIN_KEY.encode())
        patch.setattr(passwords, "_HASHER", PasswordHasher(1, 8, 1))  # A thousand times cheaper.
        boto3.client("sesv2").create_email_identity(EmailIdentity=environment()["SENDER"])
        boto3.client("s3").create_bucket(
            Bucket=BUCKET,
            CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
        )
        yield Rows(boto3.client("dynamodb"), environment()["TABLE_NAME"], table_schema())
    begin_anew()


@contextmanager
def opened(cloud: Rows) -> Iterator[Rows]:
    """Make the table anew, on a working Monday at eight in the morning."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: _MONDAY_MORNING)
        districts.forget_shown_districts()
        cloud.make()
        yield cloud
        cloud.drop()
