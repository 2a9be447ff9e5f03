"""The HTTP API's routes: the emulator creates the API without them, and they are made here.

What is made is exactly what stands in the processed template, so a route that the template does not
have is not served locally either.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from local.deploy import Properties, Stack
from local.failure import BrokenStart

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2 import ApiGatewayV2Client

API = "AWS::ApiGatewayV2::Api"
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
_ALL = "500"
_FUNCTION = re.compile(r"\$\{(\w+)\.Arn\}")


@dataclass(frozen=True)
class Route:
    """One route of the template and the function that serves it."""

    method: str
    """ANY for all methods that no other route names."""
    path: str
    function: str
    """The function's name in the emulator."""
    payload_format: str

    @property
    def key(self) -> str:
        """The route as API Gateway names it, such as `POST /api/tickets`."""
        return f"{self.method} {self.path}"


def routes_of(stack: Stack) -> list[Route]:
    """Read the routes out of the processed template."""
    found = [route for _, api in stack.resources(API) for route in _routes(stack, api)]
    if not found:
        message = "template.yaml has no routes."
        raise BrokenStart(message)
    return found


def _routes(stack: Stack, api: Properties) -> Iterator[Route]:
    for path, methods in api["Body"]["paths"].items():
        for method, operation in methods.items():
            integration = operation[_INTEGRATION]
            function = _FUNCTION.search(integration["uri"]["Fn::Sub"])
            if function is None:
                message = f"Nobody serves {method.upper()} {path} in template.yaml."
                raise BrokenStart(message)
            yield Route(
                method="ANY" if method == _ANY else method.upper(),
                path=path,
                function=stack.physical_ids[function[1]],
                payload_format=integration["payloadFormatVersion"],
            )


def mend(stack: Stack) -> None:
    """Make the routes of the template anew, and check that the emulator has them."""
    client = boto3.client("apigatewayv2")
    api_id = stack.only(API)
    wanted = routes_of(stack)
    _delete_all(client, api_id)
    for route in wanted:
        _make(client, api_id, route)
    made = {item["RouteKey"] for item in client.get_routes(ApiId=api_id, MaxResults=_ALL)["Items"]}
    if made != {route.key for route in wanted}:
        message = f"The emulator has other routes than template.yaml: {sorted(made)}"
        raise BrokenStart(message)


def _delete_all(client: "ApiGatewayV2Client", api_id: str) -> None:
    for route in client.get_routes(ApiId=api_id, MaxResults=_ALL)["Items"]:
        client.delete_route(ApiId=api_id, RouteId=route["RouteId"])
    for integration in client.get_integrations(ApiId=api_id, MaxResults=_ALL)["Items"]:
        client.delete_integration(ApiId=api_id, IntegrationId=integration["IntegrationId"])


def _make(client: "ApiGatewayV2Client", api_id: str, route: Route) -> None:
    function = boto3.client("lambda").get_function_configuration(FunctionName=route.function)
    integration = client.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function["FunctionArn"],
        PayloadFormatVersion=route.payload_format,
    )
    client.create_route(
        ApiId=api_id, RouteKey=route.key, Target=f"integrations/{integration['IntegrationId']}"
    )


def check(url: str, routes: list[Route]) -> None:
    """Ask every route once, without a session and with an empty body: nothing may change by it.

    Raises BrokenStart naming the first route that does not answer from its own function.
    """
    with (
        httpx.Client(base_url=url, trust_env=False, timeout=60) as client,
        ThreadPoolExecutor(max_workers=4) as pool,
    ):
        answers = list(pool.map(lambda route: _ask(client, route), routes))
    for route, answer in zip(routes, answers, strict=True):
        if not _is_own(route, answer):
            message = f"{route.key} answers {answer.status_code}: {answer.text[:300]}"
            raise BrokenStart(message)


def _ask(client: httpx.Client, route: Route) -> httpx.Response:
    method = "GET" if route.method == "ANY" else route.method
    path = re.sub(r"\{[^}]+\}", "start-up-check", route.path)
    body: Any = {} if method in {"POST", "PUT", "PATCH"} else None
    return client.request(method, path, json=body)


def _is_own(route: Route, answer: httpx.Response) -> bool:
    """Tell a function's answer from the emulator's, and from the catch-all function's.

    404 is always the catch-all's: what has a name in its path asks for a session first, and a
    function that does not know its own route answers 404 too.
    """
    if answer.status_code == HTTPStatus.NO_CONTENT:
        return True
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    kind = answer.headers.get("content-type", "")
    if answer.is_error and not kind.startswith("application/problem+json"):
        return False
    unknown = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
    return (answer.status_code in unknown) == (route.method == "ANY")
