"""template.yaml: how fast and how much at once may be asked for, and what is kept of a request."""

import json
import re
from typing import Any

import pytest

from tests.contract.source import Definition, modules, reached_from
from tests.contract.template import folder_of, functions, properties, routes, template

_HASHING = {Definition("shared.passwords", name) for name in ("hash_password", "verify_password")}
_SESSIONS = {
    Definition("shared.api", "session"),
    Definition("shared.desk_api", "actor"),
}
_CALLS_FOR_MAIL = {
    "POST /api/family",
    "POST /api/password-resets",
    "POST /api/registrations/resend",
}
_HASH_SECONDS = 1 / 3
"""What hashing a password takes with the processor that 1,024 MB buy, with room to spare."""

Throttle = dict[str, int]


def _throttles() -> dict[str, Throttle]:
    found: dict[str, Throttle] = properties("PortalApi")["RouteSettings"]
    return found


def _default() -> Throttle:
    found: Throttle = properties("PortalApi")["DefaultRouteSettings"]
    return found


def _reached(logical_id: str) -> frozenset[Definition]:
    name = f"functions.{folder_of(logical_id)}.app"
    return frozenset().union(
        *(reached_from(Definition(name, defined)) for defined in modules()[name].defined)
    )


def _hashing() -> dict[str, str]:
    """Return the functions that hash a password, by their routes."""
    served = {" ".join(route): owner for route, owner in routes().items()}
    return {route: owner for route, owner in served.items() if _reached(owner) & _HASHING}


def _strangers() -> dict[str, str]:
    """Return those of them that ask for no session, by their routes."""
    return {route: one for route, one in _hashing().items() if not _reached(one) & _SESSIONS}


def test_every_route_has_a_throttle() -> None:
    assert _default() == {"ThrottlingBurstLimit": 200, "ThrottlingRateLimit": 100}


def test_what_hashes_a_password_or_calls_for_mail_has_a_throttle_of_its_own() -> None:
    assert set(_throttles()) == {*_hashing(), *_CALLS_FOR_MAIL, "PUT /api/desk/patients"}


def test_a_throttle_of_its_own_is_far_below_everybodys_and_lets_some_pass() -> None:
    for one in _throttles().values():
        assert set(one) == set(_default())
        assert all(0 < most <= _default()[name] / 5 for name, most in one.items())


def test_only_what_strangers_have_hashed_is_reserved() -> None:
    reserved = {
        name for name, told in functions().items() if "ReservedConcurrentExecutions" in told
    }
    assert reserved == set(_strangers().values())
    assert len(reserved) == 5


@pytest.mark.parametrize("logical_id", sorted(_strangers().values()))
def test_what_is_reserved_is_the_parameter_or_nothing(logical_id: str) -> None:
    assert functions()[logical_id]["ReservedConcurrentExecutions"] == {
        "If": ["ReservesConcurrency", {"Ref": "HashingConcurrency"}, {"Ref": "AWS::NoValue"}]
    }
    nothing = {"Equals": [{"Ref": "HashingConcurrency"}, "0"]}
    assert template()["Conditions"]["ReservesConcurrency"] == {"Not": [nothing]}


@pytest.mark.parametrize("route", sorted(_strangers()))
def test_what_a_throttle_lets_pass_finds_a_function_to_serve_it(route: str) -> None:
    most = template()["Parameters"]["HashingConcurrency"]["Default"]
    assert _throttles()[route]["ThrottlingBurstLimit"] <= most
    assert _throttles()[route]["ThrottlingRateLimit"] * _HASH_SECONDS <= most


# -------------------------------------------------------------------- access log

_ALLOWED = {
    *("requestId", "requestTime", "routeKey", "status", "responseLatency"),
    *("integrationStatus", "integrationErrorMessage"),
}


def _format() -> str:
    settings: dict[str, Any] = properties("PortalApi")["AccessLogSettings"]
    assert settings["DestinationArn"] == {"GetAtt": "PortalApiLogGroup.Arn"}
    return str(settings["Format"])


def test_each_request_leaves_a_line_of_json_in_a_log_that_ends_and_is_encrypted() -> None:
    line = re.sub(r"\$context\.\w+", "200", _format())
    assert {"request_id", "route", "status", "milliseconds"} <= set(json.loads(line))
    assert "\n" not in _format()
    assert properties("PortalApiLogGroup") == {
        "LogGroupName": {"Sub": "/aws/vendedlogs/${AWS::StackName}-api"},
        "KmsKeyId": {"GetAtt": "DataKey.Arn"},
        "RetentionInDays": {"Ref": "LogRetentionDays"},
    }


def test_of_whom_a_request_came_and_whom_it_was_about_nothing_is_kept() -> None:
    """No address, agent, cookie or query, and no path: that names patients and tickets."""
    assert set(re.findall(r"\$context\.([\w.]+)", _format())) == _ALLOWED
