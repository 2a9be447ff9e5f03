"""What the portal's code asks of AWS, read out of its syntax trees."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

import botocore.session
from botocore import xform_name

from tests.contract.source import Definition, Module, calls_in, modules, resolve

IAM_PREFIX = {"sesv2": "ses"} | {
    service: service for service in ("dynamodb", "s3", "secretsmanager", "sqs")
}
"""The services of the portal's own clients, and how IAM calls them."""

_TRANSACTION = "dynamodb:TransactWriteItems"
_LEG = Definition("shared.table.store", "Leg")
_CREATE_CLIENT = Definition("shared.aws", "create_client")
PAGES = Definition("shared.table.store", "_pages")
"""Asks for a query of the table or of an index, whichever of these two it was called by."""
QUERY = Definition("shared.table.store", "query")
QUERY_INDEX = Definition("shared.table.store", "query_index")
_PRESIGN = "generate_presigned_url"
_ALLOWED_AS = {"sqs:SendMessageBatch": "sqs:SendMessage"}
"""An operation that IAM knows by another one's name."""
_NEEDED_BESIDES = {"s3:GetObject": "s3:ListBucket"}
"""Without it S3 does not tell a missing object from a forbidden one."""


class Need(NamedTuple):
    """An IAM action, such as `dynamodb:Query`, and the index that it is for, if it is for one."""

    action: str
    of_index: str | None = None


@cache
def clients() -> dict[str, str]:
    """Return the modules that make a client, and its service."""
    found = {}
    for module in modules().values():
        for definition in module.defined:
            for call in calls_in(Definition(module.name, definition)):
                if resolve(module, call.func) == _CREATE_CLIENT:
                    found[module.name] = str(ast.literal_eval(call.args[0]))
    return found


def actions(reached: Iterable[Definition]) -> set[str]:
    """Return the IAM actions that these definitions need, as `dynamodb:GetItem`."""
    return {need.action for need in needs(reached)}


def needs(reached: Iterable[Definition]) -> set[Need]:
    """Return what these definitions need of IAM.

    A transaction needs no action of its own, only those of its legs.
    """
    return set().union(*map(_needs_in, reached)) - {Need(_TRANSACTION)}


@cache
def _needs_in(definition: Definition) -> frozenset[Need]:
    found = set(_found_in(definition))
    return frozenset(found | {Need(_NEEDED_BESIDES[one]) for one, _ in found & _WITH_ANOTHER})


_WITH_ANOTHER = {Need(action) for action in _NEEDED_BESIDES}


def _found_in(definition: Definition) -> Iterator[Need]:
    module = modules()[definition.module]
    for call in calls_in(definition):
        target = resolve(module, call.func)
        if target == _LEG:
            yield Need(f"dynamodb:{ast.literal_eval(call.args[0])}Item")
        elif target == QUERY:
            yield Need("dynamodb:Query")
        elif target == QUERY_INDEX:
            yield Need("dynamodb:Query", _index_named(module, call.args[0]))
        elif definition != PAGES and _asks_client(module, call):
            yield Need(_action_of(clients()[module.name], call))


def _asks_client(module: Module, call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and is_client(module, call.func.value)


def _index_named(module: Module, node: ast.AST) -> str:
    """Return the name of an index, which stands in shared/keys.py."""
    constant = resolve(module, node)
    assert constant is not None, "An index is named by its constant."
    (given,) = modules()[constant.module].defined[constant.name]
    assert isinstance(given, ast.Assign)
    return str(ast.literal_eval(given.value))


def _action_of(service: str, call: ast.Call) -> str:
    """Return the action of a client's call; an address that is signed needs what it allows."""
    assert isinstance(call.func, ast.Attribute)
    name = call.func.attr
    if name == _PRESIGN:
        name = str(ast.literal_eval(call.args[0]))
    action = f"{IAM_PREFIX[service]}:{_operations(service)[name]}"
    return _ALLOWED_AS.get(action, action)


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
