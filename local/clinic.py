"""Makes the deployed stack a clinic to try things in: demo data, and slots for the coming days."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.deploy import Stack
from local.failure import BrokenStart

RELEASE = "ReleaseSlotsFunction"
DATA = Path(__file__).parent / "demo_data"


def attachment_lines() -> list[dict[str, str]]:
    """Return the lines of the demo's attachment list, keyed by the contract's header."""
    with (DATA / "patients.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def seed(root: Path, stack: Stack) -> None:
    """Write the demo data with the portal's own code, in the environment of its functions.

    It runs in a process of its own, so that the functions' environment stays what the template
    says. Raises BrokenStart.
    """
    function = boto3.client("lambda").get_function_configuration(
        FunctionName=stack.physical_ids[RELEASE]
    )
    done = subprocess.run(
        [sys.executable, "-m", "local.seed"],
        cwd=root,
        env=os.environ | function["Environment"]["Variables"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"The demo data could not be written. {_last_line(done.stderr)}"
        raise BrokenStart(message)


def publish(stack: Stack) -> dict[str, Any]:
    """Publish the slots that are missing, as every morning does, and return what was counted."""
    unhurried = Config(read_timeout=900, retries={"total_max_attempts": 1})
    answer = boto3.client("lambda", config=unhurried).invoke(
        FunctionName=stack.physical_ids[RELEASE], Payload=b"{}"
    )
    text = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        message = f"The slots could not be published. {text[:300]}"
        raise BrokenStart(message)
    counts: dict[str, Any] = json.loads(text)
    return counts


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or [""])[-1]
