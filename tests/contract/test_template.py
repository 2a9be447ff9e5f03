"""template.yaml: what every function has, and what the table, the schedule and the stream are."""

import ast

import pytest

from tests.contract import source
from tests.contract.template import (
    ROOT,
    TEMPLATE,
    events,
    folder_of,
    folders,
    functions,
    logical_id_of,
    properties,
    resources,
    said,
    template,
)

each_function = pytest.mark.parametrize("logical_id", sorted(functions()))


def test_every_function_folder_has_its_resource_and_every_resource_its_folder() -> None:
    assert set(functions()) == {logical_id_of(folder) for folder in folders()}


@each_function
def test_a_functions_name_and_its_folders_are_one(logical_id: str) -> None:
    assert logical_id_of(folder_of(logical_id)) == logical_id


@each_function
def test_the_handler_stands_where_the_template_says(logical_id: str) -> None:
    handler: str = functions()[logical_id]["Handler"]
    module, _, name = handler.rpartition(".")
    assert module == f"functions.{folder_of(logical_id)}.app"
    assert name == "lambda_handler"
    assert name in source.modules()[module].defined


@each_function
def test_the_description_is_the_first_line_of_the_docstring(logical_id: str) -> None:
    module = source.modules()[f"functions.{folder_of(logical_id)}.app"]
    docstring = ast.get_docstring(module.tree) or ""
    assert functions()[logical_id]["Description"] == docstring.split("\n", 1)[0]


@each_function
def test_the_log_group_stands_beneath_the_function_and_forgets_in_time(logical_id: str) -> None:
    order = list(resources())
    group_id = order[order.index(logical_id) + 1]
    assert group_id == logical_id.removesuffix("Function") + "LogGroup"
    assert resources()[group_id]["Type"] == "AWS::Logs::LogGroup"
    name = folder_of(logical_id).replace("_", "-")
    assert properties(group_id) == {
        "LogGroupName": {"Sub": f"/aws/lambda/${{AWS::StackName}}-{name}"},
        "KmsKeyId": {"GetAtt": "DataKey.Arn"},
        "RetentionInDays": {"Ref": "LogRetentionDays"},
    }
    assert functions()[logical_id]["LoggingConfig"] == {"LogGroup": {"Ref": group_id}}


@each_function
def test_every_function_is_built_by_the_makefile(logical_id: str) -> None:
    assert resources()[logical_id]["Metadata"] == {"BuildMethod": "makefile"}


def test_no_log_group_stands_alone() -> None:
    groups = {name for name, one in resources().items() if one["Type"] == "AWS::Logs::LogGroup"}
    assert groups == {
        "PortalApiLogGroup",
        *(name.removesuffix("Function") + "LogGroup" for name in functions()),
    }


def test_all_functions_run_the_same_python_on_arm_with_logs_as_json() -> None:
    shared = template()["Globals"]["Function"]
    assert shared["Runtime"] == "python3.13"
    assert shared["Architectures"] == ["arm64"]
    assert shared["Layers"] == [{"Ref": "DependenciesLayer"}]
    assert shared["LoggingConfig"] == {"LogFormat": "JSON"}


def test_no_secret_stands_in_the_environment() -> None:
    told = template()["Globals"]["Function"]["Environment"]["Variables"].values()
    assert [one for one in map(said, told) if "resolve:" in one] == []
    assert not any("Environment" in function for function in functions().values())


def test_the_table_is_kept_safe() -> None:
    table = resources()["PortalTable"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    told = table["Properties"]
    assert told["BillingMode"] == "PAY_PER_REQUEST"
    assert told["DeletionProtectionEnabled"] is True
    assert told["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert told["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": {"Ref": "DataKey"},
    }
    assert told["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert told["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


@pytest.mark.parametrize(
    "logical_id",
    [
        *("DataKey", "PortalTable", "IdentityKey", "DocumentBucket", "DocumentBucketPolicy"),
        *("UnsentMailQueue", "UnarchivedTicketQueue"),
    ],
)
def test_what_cannot_be_made_again_outlives_the_stack(logical_id: str) -> None:
    resource = resources()[logical_id]
    assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize(
    "logical_id, hour",
    [
        ("ReleaseSlotsFunction", "ReleaseHour"),
        ("SendRemindersFunction", "ReminderHour"),
        ("ChaseConfirmationsFunction", "ChaseHour"),
    ],
)
def test_a_schedule_runs_every_day_at_an_hour_of_the_clinics_own_zone(
    logical_id: str, hour: str
) -> None:
    (schedule,) = [told for owner, told in events("ScheduleV2") if owner == logical_id]
    assert said(schedule["ScheduleExpression"]) == f"!Sub cron(0 ${{{hour}}} * * ? *)"
    assert said(schedule["ScheduleExpressionTimezone"]) == "!Ref ClinicTimeZone"
    assert template()["Parameters"]["ClinicTimeZone"]["Default"] == "Europe/Moscow"


def test_nothing_else_runs_by_a_schedule() -> None:
    scheduled = [owner for owner, _ in events("ScheduleV2")]
    assert sorted(scheduled) == [
        *("ChaseConfirmationsFunction", "ReleaseSlotsFunction", "SendRemindersFunction"),
    ]


def test_the_caps_and_the_horizon_are_the_clinics_own() -> None:
    parameters = template()["Parameters"]
    told = {name: parameters[name]["Default"] for name in ("AdultCap", "ChildCap", "HorizonDays")}
    assert told == {"AdultCap": 2, "ChildCap": 5, "HorizonDays": 14}


@pytest.mark.parametrize(
    "parameter, default",
    [
        *(("ReleaseHour", 7), ("ReminderHour", 18), ("ChaseHour", 8), ("FanOutAbove", 500)),
        *(("ClientLimitPerHour", 120), ("DocumentRetentionDays", 30)),
    ],
)
def test_hours_and_limits_have_their_defaults(parameter: str, default: int) -> None:
    assert template()["Parameters"][parameter]["Default"] == default


def test_secrets_are_drawn_by_cloudformation_and_encrypted_with_the_portals_own_key() -> None:
    secrets = {
        name: resource["Properties"]
        for name, resource in resources().items()
        if resource["Type"] == "AWS::SecretsManager::Secret"
    }
    assert set(secrets) == {"IdentityKey", "LinkKey", "OriginKey"}
    for told in secrets.values():
        assert told["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
        assert told["KmsKeyId"] == {"Ref": "DataKey"}


def test_the_sections_stand_in_their_order() -> None:
    framed = [
        line.split()[-1]
        for line in TEMPLATE.read_text("utf-8").splitlines()
        if line.startswith("  # ---")
    ]
    assert framed == [
        *("TABLE", "DEPENDENCIES", "FUNCTIONS", "API", "SITE", "MAIL", "QUEUES", "ALARMS"),
    ]


def test_every_function_has_a_test_of_its_handler() -> None:
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/integration").glob("*.py")}
    assert folders() <= tested
