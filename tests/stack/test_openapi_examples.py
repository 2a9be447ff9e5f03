"""Schemathesis over docs/openapi.json: whatever is sent, no failure and no undocumented answer."""

import json
import os
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings as tried
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared import clock
from shared.api import SESSION_COOKIE, session_key
from shared.districts import District
from shared.ids import SlotId
from shared.settings import settings
from shared.table import sessions, store
from tests.contract.template import ROOT
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_EXAMPLES = int(os.environ.get("EXAMPLES", "4"))
"""Made-up requests of one operation, beside those that the schema's own limits call for."""
_EXAMPLES_OF_THE_DESK = max(1, _EXAMPLES // 2)
"""Fewer, as each may leave something behind: a district, a ticket, a document."""
WITHOUT_SESSION = [
    *("register", "resend_confirmation", "confirm_email", "sign_in"),
    *("request_reset", "reset_password", "desk_sign_in"),
]
_CASES_OF_ONE_ACCOUNT = 4
"""Then another one asks: five wrong passwords would be answered by the limit alone."""

api = schemathesis.openapi.from_dict(json.loads((ROOT / "docs/openapi.json").read_text("utf-8")))
for_signed_in = api.exclude(operation_id=WITHOUT_SESSION)
for_clerks = api.include(path_regex="^/api/desk/").exclude(operation_id="desk_sign_in")

enough = tried(
    max_examples=_EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
for_the_desk = tried(parent=enough, max_examples=_EXAMPLES_OF_THE_DESK)


class Desk:
    """One clerk, a new session for every case, and what is really there."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._asked = 0

    @cached_property
    def _clerk(self) -> Clerk:
        return desk.new_clerk()

    @cached_property
    def _district(self) -> District:
        return portal.new_district_without_hours()

    def cookie(self) -> str:
        """Return the cookie of a session that is surely open."""
        return desk.new_session(self._clerk.login)[1]

    def make_real(self, case: Case[Any]) -> None:
        """Let every other case name things that are there, and none change what others need."""
        self._asked += 1
        if case.path_parameters and "district_id" in case.path_parameters:
            case.path_parameters["district_id"] = self._district.district_id
        if self._asked % 2:
            return
        who = portal.new_signed_in(self._district)
        day = settings().day_of(clock.now()) + timedelta(days=self._asked)
        real: dict[str, Any] = {
            "patient_id": who.patient_id,
            "account_id": who.account_id,
            "email": who.email,
            "starts_at": datetime.combine(day, time(9, 20), settings().zone).isoformat(),
            "status": "consent_received",
        }
        for told in (case.body, case.query, case.path_parameters):
            if isinstance(told, dict):
                told.update({name: real[name] for name in real.keys() & told.keys()})


class Callers:
    """Accounts of one district, one after another, with a new session for every case."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._district: District | None = None
        self._asked = 0
        self._slots: list[SlotId] = []
        self._who: SignedIn | None = None

    def next(self) -> SignedIn:
        """Return an account whose session is surely open."""
        if self._district is None:
            self._district = portal.new_district()
            self._slots = [slot.place.slot_id for slot in portal.slots_of(self._district)]
        if self._who is None or self._asked % _CASES_OF_ONE_ACCOUNT == 0:
            self._who = portal.new_signed_in(self._district)
        self._asked += 1
        secret = clock.new_secret()
        key = session_key(self._who.account_id, secret)
        store.transact([sessions.open_leg(key, clock.now())])
        cookie = f"{SESSION_COOKIE}={key.account_id}.{secret}"
        return replace(self._who, session=key, cookie=cookie)

    def make_real(self, case: Case[Any], who: SignedIn) -> None:
        """Let every other case name things that are there."""
        if self._asked % 2:
            return
        slot_id = self._slots[self._asked % len(self._slots)]
        real: dict[str, Any] = {"patient_id": who.patient_id, "slot_id": slot_id}
        for told in (case.body, case.query, case.path_parameters):
            if isinstance(told, dict):
                told.update({name: real[name] for name in real.keys() & told.keys()})


@pytest.fixture(scope="module")
def callers(stack: RunningStack) -> Callers:
    """Make a district whose patients ask."""
    assert stack.url
    return Callers()


@pytest.fixture(scope="module")
def registry(stack: RunningStack) -> Desk:
    """Make a clerk, and a district of patients."""
    assert stack.url
    return Desk()


@api.parametrize()
@enough
def test_without_a_session_every_answer_is_documented(case: Case[Any], stack: RunningStack) -> None:
    case.cookies = {}
    case.call_and_validate(base_url=stack.url, checks=_CHECKS)


@for_signed_in.parametrize()
@enough
def test_with_a_session_every_answer_is_documented(
    case: Case[Any], stack: RunningStack, callers: Callers
) -> None:
    who = callers.next()
    callers.make_real(case, who)
    case.cookies = {}
    case.call_and_validate(base_url=stack.url, headers={"Cookie": who.cookie}, checks=_CHECKS)


@for_clerks.parametrize()
@for_the_desk
def test_with_a_session_of_the_desk_every_answer_is_documented(
    case: Case[Any], stack: RunningStack, registry: Desk
) -> None:
    registry.make_real(case)
    case.cookies = {}
    headers = {"Cookie": registry.cookie()}
    case.call_and_validate(base_url=stack.url, headers=headers, checks=_CHECKS)
