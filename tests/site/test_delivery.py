"""Delivery: the template's headers, files cached by content, and one round of few small files."""

from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page

from local.deploy import STACK
from tests.contract.template import properties
from tests.site.pages import named_by
from tests.site.traffic import BUDGET, listen, size_of
from tests.stack.running import RunningStack


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


# One round of few small files; tests/site/test_every_page.py says the same of each page.


def test_the_address_alone_is_the_first_page_within_the_budget(page: Page) -> None:
    loaded = listen(page)
    page.goto("/", wait_until="networkidle")
    paths = [urlsplit(request.url).path for request in loaded]
    assert sum(map(size_of, loaded)) <= BUDGET
    assert set(paths) - {"/"} <= set().union(*named_by("index.html").values())
    assert len(paths) == len(set(paths))
