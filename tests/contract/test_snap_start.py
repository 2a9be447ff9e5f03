"""The template of `make build SNAP_START=1`: a function is called by its alias only."""

import json
from typing import Any

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from scripts.snap_start import with_snapshots
from tests.contract.template import TEMPLATE, functions

Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def deployed() -> Resources:
    """Return the resources as SAM makes them of the template."""
    template = yaml_parse(with_snapshots(TEMPLATE.read_text("utf-8")))
    template["Globals"]["Function"]["CodeUri"] = "s3://code/function"
    for resource in template["Resources"].values():
        resource.get("Properties", {}).pop("ContentUri", None)
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            resource["Properties"]["ContentUri"] = "s3://code/layer"
    session = boto3.Session(region_name="eu-central-1")
    made: Any = Translator({}, Parser(), None, session).translate(template, {})
    resources: Resources = made["Resources"]
    return resources


def test_every_function_has_snapshots_and_an_alias_of_its_version(deployed: Resources) -> None:
    for logical_id in functions():
        told = deployed[logical_id]["Properties"]
        assert told["SnapStart"] == {"ApplyOn": "PublishedVersions"}
        alias = deployed[f"{logical_id}Aliaslive"]["Properties"]
        version, _ = alias["FunctionVersion"]["Fn::GetAtt"]
        assert deployed[version]["Properties"]["FunctionName"] == {"Ref": logical_id}
        assert deployed[version]["DeletionPolicy"] == "Delete"


def test_everything_that_calls_a_function_calls_its_alias(deployed: Resources) -> None:
    callers = {
        *("AWS::ApiGatewayV2::Api", "AWS::Events::Rule", "AWS::Lambda::EventSourceMapping"),
        "AWS::Scheduler::Schedule",
    }
    called = json.dumps([one["Properties"] for one in deployed.values() if one["Type"] in callers])
    for logical_id in functions():
        assert f"{logical_id}Aliaslive" in called
        assert f'"{logical_id}"' not in called
        assert f"${{{logical_id}.Arn}}" not in called


@pytest.mark.parametrize("text", ["Resources: {}\n", "    Layers: [!Ref DependenciesLayer]\n" * 2])
def test_a_template_without_the_one_place_for_it_is_not_changed_at_random(text: str) -> None:
    with pytest.raises(ValueError, match="layers"):
        with_snapshots(text)
