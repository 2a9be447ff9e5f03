"""The layer as it is deployed: trimmed, and still all that the functions need."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bench import deployed
from scripts import trim_layer
from tests.contract import cloud
from tests.contract.template import ROOT, environment, folders

_WORKING_SATURDAY, _DAY_OFF = "2024-04-27", "2026-01-09"
"""Both are decreed: no rule of weekdays and holidays gives them."""
_PROGRAM = f"""
import gc, importlib, json, sys
for name in {sorted(folders())}:
    importlib.import_module(f"functions.{{name}}.app")
from datetime import date
from zoneinfo import ZoneInfo, available_timezones
from shared import calendars, document_files, keyring, postbox, release_queue, working_days
from shared.table import store
owners = (store, document_files, keyring, postbox, release_queue)
made = [one.client.cache_info().currsize == 1 for one in owners]
clients = [one.client() for one in owners]
print(json.dumps({{
    "made": made,
    "objects": gc.get_threshold()[0],
    "services": [client.meta.service_model.service_name for client in clients],
    "addresses": [client.meta.endpoint_url for client in clients],
    "working": [working_days.is_working_day(date.fromisoformat(day))
        for day in {[_WORKING_SATURDAY, _DAY_OFF]}],
    "zones": len(available_timezones()),
    "upload": document_files.client().generate_presigned_url("put_object",
        Params={{"Bucket": "documents", "Key": "1"}}),
}}))
"""
_ENVIRONMENT = environment() | {
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "PYTHONTZPATH": "",  # The runtime's image has no time zones.
}


@cache
def _told() -> dict[str, Any]:
    """Return what a process tells that has all functions and, of packages, only the layer."""
    with TemporaryDirectory() as folder:
        layer = Path(folder)
        deployed.install(deployed.pinned(), layer)
        trim_layer.trim(layer)
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-S", "-c", _PROGRAM],
            env=_ENVIRONMENT | {"PYTHONPATH": f"{ROOT}:{layer}"},
            check=True,
            capture_output=True,
            timeout=120,
        )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_a_function_looks_for_garbage_rarely_and_so_never_while_it_starts() -> None:
    assert _told()["objects"] == 100_000


def test_every_function_is_imported_and_every_client_made_from_the_trimmed_layer() -> None:
    assert _told()["services"] == ["dynamodb", "s3", "secretsmanager", "sesv2", "sqs"]


def test_clients_are_made_with_the_functions_but_those_that_most_runs_do_without() -> None:
    assert _told()["made"] == [True, False, True, True, False]


def test_the_services_that_are_kept_are_those_that_the_code_speaks_to() -> None:
    assert set(cloud.clients().values()) == trim_layer.SERVICES


def test_every_service_is_asked_at_its_address_in_the_region() -> None:
    hosts = [address.removeprefix("https://") for address in _told()["addresses"]]
    assert hosts == [
        *("dynamodb.eu-central-1.amazonaws.com", "s3.eu-central-1.amazonaws.com"),
        *("secretsmanager.eu-central-1.amazonaws.com", "email.eu-central-1.amazonaws.com"),
        "sqs.eu-central-1.amazonaws.com",
    ]


def test_an_upload_is_still_signed_for_the_buckets_own_region() -> None:
    assert _told()["upload"].startswith("https://documents.s3.eu-central-1.amazonaws.com/1?")


def test_russias_decreed_days_are_still_known_without_the_other_countries() -> None:
    assert _told()["working"] == [True, False]


def test_every_time_zone_is_still_there_for_the_clinic_to_choose() -> None:
    assert _told()["zones"] > 400


@pytest.mark.parametrize(
    "told, left",
    [
        ({"documentation": "<p>Long.</p>", "n": 1}, {"documentation": "", "n": 1}),
        ({"documentation": {"shape": "Text"}}, {"documentation": {"shape": "Text"}}),
        ([{"members": {"a": {"documentation": "A"}}}], [{"members": {"a": {"documentation": ""}}}]),
    ],
)
def test_sentences_are_emptied_and_a_member_that_is_called_so_is_not(
    told: object, left: object
) -> None:
    assert trim_layer._without_documentation(told) == left
