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
    """Write the demo data with the portal's own code. Raises BrokenStart."""
    fault = _run(root, stack, "-m", "local.seed")
    if fault:
        message = f"The demo data could not be written. {fault}"
        raise BrokenStart(message)


def check_imports(root: Path, stack: Stack, called: set[str]) -> None:
    """Import the functions that nothing calls at start-up. Raises BrokenStart.

    `called` are the names of those that are called; to call the others would do what they do.
    """
    handlers = [
        properties["Handler"].rpartition(".")[0]
        for name, properties in stack.resources("AWS::Lambda::Function")
        if name not in called
    ]
    fault = _run(root, stack, "-c", f"import {', '.join(handlers)}") if handlers else None
    if fault:
        message = f"One of {', '.join(handlers)} cannot be imported. {fault}"
        raise BrokenStart(message)


def _run(root: Path, stack: Stack, *arguments: str) -> str | None:
    """Run Python in the environment of the functions; return the last line of what went wrong.

    It runs in a process of its own, so that this one's environment stays what the stack says.
    """
    function = boto3.client("lambda").get_function_configuration(
        FunctionName=stack.physical_ids[RELEASE]
    )
    done = subprocess.run(  # noqa: S603 - every word of the command is ours
        [sys.executable, *arguments],
        cwd=root,
        env=os.environ | function["Environment"]["Variables"],
        capture_output=True,
        text=True,
        check=False,
    )
    return _last_line(done.stderr) if done.returncode else None


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
