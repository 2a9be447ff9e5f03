"""The local stack's distribution: the headers of the template's policies, on the same paths."""

from typing import Any

import pytest

from local import distribution
from local.deploy import Stack
from local.failure import BrokenStart

SECURITY: dict[str, Any] = {
    "ContentSecurityPolicy": {
        "ContentSecurityPolicy": {
            "Fn::Sub": "connect-src 'self' https://${Documents}.s3.${AWS::Region}.amazonaws.com"
        },
        "Override": True,
    },
    "ContentTypeOptions": {"Override": True},
    "FrameOptions": {"FrameOption": "DENY", "Override": True},
    "ReferrerPolicy": {"ReferrerPolicy": "no-referrer", "Override": True},
    "StrictTransportSecurity": {"AccessControlMaxAgeSec": 63072000, "Override": True},
}
CUSTOM = {"Items": [{"Header": "Permissions-Policy", "Value": "camera=()", "Override": False}]}
POLICY = {"Name": "x", "SecurityHeadersConfig": SECURITY, "CustomHeadersConfig": CUSTOM}
ADDED = [
    (
        b"content-security-policy",
        b"connect-src 'self' https://documents-1.s3.eu-central-1.amazonaws.com",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=()"),
]
REQUESTS: dict[str, Any] = {
    "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": ["Content-Type", "Origin"]},
    "CookiesConfig": {"CookieBehavior": "all"},
    "QueryStringsConfig": {"QueryStringBehavior": "all"},
}
ATTACHED = {"ResponseHeadersPolicyId": {"Ref": "Headers"}}
TOLD = {"OriginRequestPolicyId": {"Ref": "Requests"}}


def stack(
    policy: dict[str, Any],
    default: dict[str, Any],
    api: dict[str, Any],
    requests: dict[str, Any] = REQUESTS,
) -> Stack:
    """Return a deployed stack with one distribution, of two behaviours, and a policy of a kind."""
    config = {"DefaultCacheBehavior": default, "CacheBehaviors": [{"PathPattern": "/api/*"} | api]}
    resources = {
        "Distribution": ("AWS::CloudFront::Distribution", {"DistributionConfig": config}),
        "Headers": (
            "AWS::CloudFront::ResponseHeadersPolicy",
            {"ResponseHeadersPolicyConfig": policy},
        ),
        "Requests": (
            "AWS::CloudFront::OriginRequestPolicy",
            {"OriginRequestPolicyConfig": requests},
        ),
    }
    return Stack(
        {
            "Resources": {
                name: {"Type": kind, "Properties": properties}
                for name, (kind, properties) in resources.items()
            }
        },
        {},
        {
            "Distribution": "D1",
            "Headers": "policy-1",
            "Requests": "policy-2",
            "Documents": "documents-1",
        },
    )


def test_the_templates_headers_are_on_every_answer_but_hsts() -> None:
    found = distribution.read(stack(POLICY, ATTACHED, ATTACHED))
    for path in ("/", "/desk/day.html", "/api/account"):
        assert found.dressed(path, [(b"etag", b"1")]) == [(b"etag", b"1"), *ADDED]


def test_a_policy_is_only_where_the_distribution_attaches_it() -> None:
    found = distribution.read(stack(POLICY, ATTACHED, {}))
    assert found.dressed("/api/account", []) == []
    assert found.dressed("/apis.html", []) == ADDED
    found = distribution.read(stack(POLICY, {}, ATTACHED))
    assert found.dressed("/api/account", []) == ADDED
    assert found.dressed("/index.html", []) == []


def test_what_the_origin_says_stands_unless_the_policy_overrides_it() -> None:
    found = distribution.read(stack(POLICY, ATTACHED, ATTACHED))
    sent = [(b"X-Frame-Options", b"SAMEORIGIN"), (b"Permissions-Policy", b"usb=()")]
    lines = found.dressed("/", sent)
    assert (b"Permissions-Policy", b"usb=()") in lines
    assert (b"x-frame-options", b"DENY") in lines
    assert len(lines) == len(ADDED)


def test_an_origin_is_told_of_a_request_what_the_policy_names_and_nothing_more() -> None:
    found = distribution.read(stack(POLICY, {}, TOLD))
    connection = [(b"Host", b"x"), (b"content-length", b"2")]
    told = [(b"Content-Type", b"application/json"), (b"origin", b"x"), (b"cookie", b"a=b")]
    other = [(b"authorization", b"x"), (b"x-forwarded-for", b"x"), (b"accept", b"*/*")]
    assert found.passed("/api/account", connection + told + other) == connection + told
    assert found.passed("/index.html", connection + told + other) == connection


@pytest.mark.parametrize(
    "part, setting",
    [
        ("HeadersConfig", {"HeaderBehavior": "allViewer"}),
        ("CookiesConfig", {"CookieBehavior": "none"}),
        ("QueryStringsConfig", {"QueryStringBehavior": "none"}),
    ],
)
def test_what_cannot_be_played_of_requests_is_said(part: str, setting: dict[str, str]) -> None:
    with pytest.raises(BrokenStart, match=f"cannot play {part}"):
        distribution.read(stack(POLICY, {}, TOLD, REQUESTS | {part: setting}))


@pytest.mark.parametrize(
    "policy",
    [
        POLICY | {"CorsConfig": {}},
        {"SecurityHeadersConfig": SECURITY | {"XSSProtection": {"Override": True}}},
    ],
)
def test_what_cannot_be_played_is_said(policy: dict[str, Any]) -> None:
    with pytest.raises(BrokenStart, match=r"cannot play (CorsConfig|XSSProtection)"):
        distribution.read(stack(policy, ATTACHED, ATTACHED))
