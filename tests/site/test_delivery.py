"""Delivery: the template's headers, files cached by content, and one round of few small files."""

import json
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Request

from local.deploy import STACK
from tests.contract.template import properties
from tests.site.conftest import NewPage
from tests.site.looks import PHONE, nothing_has_moved
from tests.site.pages import PAGES, imports_of, named_by
from tests.site.visits import visit
from tests.stack.running import RunningStack

BUDGET = 50 * 1024
"""Bytes of a page in all, with headers, when nothing of it is known yet."""

each_page = pytest.mark.parametrize("name", PAGES)


def get(stack: RunningStack, path: str, **headers: str) -> httpx.Response:
    return stack.api.get(path, headers={"Accept-Encoding": "identity"} | headers)


# The template's headers.


def promised(stack: RunningStack) -> dict[str, str]:
    """Return the headers that template.yaml's policy puts on every answer, but for HSTS."""
    config = properties("SiteHeaders")["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    described = stack.aws("cloudformation").describe_stack_resource(
        StackName=STACK, LogicalResourceId="DocumentBucket"
    )
    bucket = described["StackResourceDetail"]["PhysicalResourceId"]
    policy = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Sub"]
    return {
        "content-security-policy": policy.replace("${DocumentBucket}", bucket).replace(
            "${AWS::Region}", stack.card.region
        ),
        "x-content-type-options": "nosniff",
        "x-frame-options": security["FrameOptions"]["FrameOption"],
        "referrer-policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        **{
            item["Header"].lower(): item["Value"] for item in config["CustomHeadersConfig"]["Items"]
        },
    }


def test_pages_and_api_answer_with_the_templates_headers(stack: RunningStack) -> None:
    wanted = promised(stack)
    assert "${" not in wanted["content-security-policy"]
    for path in ("/", "/desk/index.html", "/style.css", "/missing.html", "/api/account", "/api/no"):
        headers = get(stack, path).headers
        assert {name: headers.get(name) for name in wanted} == wanted, path
        assert "strict-transport-security" not in headers


# Cached by content.


@pytest.mark.parametrize("path", ["/", "/style.css", "/page.js", "/desk/index.html"])
def test_what_a_browser_has_is_not_sent_again(stack: RunningStack, path: str) -> None:
    first = get(stack, path)
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    again = get(stack, path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]
    assert "content-length" not in again.headers


def test_texts_travel_compressed(stack: RunningStack) -> None:
    plain = get(stack, "/style.css")
    packed = get(stack, "/style.css", **{"Accept-Encoding": "gzip, br"})
    assert (packed.text, packed.headers["content-encoding"]) == (plain.text, "gzip")
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_the_head_of_a_page_tells_its_length(stack: RunningStack) -> None:
    head = stack.api.head("/", headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get(stack, "/").content))


def test_a_browser_that_comes_again_loads_no_file_anew(page: Page) -> None:
    page.goto("/", wait_until="networkidle")
    loaded = listen(page)
    page.reload(wait_until="networkidle")
    assert len(loaded) > 1
    assert {request.url: request.sizes()["responseBodySize"] for request in loaded} == {
        request.url: 0 for request in loaded
    }


# One round of few small files, and nothing moves.


def listen(page: Page) -> list[Request]:
    """Return the list that fills with the requests which the page's browser has finished."""
    loaded: list[Request] = []
    page.on("requestfinished", lambda request: loaded.append(request))  # noqa: PLW0108 - a built-in will not do
    return loaded


def size_of(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


@each_page
def test_a_page_loads_what_its_own_file_names_within_its_budget_and_nothing_moves(
    new_page: NewPage, name: str
) -> None:
    page = new_page(viewport=PHONE)
    loaded = listen(page)
    visit(page, name)
    # What the portal answers grows with the clinic, and is no part of the page.
    files = {
        path: size_of(request)
        for request in loaded
        if not (path := urlsplit(request.url).path).startswith("/api/")
    }
    assert sum(files.values()) <= BUDGET, json.dumps(files, indent=1)
    assert set(files) - {f"/{name}"} <= set().union(*named_by(name).values())
    nothing_has_moved(page)


def test_the_address_alone_is_the_first_page_within_the_budget(page: Page) -> None:
    loaded = listen(page)
    page.goto("/", wait_until="networkidle")
    paths = [urlsplit(request.url).path for request in loaded]
    assert sum(map(size_of, loaded)) <= BUDGET
    assert set(paths) - {"/"} <= set().union(*named_by("index.html").values())
    assert len(paths) == len(set(paths))


@each_page
def test_a_page_names_all_modules_of_its_script_so_that_none_waits_for_another(name: str) -> None:
    files = named_by(name)
    scripts = files.get("script", set())
    needed = set().union(*map(imports_of, scripts))
    assert files.get("modulepreload", set()) == needed - scripts
