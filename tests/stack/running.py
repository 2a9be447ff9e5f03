"""The running local stack, and what tests look at it with."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from botocore.config import Config

from local import environment
from local.child import Card

_MAIL_SECONDS = 20.0


@dataclass(frozen=True)
class RunningStack:
    """The stack of this test run, in a process of its own."""

    card: Card
    """Its address, its region and the name of its table."""
    folder: Path
    """Where it keeps its data and its log."""

    @property
    def url(self) -> str:
        """The one address of site, API and AWS's interfaces."""
        return self.card.url

    @cached_property
    def api(self) -> httpx.Client:
        """A browser that keeps no cookie: they are Secure, and this is plain http."""
        limits = httpx.Limits(max_connections=64)
        return httpx.Client(base_url=self.url, trust_env=False, timeout=60, limits=limits)

    def aws(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401
        """Return a client of one of AWS's services; each has a type of its own."""
        return self.card.client(service, config)

    @property
    def environment(self) -> dict[str, str]:
        """What a deployed function sees, and the way to the stack."""
        any_function = next(iter(self.functions.values()))
        variables: dict[str, str] = any_function["Environment"]["Variables"]
        return environment.client(self.url) | variables

    @cached_property
    def table(self) -> Any:  # noqa: ANN401 - as above
        """The portal's one table, past the code."""
        return (
            self.card.session()
            .resource("dynamodb", endpoint_url=self.card.endpoint_url, config=Config(proxies={}))
            .Table(self.card.table_name)
        )

    @cached_property
    def functions(self) -> dict[str, Any]:
        """The deployed functions' configurations, by name; a name holds the logical id."""
        pages = self.aws("lambda").get_paginator("list_functions").paginate()
        return {one["FunctionName"]: one for page in pages for one in page["Functions"]}

    def function_name(self, logical_id: str) -> str:
        """Return the name of a deployed function, such as that of `ReleaseSlotsFunction`."""
        (name,) = [name for name in self.functions if logical_id in name]
        return name

    def ask(
        self, request: str, body: object = None, cookie: str = "", **headers: str
    ) -> httpx.Response:
        """Send a request such as `PUT /api/account/email`, with a body and a cookie where given."""
        method, path = request.split(" ")
        sent = ({"Cookie": cookie} if cookie else {}) | headers
        return self.api.request(method, path, json=body, headers=sent)

    def invoke(self, logical_id: str, event: object) -> Any:  # noqa: ANN401 - any JSON
        """Call a deployed function through the Lambda API, and return what it returned."""
        unhurried = Config(read_timeout=600, retries={"total_max_attempts": 1})
        answer = self.aws("lambda", unhurried).invoke(
            FunctionName=self.function_name(logical_id), Payload=json.dumps(event).encode()
        )
        said = answer["Payload"].read()
        assert "FunctionError" not in answer, said
        return json.loads(said or b"null")

    def mail(self, to: str, subject: str) -> dict[str, str]:
        """Return the one mail with this subject to an address, waiting until it has come."""
        at_least = 0
        while True:
            found = self.mails(to, at_least=at_least)
            wanted = [mail for mail in found if mail["subject"] == subject]
            if wanted:
                (one,) = wanted
                return one
            at_least = len(found) + 1

    def mails(self, to: str, *, at_least: int = 0) -> list[dict[str, str]]:
        """Return the mails to an address, oldest first, waiting until there are so many."""
        deadline = time.monotonic() + _MAIL_SECONDS
        while True:
            found = [mail for mail in self.api.get(self.card.mail_url).json() if mail["to"] == to]
            if len(found) >= at_least:
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {at_least} mails came to {to}"
            time.sleep(0.1)

    def logs(self) -> str:
        """Return every line that the functions and the emulator have logged."""
        logs = self.aws("logs")
        lines = [(self.folder / "emulator.log").read_text("utf-8")]
        for group in logs.describe_log_groups()["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=group["logGroupName"]
            )
            lines.extend(event["message"] for page in pages for event in page["events"])
        return "\n".join(lines)


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return the status and the code of a problem document."""
    body = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert {"type", "code", "title", "status", "request_id"} <= body.keys()
    assert body["status"] == answer.status_code
    return answer.status_code, body["code"]


def token_in(mail: dict[str, str]) -> str:
    """Return the token of the link that a mail carries."""
    found = re.search(r"#token=(\S+)", mail["text"])
    assert found is not None, mail["subject"]
    return found[1]


def wait_for(what: Callable[[], object]) -> None:
    """Wait until something is so that a stream function brings about."""
    deadline = time.monotonic() + _MAIL_SECONDS
    while not what():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.1)


def within_one(seconds: int) -> None:
    """Wait, if need be, until the counted period of this length has five seconds left at least."""
    left = seconds - time.time() % seconds
    if left < 5:
        time.sleep(left)
