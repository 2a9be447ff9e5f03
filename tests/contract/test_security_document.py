"""docs/security.md tells the limits and lifetimes that the code has."""

import ast
import re
from datetime import timedelta

from shared import accounts, limits
from shared.documents import UPLOAD_LIFETIME
from shared.limits import Limit, Window
from tests.contract import documents
from tests.contract.source import Definition, Module, calls_in, modules, resolve
from tests.contract.template import properties, template

_DOCUMENT = "docs/security.md"
_COUNTING = {Definition("shared.table.limits", name) for name in ("count_both", "count_client")}
_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


def _spoken(period: timedelta) -> str:
    """Say a period in the largest unit that measures it: `6 hours`."""
    unit, length = next(one for one in _UNITS.items() if not period % one[1])
    count = period // length
    return f"{count} {unit}{'s' if count > 1 else ''}"


def _told(window: Window) -> str:
    return f"{window.most} in {_spoken(window.period)}"


def test_every_limit_is_documented_with_its_numbers_and_no_other() -> None:
    documented = {
        documents.code(row["Limit"])[0]: row["At most"]
        for row in documents.table(_DOCUMENT, "Limits")
    }
    own = [limit for limit in vars(limits).values() if isinstance(limit, Limit)]
    assert documented == {limit.operation: ", ".join(map(_told, limit.windows)) for limit in own}


def test_the_limit_of_a_network_is_documented_with_its_number() -> None:
    told = " ".join(documents.text(_DOCUMENT).split())
    most = template()["Parameters"]["ClientLimitPerHour"]["Default"]
    assert f"`ClientLimitPerHour` times in 1 hour, {most} as it stands" in told
    assert [window.period for window in limits.by_client("any", most).windows] == [_UNITS["hour"]]


def test_every_link_is_documented_with_its_lifetime() -> None:
    lifetimes = [row["Works for"] for row in documents.table(_DOCUMENT, "Links")]
    assert lifetimes == [
        f"{accounts.CONFIRMATION_LIFETIME // _UNITS['hour']} hours",
        _spoken(accounts.RESET_LIFETIME),
        _spoken(accounts.INVITATION_LIFETIME),
    ]
    tries = documents.table(_DOCUMENT, "Links")[0]["Besides the link"]
    assert tries == f"the password, {accounts.CONFIRMATION_TRIES} tries"


def test_a_session_is_documented_with_its_ends() -> None:
    told = documents.text(_DOCUMENT)
    assert f"ends after {_spoken(accounts.SESSION_IDLE)} without use" in told
    assert f"after {accounts.SESSION_LIFETIME // _UNITS['hour']} hours in all" in told
    assert f"at most every {_spoken(accounts.SESSION_REFRESH)}" in told


def test_a_session_of_the_desk_is_documented_with_its_ends() -> None:
    told = " ".join(documents.text(_DOCUMENT).split())
    idle = _spoken(accounts.DESK_SESSION_IDLE)
    in_all = accounts.DESK_SESSION_LIFETIME // _UNITS["hour"]
    ends = f"ends after {idle} without use and after {in_all} hours in all"
    assert f"A session of the desk {ends}" in told


def test_the_address_of_an_upload_is_documented_with_its_lifetime() -> None:
    told = " ".join(documents.text(_DOCUMENT).split())
    lifetime = _spoken(UPLOAD_LIFETIME)
    assert f"one file of one length and one SHA-256, for {lifetime};" in told
    assert f"after {lifetime} prepare the document anew" in documents.text("docs/errors.md")


_BY_SETTING = {
    "ContentSecurityPolicy": "Content-Security-Policy",
    "ContentTypeOptions": "X-Content-Type-Options",
    "FrameOptions": "X-Frame-Options",
    "ReferrerPolicy": "Referrer-Policy",
    "StrictTransportSecurity": "Strict-Transport-Security",
}
"""What a header is called that the template names by a setting."""


def test_every_security_header_is_documented_and_no_other() -> None:
    config = properties("SiteHeaders")["ResponseHeadersPolicyConfig"]
    custom = {one["Header"] for one in config["CustomHeadersConfig"]["Items"]}
    own = {_BY_SETTING[name] for name in config["SecurityHeadersConfig"]} | custom
    told = [documents.code(row["Header"]) for row in documents.table(_DOCUMENT, "Headers")]
    assert sorted(name for names in told for name in names) == sorted(own)


def test_every_operation_that_is_counted_for_a_network_is_named() -> None:
    told = " ".join(documents.text(_DOCUMENT).split())
    found = re.search(r"each operation without a session \(([^)]*)\)", told)
    assert found
    counted = {
        _operation_of(module, call.args[0])
        for module in modules().values()
        if module.name.startswith("functions.")
        for name in module.defined
        for call in calls_in(Definition(module.name, name))
        if resolve(module, call.func) in _COUNTING
    }
    assert set(documents.code(found[1])) == counted


def _operation_of(module: Module, node: ast.AST) -> str:
    """Return the operation of a limit, or what stands for one that only networks have."""
    named = resolve(module, node)
    assert named is not None
    assert named.module == "shared.limits"
    limit = vars(limits)[named.name]
    return limit.operation if isinstance(limit, Limit) else str(limit)
