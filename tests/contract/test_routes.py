"""Routes: template.yaml, shared.routes and the functions' own resolvers say the same."""

import ast
import re
from collections.abc import Iterator

import pytest

from shared.routes import ROUTES
from tests.contract import source
from tests.contract.template import CATCH_ALL, events, folder_of, functions, routes

_METHODS = {"delete", "get", "patch", "post", "put"}


def _resolved(folder: str) -> Iterator[tuple[str, str]]:
    """Yield method and path of each route that a function's resolver knows.

    The resolver writes a path's parameter as `<ticket_id>`, API Gateway as `{ticket_id}`.
    """
    for node in source.modules()[f"functions.{folder}.app"].tree.body:
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else []:
            if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
                assert decorator.func.attr in _METHODS
                path: str = ast.literal_eval(decorator.args[0])
                yield decorator.func.attr.upper(), re.sub(r"<(\w+)>", r"{\1}", path)


served = {route: owner for route, owner in routes().items() if route != CATCH_ALL}


def test_the_template_serves_exactly_the_known_routes() -> None:
    known = {(method, path) for path, methods in ROUTES.items() for method in methods}
    assert set(served) == known


def test_no_route_is_served_twice() -> None:
    assert len(routes()) == len(list(events("HttpApi")))


def test_whatever_no_route_serves_is_refused_by_one_function() -> None:
    assert routes()[CATCH_ALL] == "RefuseUnknownRouteFunction"


@pytest.mark.parametrize("route", served, ids=" ".join)
def test_a_route_reaches_a_resolver_that_knows_it(route: tuple[str, str]) -> None:
    assert list(_resolved(folder_of(served[route]))) == [route]


@pytest.mark.parametrize("route", served, ids=" ".join)
def test_a_handler_names_its_route_first(route: tuple[str, str]) -> None:
    assert functions()[served[route]]["Description"].startswith(f"{' '.join(route)}: ")
