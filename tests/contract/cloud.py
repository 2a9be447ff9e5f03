"""What the portal's code asks of AWS, read out of its syntax trees."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache

import botocore.session
from botocore import xform_name

from tests.contract.source import Definition, Module, calls_in, modules, resolve

IAM_PREFIX = {"dynamodb": "dynamodb", "sesv2": "ses"}
"""The services of the portal's own clients, and how IAM calls them."""

_TRANSACTION = "dynamodb:TransactWriteItems"
_LEG = Definition("shared.table.store", "Leg")
_GET_SECRET = Definition("aws_lambda_powertools.utilities.parameters", "SecretsProvider")


@cache
def clients() -> dict[str, str]:
    """Return the modules that make a client, and its service."""
    found = {}
    for module in modules().values():
        for definition in module.defined:
            for call in calls_in(Definition(module.name, definition)):
                if resolve(module, call.func) == Definition("boto3", "client"):
                    found[module.name] = str(ast.literal_eval(call.args[0]))
    return found


def actions(reached: Iterable[Definition]) -> set[str]:
    """Return the IAM actions that these definitions need, as `dynamodb:GetItem`.

    A transaction needs no action of its own, only those of its legs.
    """
    return set().union(*map(_actions_in, reached)) - {_TRANSACTION}


@cache
def _actions_in(definition: Definition) -> frozenset[str]:
    return frozenset(_found_in(definition))


def _found_in(definition: Definition) -> Iterator[str]:
    module = modules()[definition.module]
    for call in calls_in(definition):
        target = resolve(module, call.func)
        if target == _LEG:
            yield f"dynamodb:{ast.literal_eval(call.args[0])}Item"
        elif target == _GET_SECRET:
            yield "secretsmanager:GetSecretValue"
        elif isinstance(call.func, ast.Attribute) and is_client(module, call.func.value):
            service = clients()[module.name]
            yield f"{IAM_PREFIX[service]}:{_operations(service)[call.func.attr]}"


def is_client(module: Module, node: ast.AST) -> bool:
    """Tell whether an expression is `client()`, this module's own client."""
    if not isinstance(node, ast.Call) or module.name not in clients():
        return False
    return resolve(module, node.func) == Definition(module.name, "client")


@cache
def _operations(service: str) -> dict[str, str]:
    """Return the operations of a service by the names of the client's methods."""
    model = botocore.session.get_session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}


def settings_read(reached: Iterable[Definition]) -> set[str]:
    """Return the names of settings that these definitions read: `settings().link_key_arn`."""
    found = set()
    for definition in reached:
        module = modules().get(definition.module)
        for statement in module.defined.get(definition.name, ()) if module else ():
            for node in ast.walk(statement):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
                    owner = module and resolve(module, node.value.func)
                    if owner == Definition("shared.settings", "settings"):
                        found.add(node.attr)
    return found
