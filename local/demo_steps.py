"""What the steps of the demo are told and checked with: it stops at the first surprise."""

from http import HTTPStatus
from typing import Any

import httpx

Json = dict[str, Any]


class Surprise(Exception):
    """A step did not end as it must."""

    def __init__(self, expected: object, found: object) -> None:
        """Say what was expected and what came."""
        super().__init__(f"Expected {expected}, and got {found}")


def read(answer: httpx.Response, status: HTTPStatus, code: str | None = None) -> Json:
    """Return an answer's JSON once its status and its code are as they must be."""
    if answer.status_code != status:
        raise Surprise(status.value, f"{answer.status_code} {answer.text}")
    body: Json = answer.json()
    expect(f"code {code}", code, body.get("code"))
    return body


def expect(what: str, wanted: object, found: object) -> None:
    """Stop where something is not as it must be."""
    if found != wanted:
        raise Surprise(what, found)


def say(step: str, status: str, detail: str) -> None:
    """Print a step with the status that it got."""
    print(f"{step:<46} {status:<4} {detail}".rstrip(), flush=True)
