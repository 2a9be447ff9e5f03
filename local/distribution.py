"""What template.yaml's distribution does with headers, read from the deployed template.

Each behaviour of the distribution may name a policy of response headers, and one of what its origin
is told of a request; here the same policies hold for the same paths.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from local.deploy import Properties, Stack
from local.failure import BrokenStart

Lines = list[tuple[bytes, bytes]]
"""Header lines as ASGI has them."""

Reference = dict[str, str]
"""`{"Ref": …}` to a policy of the template."""

_DISTRIBUTION = "AWS::CloudFront::Distribution"
_RESPONSE_POLICY = "AWS::CloudFront::ResponseHeadersPolicy"
_REQUEST_POLICY = "AWS::CloudFront::OriginRequestPolicy"

_OF_THE_CONNECTION = {"host", "content-length", "transfer-encoding"}

# HSTS is left out: browsers ignore it over http and for an IP address.
_LEFT_OUT = "StrictTransportSecurity"
_SECURITY = {
    "ContentSecurityPolicy": ("content-security-policy", "ContentSecurityPolicy"),
    "FrameOptions": ("x-frame-options", "FrameOption"),
    "ReferrerPolicy": ("referrer-policy", "ReferrerPolicy"),
}
"""By the template's name: the header, and under which name the template has its value."""


@dataclass(frozen=True)
class Header:
    """A header that a policy puts on an answer."""

    name: str
    value: str
    overrides: bool
    """Whether it takes the place of the one that the origin sent."""


@dataclass(frozen=True)
class Behaviour:
    """What the distribution does with requests to some paths."""

    pattern: str
    headers: tuple[Header, ...]
    """Those of its policy of response headers."""
    asked: frozenset[str]
    """The request's headers that its origin is told besides those of the connection."""


@dataclass(frozen=True)
class Distribution:
    """What the distribution passes on, and what it adds to answers."""

    behaviours: tuple[Behaviour, ...]
    """The first whose pattern fits a path counts."""

    def dressed(self, path: str, lines: Lines) -> Lines:
        """Return an answer's header lines as they leave the distribution."""
        return _dressed(lines, self._behaviour(path).headers)

    def passed(self, path: str, lines: Lines) -> Lines:
        """Return a request's header lines as they come to the origin."""
        names = _OF_THE_CONNECTION | self._behaviour(path).asked
        return [line for line in lines if line[0].lower().decode("latin-1") in names]

    def _behaviour(self, path: str) -> Behaviour:
        return next(one for one in self.behaviours if fnmatchcase(path, one.pattern))


def read(stack: Stack) -> Distribution:
    """Read the distribution of the deployed template. Raises BrokenStart."""
    stack.only(_DISTRIBUTION)
    ((_, properties),) = stack.resources(_DISTRIBUTION)
    config = properties["DistributionConfig"]
    found = [(one["PathPattern"], one) for one in config.get("CacheBehaviors", [])]
    found.append(("*", config["DefaultCacheBehavior"]))
    return Distribution(
        tuple(
            Behaviour(
                pattern,
                tuple(_added(stack, behaviour.get("ResponseHeadersPolicyId"))),
                frozenset(_asked(stack, behaviour.get("OriginRequestPolicyId"))),
            )
            for pattern, behaviour in found
        )
    )


def _dressed(lines: Lines, headers: tuple[Header, ...]) -> Lines:
    sent = {name.lower() for name, _ in lines}
    added = [one for one in headers if one.overrides or one.name.encode() not in sent]
    replaced = {one.name.encode() for one in added}
    kept = [line for line in lines if line[0].lower() not in replaced]
    return kept + [(one.name.encode(), one.value.encode()) for one in added]


def _added(stack: Stack, reference: Reference | None) -> Iterator[Header]:
    """Yield the headers of the policy that a behaviour refers to, if it does."""
    config = _config(stack, _RESPONSE_POLICY, reference)
    for part in config.keys() - {"Name", "Comment", "SecurityHeadersConfig", "CustomHeadersConfig"}:
        raise _unknown(part)
    for kind, settings in config.get("SecurityHeadersConfig", {}).items():
        if kind != _LEFT_OUT:
            yield _security(stack, kind, settings)
    for item in config.get("CustomHeadersConfig", {}).get("Items", []):
        yield Header(item["Header"].lower(), stack.value(item["Value"]), _is_true(item["Override"]))


def _asked(stack: Stack, reference: Reference | None) -> Iterator[str]:
    """Yield the names of the headers that a behaviour tells its origin; addresses go whole."""
    config = _config(stack, _REQUEST_POLICY, reference)
    if not config:
        return
    if config["QueryStringsConfig"] != {"QueryStringBehavior": "all"}:
        raise _unknown("QueryStringsConfig")
    if config["CookiesConfig"] != {"CookieBehavior": "all"}:
        raise _unknown("CookiesConfig")
    if config["HeadersConfig"]["HeaderBehavior"] != "whitelist":
        raise _unknown("HeadersConfig")
    yield "cookie"
    for name in config["HeadersConfig"]["Headers"]:
        yield name.lower()


def _config(stack: Stack, kind: str, reference: Reference | None) -> Properties:
    """Return the settings of the policy that a behaviour refers to, if it does."""
    if reference is None:
        return {}
    found: Properties = dict(stack.resources(kind))[stack.value(reference)]
    config: Properties = found[f"{kind.rpartition('::')[2]}Config"]
    return config


def _security(stack: Stack, kind: str, settings: Properties) -> Header:
    overrides = _is_true(settings["Override"])
    if kind == "ContentTypeOptions":
        return Header("x-content-type-options", "nosniff", overrides)
    if kind not in _SECURITY:
        raise _unknown(kind)
    name, member = _SECURITY[kind]
    return Header(name, stack.value(settings[member]), overrides)


def _is_true(value: Any) -> bool:  # noqa: ANN401 - CloudFormation takes the word as well
    return str(value).lower() == "true"


def _unknown(part: str) -> BrokenStart:
    return BrokenStart(f"The local stack cannot play {part} of the distribution's policies.")
