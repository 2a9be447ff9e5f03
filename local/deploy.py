"""Deploys template.yaml to the emulator as CloudFormation would, with today's code."""

import hashlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError
from samtranslator.yaml_helper import yaml_parse

from local import artefacts
from local.environment import REGION
from local.failure import BrokenStart

STACK = "patient-account"
_BUCKET = "patient-account-code"
_SECONDS = 120.0
_DONE = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}

Properties = dict[str, Any]
Template = dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """The deployed stack: what CloudFormation made of the template."""

    template: Template
    """As CloudFormation processed it: plain resources in the place of SAM's."""
    parameters: Mapping[str, str]
    physical_ids: Mapping[str, str]
    """By logical id: a table's and a function's name, an API's id."""

    def resources(self, kind: str) -> Iterator[tuple[str, Properties]]:
        """Yield physical id and properties of every resource of a type."""
        for logical_id, resource in self.template["Resources"].items():
            if resource["Type"] == kind:
                yield self.physical_ids[logical_id], resource.get("Properties", {})

    def value(self, expression: object) -> str:
        """Return the text of a property: a plain value, a reference, or a text with references."""
        if not isinstance(expression, dict):
            return str(expression)
        if "Fn::Sub" in expression:
            text: str = expression["Fn::Sub"]
            return re.sub(r"\$\{([\w:]+)\}", lambda found: self._named(found[1]), text)
        return self._named(expression["Ref"])

    def _named(self, name: str) -> str:
        known = {"AWS::Region": REGION, **self.parameters, **self.physical_ids}
        return known[name]

    def only(self, kind: str) -> str:
        """Return the physical id of the one resource of a type. Raises BrokenStart."""
        found = [physical_id for physical_id, _ in self.resources(kind)]
        if len(found) != 1:
            message = f"The local stack can serve one {kind}, and template.yaml has {len(found)}."
            raise BrokenStart(message)
        return found[0]


def deploy(root: Path, address: str) -> Stack:
    """Create the stack, or update the kept one to today's code and template.

    `address` is where the site will be served. Raises BrokenStart with CloudFormation's reason.
    """
    request = {
        "StackName": STACK,
        "TemplateURL": f"{address}/{_BUCKET}/{_upload(root)}",
        "Parameters": [
            {"ParameterKey": "SiteAddress", "ParameterValue": address},
            # Who tries the portal out sees what the desk has just changed.
            {"ParameterKey": "DistrictCacheSeconds", "ParameterValue": "0"},
            # One address plays everybody here.
            {"ParameterKey": "ClientLimitPerHour", "ParameterValue": "1000000"},
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    _create_or_update(request)
    _wait()
    return _read()


def secret(stack: Stack, logical_id: str) -> str:
    """Return what a secret of the template holds."""
    name = stack.physical_ids[logical_id]
    return boto3.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]


def _create_or_update(request: dict[str, Any]) -> None:
    client = boto3.client("cloudformation")
    known = {stack["StackName"] for stack in client.describe_stacks()["Stacks"]}
    try:
        if STACK in known:
            client.update_stack(**request)
        else:
            client.create_stack(**request)
    except ClientError as exc:
        reason = exc.response["Error"]["Message"]
        if "No updates are to be performed" not in reason:
            raise _broken(reason) from exc


def _upload(root: Path) -> str:
    """Put the template and all code into the emulator's S3; return the template's key.

    CloudFormation takes no template of this size within the request itself.
    """
    code = _CodeBucket()
    template = json.dumps(_with_code(root, code), default=str).encode()
    key = code.put("template", template, "json")["Key"]
    code.delete_others()
    return key


def _with_code(root: Path, code: "_CodeBucket") -> Template:
    """Return the template with the code of functions and layers in the emulator's S3."""
    template: Template = yaml_parse((root / "template.yaml").read_text("utf-8"))
    template["Resources"] = dict(_known(template["Resources"]))
    layer = code.put("layer", artefacts.empty_layer())
    for logical_id, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            archive = artefacts.function_archive(root, properties["Handler"])
            properties["CodeUri"] = code.put(logical_id, archive)
        elif resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = layer
    return template


def _known(resources: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the resources that the emulator can make: it knows no alarm on a sum of metrics."""
    for logical_id, resource in resources.items():
        if "Metrics" not in resource.get("Properties", {}):
            yield logical_id, resource


class _CodeBucket:
    """The bucket that CloudFormation takes template and code from, named by content."""

    def __init__(self) -> None:
        self._s3 = boto3.client("s3")
        self._keys: set[str] = set()
        names = {bucket["Name"] for bucket in self._s3.list_buckets()["Buckets"]}
        if _BUCKET not in names:
            where: Any = {"LocationConstraint": REGION}
            self._s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration=where)

    def put(self, name: str, content: bytes, kind: str = "zip") -> dict[str, str]:
        key = f"{name}-{hashlib.sha256(content).hexdigest()[:16]}.{kind}"
        self._s3.put_object(Bucket=_BUCKET, Key=key, Body=content)
        self._keys.add(key)
        return {"Bucket": _BUCKET, "Key": key}

    def delete_others(self) -> None:
        """Delete the code of earlier runs."""
        for found in self._s3.list_objects_v2(Bucket=_BUCKET).get("Contents", []):
            if found["Key"] not in self._keys:
                self._s3.delete_object(Bucket=_BUCKET, Key=found["Key"])


def _wait() -> None:
    client = boto3.client("cloudformation")
    deadline = time.monotonic() + _SECONDS
    status = "IN_PROGRESS"
    while status.endswith("IN_PROGRESS") and time.monotonic() < deadline:
        status = client.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
        time.sleep(0.05)
    if status not in _DONE:
        raise _broken(_first_failure() or status)


def _first_failure() -> str | None:
    """Return the first resource that failed in the last operation, and CloudFormation's reason."""
    reasons: list[str] = []
    client = boto3.client("cloudformation")
    for event in client.describe_stack_events(StackName=STACK)["StackEvents"]:
        if event["ResourceStatus"].endswith("_FAILED"):
            reasons.append(f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}")
        if event.get("ResourceStatusReason") == "User Initiated":
            break
    return reasons[-1] if reasons else None


def _read() -> Stack:
    client = boto3.client("cloudformation")
    processed: Any = client.get_template(StackName=STACK, TemplateStage="Processed")
    body = processed["TemplateBody"]
    described = client.describe_stacks(StackName=STACK)["Stacks"][0]
    resources = client.describe_stack_resources(StackName=STACK)["StackResources"]
    return Stack(
        template=json.loads(body) if isinstance(body, str) else body,
        parameters={one["ParameterKey"]: one["ParameterValue"] for one in described["Parameters"]},
        physical_ids={one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources},
    )


def _broken(reason: str) -> BrokenStart:
    return BrokenStart(f"template.yaml could not be deployed. {reason}")
