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
    done = _run(root, stack, "-m", "local.seed")
    if done.returncode:
        message = f"The demo data could not be written. {_last_line(done.stderr)}"
        raise BrokenStart(message)


def desk(root: Path, stack: Stack, kept: Path) -> dict[str, str]:
    """Return how to sign in at the desk; its one user is made unless they were kept with the data.

    Raises BrokenStart.
    """
    if kept.exists():
        facts: dict[str, str] = json.loads(kept.read_text("utf-8"))
        return facts
    done = _run(root, stack, "-m", "local.desk_user")
    if done.returncode:
        message = f"The desk's user could not be made. {_last_line(done.stderr)}"
        raise BrokenStart(message)
    made: dict[str, str] = json.loads(done.stdout)
    return made


def check_imports(root: Path, stack: Stack, called: set[str]) -> None:
    """Import the functions that nothing calls at start-up. Raises BrokenStart.

    `called` are the names of those that are called; to call the others would do what they do.
    """
    handlers = [
        properties["Handler"].rpartition(".")[0]
        for name, properties in stack.resources("AWS::Lambda::Function")
        if name not in called
    ]
    if not handlers:
        return
    done = _run(root, stack, "-c", f"import {', '.join(handlers)}")
    if done.returncode:
        message = f"One of {', '.join(handlers)} cannot be imported. {_last_line(done.stderr)}"
        raise BrokenStart(message)


def _run(root: Path, stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the environment of the functions.

    It runs in a process of its own, so that this one's environment stays what the stack says.
    """
    function = boto3.client("lambda").get_function_configuration(
        FunctionName=stack.physical_ids[RELEASE]
    )
    return subprocess.run(  # noqa: S603 - every word of the command is ours
        [sys.executable, *arguments],
        cwd=root,
        env=os.environ | function["Environment"]["Variables"],
        capture_output=True,
        text=True,
        check=False,
    )


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
