"""What a warm function takes beyond the calls of DynamoDB that it makes.

The handler runs in this process on a table of the local stack, over HTTP; the table is like the
portal's, but for the stream, so that nothing else goes on. The requests that the handler sends are
kept, and a bare client of boto3 sends the very same. The two take turns, each first as often as the
other (A B B A, B A A B); before each of them the items that it changes are put back as they were,
which is not timed. The ratio is that of the time on the clock.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import fmean, median
from typing import Any

import pytest
from botocore import xform_name  # noqa: TID251 - the bare client is what is compared with

from bench import stack
from bench.deeds import Deed, arrange
from bench.figures import Aim, Figure
from bench.turns import ratio, taken
from shared.keyring import get_secret
from shared.settings import settings
from tests.integration.rows import Rows
from tests.integration.template import table_schema
from tests.stack.wire import wire

TITLE = "Warm functions"
_OWN = (
    "The calls take as long as the bare client's. What is above is the function's own: of a"
    " request, resolver, validation, answer and log line; of the release, the plan of 14 days. The"
    " notes tell how much."
)
MISSED: Mapping[str, str] = dict.fromkeys(
    (
        *("book", "move", "cancel", "list the slots", "show the account", "list the tickets"),
        "release with nothing to do",
    ),
    _OWN,
)

_TURNS = int(os.environ.get("WARM_TURNS", "200"))
_WARMING = 20
_AIM = Aim("≤", 1.1)
_TABLE = "quiet-table"
_CONTROL = "control: the raw call of booking itself"

Work = Callable[[], None]


@dataclass(frozen=True)
class _Pair:
    """A function, what it is compared with, and what puts the table back before each."""

    name: str
    own: Work
    raw: Work
    undo: Work

    def turn(self, number: int) -> tuple[float, float]:
        """Do both twice, and return the means, in seconds."""
        timed = partial(self._timed, self.own), partial(self._timed, self.raw)
        owns, raws = taken(*timed, number)
        return fmean(owns), fmean(raws)

    def _timed(self, work: Work) -> float:
        self.undo()
        began = time.perf_counter()
        work()
        return time.perf_counter() - began


def measure() -> Iterator[Figure]:
    """Measure each function, and the raw call of the first against itself."""
    with stack.running() as running, _quiet_table(client := running.aws("dynamodb")):
        found = arrange(get_secret(settings().origin_key_arn)).deeds()
        pairs = [_pair(deed, client) for deed in found]
        booking = pairs[0]
        pairs.append(_Pair(_CONTROL, booking.raw, booking.raw, booking.undo))
        times: dict[str, list[tuple[float, float]]] = {pair.name: [] for pair in pairs}
        for turn in range(-_WARMING, _TURNS):
            for pair in pairs:
                seconds = pair.turn(turn)
                if turn >= 0:
                    times[pair.name].append(seconds)
    for name, turns in times.items():
        yield _figure(name, turns, None if name == _CONTROL else _AIM)


@contextmanager
def _quiet_table(client: Any) -> Iterator[None]:  # noqa: ANN401 - a client of botocore
    """Let the functions of this process work on a table that nobody listens to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TABLE_NAME", _TABLE)
        settings.cache_clear()
        Rows(client, _TABLE, table_schema()).make()
        yield
    settings.cache_clear()


def _pair(deed: Deed, client: Any) -> _Pair:  # noqa: ANN401 - a client of botocore
    """Do a deed twice, and put what it sends the second time, once all is known, beside it."""
    undo = deed.undoing()
    deed.do()
    undo()
    with wire() as seen:
        deed.do()
    undo()
    calls = [_call(client, operation, body) for operation, body in seen.requests]

    def raw() -> None:
        for call in calls:
            call()

    return _Pair(deed.name, deed.do, raw, undo)


def _call(client: Any, operation: str, body: dict[str, Any]) -> Work:  # noqa: ANN401 - as above
    """Return a request that was sent before; a transaction that is sent again is another one."""
    body.pop("ClientRequestToken", None)
    return partial(getattr(client, xform_name(operation)), **body)


def _figure(name: str, turns: list[tuple[float, float]], aim: Aim | None) -> Figure:
    owns, raws = zip(*turns, strict=True)
    found = ratio(owns, raws)
    note = f"{median(owns) * 1000:.2f} ms ÷ {median(raws) * 1000:.2f} ms"
    return Figure(name, found.value, "×", aim, found.low, found.high, note)
