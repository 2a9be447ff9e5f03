"""ANY /api/*: what no function serves is a problem document, and nothing is read or written."""

import pytest

from functions.refuse_unknown_route.app import METHODS
from shared.routes import ROUTES
from tests.integration.answers import Answer, call, problem
from tests.integration.clinic import ANNA, PASSWORD, start_registration, token_of
from tests.integration.rows import Rows
from tests.integration.wire import Wire, operations

NOT_FOUND = problem(404, "not_found")


def refuse(method: str, path: str, body: object = None) -> Answer:
    return call("refuse_unknown_route", method, path, body)


def not_allowed(*methods: str) -> Answer:
    return problem(405, "method_not_allowed", headers={"Allow": ", ".join(methods)})


@pytest.mark.parametrize("path", ROUTES)
def test_a_known_address_tells_which_methods_it_serves(path: str) -> None:
    others = [method for method in METHODS if method not in ROUTES[path]]
    answers = [refuse(method, path) for method in others]
    assert answers == [not_allowed(*ROUTES[path])] * len(others)


@pytest.mark.parametrize(
    "path",
    [
        "/api/nothing",
        "/api/tickets/",
        "/api/Tickets",
        "/api/tickets/a1.2026-11-24.1.0900/slot",
        "/api/../api/tickets",
        "/api/талоны",
        "/api/" + "x" * 2000,
    ],
)
def test_an_unknown_address_is_not_found_whatever_the_method(path: str) -> None:
    assert [refuse(method, path) for method in METHODS] == [NOT_FOUND] * len(METHODS)


def test_opening_a_confirmation_link_by_get_any_number_of_times_changes_nothing(
    rows: Rows, wire: Wire
) -> None:
    form = {"token": token_of(start_registration(ANNA)), "password": PASSWORD}
    with wire.listening() as heard, rows.unchanged():
        answers = [refuse("GET", "/api/email-confirmations", form) for _ in range(3)]
        answers += [refuse("HEAD", "/api/email-confirmations")]
    assert answers == [not_allowed("POST")] * 4
    assert operations(heard) == []


def test_a_body_larger_than_any_honest_one_is_refused_first() -> None:
    assert refuse("POST", "/api/nothing", "x" * 70_000) == problem(413, "too_large")


def test_another_sites_request_is_refused_first() -> None:
    headers = {"sec-fetch-site": "cross-site"}
    answer = call("refuse_unknown_route", "POST", "/api/nothing", headers=headers)
    assert answer == problem(400, "malformed_request")
