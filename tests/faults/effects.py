"""What an operation has brought about, so written that two runs of it can be compared."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any

from shared import keys
from tests.faults.cloud import World

_DRAWN = re.compile(r"(?:0{12}[0-9a-f]{4}){1,2}|[0-9a-f]{64}")
"""An id or a revision as the tests' clock draws them, or what is kept of a session's secret."""
_MOMENTS = ("_at", "_until")
MAIL, MESSAGE, FILE = "mail", "message", "file"


def effects_of(world: World, since: World) -> Counter[tuple[str, str]]:
    """Return all that stands, by kind; ids drawn `since`, and when a row ends, are left out.

    What limits have counted is no effect: each try counts.
    """
    found: Counter[tuple[str, str]] = Counter()
    first = since.position[1]
    for key, image in world.images.items():
        if keys.kind(key.sk) != "WINDOW":
            found[keys.kind(key.sk), _plain(_comparable(image, first), first)] += 1
    for mail in world.mails:
        told = [mail["Destination"]["ToAddresses"], mail["Content"]["Simple"]["Subject"]["Data"]]
        found[MAIL, json.dumps(told)] += 1
    for district_id in world.messages:
        found[MESSAGE, district_id] += 1
    for name, content in world.files.items():
        found[FILE, _plain([name, str(content)], first)] += 1
    return found


def _comparable(image: Mapping[str, Any], first: int) -> dict[str, Any]:
    """Leave out the seconds at which something ends or was done, and the order of a set.

    A later try has later seconds, and a set is written in any order.
    """
    return {name: _settled(name, value, first) for name, value in image.items()}


def _settled(name: str, value: Mapping[str, Any], first: int) -> object:
    if name.endswith(_MOMENTS) and "N" in value:
        return "N"
    return sorted(_plain(one, first) for one in value["SS"]) if "SS" in value else value


def _plain(told: object, first: int) -> str:
    text = json.dumps(told, sort_keys=True, default=sorted)
    return _DRAWN.sub(lambda found: _unnamed(found[0], first), text)


def _unnamed(name: str, first: int) -> str:
    """Forget a name that was drawn after so many others."""
    number = _numbers().get(name) if len(name) == 64 else int(name[:16], 16)
    return "new" if number is not None and number > first else name


@cache
def _numbers() -> dict[str, int]:
    """Return which secret of the tests' clock a session's key was made of."""
    secrets = {number: f"secret-{number:036d}" for number in range(1, 1000)}
    return {hashlib.sha256(one.encode()).hexdigest(): number for number, one in secrets.items()}
