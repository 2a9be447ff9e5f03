"""Permissions: a function may do exactly what its code can reach, and to nothing but its own."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract import cloud
from tests.contract.source import (
    Definition,
    mentioned,
    modules,
    reached_by_function,
    reached_from,
)
from tests.contract.template import folder_of, folders, functions, properties, said, template

each_function = pytest.mark.parametrize("logical_id", sorted(functions()))

_IDENTITY = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}"
_FILES = "!Sub ${DocumentBucket.Arn}/*"
"""What lies in the one bucket; S3 has no finer resource for files that are yet to come."""
_RESOURCES = {
    "dynamodb": {"!GetAtt PortalTable.Arn"},
    "s3": {_FILES},
    "s3:ListBucket": {"!GetAtt DocumentBucket.Arn"},
    "ses": {
        f"!Sub {_IDENTITY}:identity/${{Sender}}",
        f"!Sub {_IDENTITY}:configuration-set/${{MailConfiguration}}",
    },
    "sqs": {"!GetAtt ReleaseQueue.Arn"},
}


def _statements(logical_id: str) -> Iterator[dict[str, Any]]:
    for policy in functions()[logical_id].get("Policies", []):
        assert set(policy) == {"Statement"}, "A function's policies are its own statements."
        yield from policy["Statement"]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _allowed(logical_id: str) -> dict[str, set[str]]:
    """Return the resources of each action that the template allows a function."""
    found: dict[str, set[str]] = defaultdict(set)
    for statement in _statements(logical_id):
        for action in _listed(statement["Action"]):
            found[action].update(map(said, _listed(statement["Resource"])))
    return dict(found)


def _needed(logical_id: str) -> dict[str, set[str]]:
    """Return the resources of each action that a function's code can reach."""
    reached = reached_by_function(folder_of(logical_id))
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    secrets = {
        said(variables[name.upper()])
        for name in cloud.settings_read(reached)
        if name.endswith("_key_arn")
    }
    resources = _RESOURCES | {"secretsmanager": secrets}
    found: dict[str, set[str]] = defaultdict(set)
    for action, index in cloud.needs(reached):
        of_table = {f"!Sub ${{PortalTable.Arn}}/index/{index}"} if index else None
        service = resources[action.split(":")[0]]
        found[action] |= of_table or resources.get(action) or service
    return dict(found)


@each_function
def test_a_function_may_do_exactly_what_its_code_can_reach(logical_id: str) -> None:
    assert _allowed(logical_id) == _needed(logical_id)


@each_function
def test_every_action_and_resource_is_named_singly(logical_id: str) -> None:
    for statement in _statements(logical_id):
        assert set(statement) == {"Effect", "Action", "Resource"}
        assert statement["Effect"] == "Allow"
        said_actions = [said(action) for action in _listed(statement["Action"])]
        said_resources = [said(resource) for resource in _listed(statement["Resource"])]
        named = said_actions + [one for one in said_resources if one != _FILES]
        assert not [text for text in named if "*" in text]
        assert said_actions == sorted(set(said_actions))


@each_function
def test_no_action_is_allowed_in_two_statements(logical_id: str) -> None:
    actions = [action for one in _statements(logical_id) for action in _listed(one["Action"])]
    assert len(actions) == len(set(actions))


def test_the_key_is_used_through_the_stores_only() -> None:
    administer, use, grant, *_services = properties("DataKey")["KeyPolicy"]["Statement"]
    assert said(administer["Principal"]["AWS"]) == (
        "!Sub arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    )
    conditions = use["Condition"]["StringEquals"]
    assert said(conditions["kms:CallerAccount"]) == "!Ref AWS::AccountId"
    assert [said(service) for service in conditions["kms:ViaService"]] == [
        "!Sub dynamodb.${AWS::Region}.amazonaws.com",
        "!Sub s3.${AWS::Region}.amazonaws.com",
        "!Sub secretsmanager.${AWS::Region}.amazonaws.com",
    ]
    assert not [action for action in use["Action"] if "*" in action]
    assert grant["Action"] == "kms:CreateGrant"
    assert grant["Condition"]["StringEquals"] == conditions
    assert grant["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": True}


def test_besides_the_stores_only_this_stacks_logs_and_this_accounts_alarms_use_the_key() -> None:
    *_, logs, alarms = properties("DataKey")["KeyPolicy"]["Statement"]
    assert said(logs["Principal"]["Service"]) == "!Sub logs.${AWS::Region}.amazonaws.com"
    assert set(logs["Condition"]) == {"ArnLike"}
    told = said(logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"])
    assert told.endswith(":${AWS::AccountId}:log-group:/aws/*/${AWS::StackName}-*")
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert alarms["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert not [action for action in logs["Action"] if "*" in action]


# What the walk of the code relies on.


def test_no_method_of_a_class_reaches_the_cloud_so_the_walk_misses_none() -> None:
    reaching = [
        f"{module.name}.{name}"
        for module in modules().values()
        for name, statements in module.defined.items()
        if any(isinstance(statement, ast.ClassDef) for statement in statements)
        and cloud.actions(reached_from(Definition(module.name, name)))
    ]
    assert reaching == []


def test_a_client_is_used_on_the_spot_so_the_walk_sees_every_operation() -> None:
    for name in cloud.clients():
        module = modules()[name]
        mentions = [
            node
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and node.id == "client"
        ]
        calls = [
            node.value
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and cloud.is_client(module, node.value)
        ]
        assert len(mentions) == len(calls)
        assert Definition(name, "client") not in _imported_by_others(name)


def _imported_by_others(owner: str) -> set[Definition]:
    return {
        target
        for module in modules().values()
        if module.name != owner
        for target in module.imported.values()
    }


def test_every_query_is_of_the_table_or_of_an_index_that_is_named() -> None:
    asking = {
        Definition(module.name, name)
        for module in modules().values()
        for name in module.defined
        if cloud.PAGES in mentioned(Definition(module.name, name))
    }
    assert asking == {cloud.QUERY, cloud.QUERY_INDEX}


def test_every_index_of_the_table_is_one_that_somebody_asks() -> None:
    made = {index["IndexName"] for index in properties("PortalTable")["GlobalSecondaryIndexes"]}
    asked = cloud.needs(one for folder in folders() for one in reached_by_function(folder))
    assert {need.of_index for need in asked if need.of_index} == made


def test_only_the_portals_own_clients_speak_to_aws() -> None:
    own = {
        *("shared.document_files", "shared.keyring", "shared.postbox", "shared.release_queue"),
        "shared.table.store",
    }
    assert set(cloud.clients()) == own
    assert set(cloud.clients().values()) == set(cloud.IAM_PREFIX)
