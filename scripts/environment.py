"""Lets a script work on a deployed stack: with the environment that its functions have."""

import argparse
import json
import os
import sys
from pathlib import Path

import boto3

from local import environment as local_environment

_ANY_FUNCTION = "RegisterFunction"
_CARD = Path(".local/stack.json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Let the command line choose the stack."""
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--stack", default="patient-account", help="of CloudFormation (%(default)s)"
    )
    chosen.add_argument("--local", action="store_true", help="the stack that `make run` started")


def enter(chosen: argparse.Namespace) -> None:
    """Give this process the environment of the chosen stack's functions."""
    if chosen.local:
        if not _CARD.exists():
            sys.exit("The local stack does not run: start it with `make run`.")
        card = json.loads(_CARD.read_text("utf-8"))
        os.environ |= local_environment.client(card["endpoint_url"])
    name = physical_id(chosen, _ANY_FUNCTION)
    found = boto3.client("lambda").get_function_configuration(FunctionName=name)
    os.environ |= found["Environment"]["Variables"]


def physical_id(chosen: argparse.Namespace, logical_id: str) -> str:
    """Return the name that a resource of the template has in the chosen stack."""
    described = boto3.client("cloudformation").describe_stack_resource(
        StackName=chosen.stack, LogicalResourceId=logical_id
    )
    return described["StackResourceDetail"]["PhysicalResourceId"]
