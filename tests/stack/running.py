"""The running local stack, and what tests look at it with."""

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from botocore.config import Config

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
