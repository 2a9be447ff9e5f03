"""Requests that no function serves: the wrong method, or nothing there."""

import pytest

from shared.errors import MethodNotAllowed, NotFound
from shared.routes import ROUTES, refusal_of


@pytest.mark.parametrize("path", ROUTES)
def test_a_known_address_with_a_wrong_method_names_the_right_ones(path: str) -> None:
    refusal = refusal_of(path)
    assert isinstance(refusal, MethodNotAllowed)
    assert refusal.allow == ROUTES[path]


@pytest.mark.parametrize(
    "path",
    ["/api/nothing", "/api", "/api/", "/", "", "/api/tickets/", "/API/TICKETS", "/api/ticke"],
)
def test_an_unknown_address_is_not_found(path: str) -> None:
    assert isinstance(refusal_of(path), NotFound)
