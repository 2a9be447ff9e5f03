"""The daily release in the tests: one run, and what stands afterwards."""

from datetime import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions.release_slots import app
from shared import clock
from shared.table.districts import all_districts
from shared.table.release import release_all
from tests.integration.rows import Rows
from tests.integration.wire import Request

WORKING_DAYS = [
    *("2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"),
    *("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"),
]
HALF_PAST_EIGHT = [time(8, 30)]


def release() -> Any:  # noqa: ANN401 - what Lambda is given back
    return app.lambda_handler({}, LambdaContext())


def another_release() -> int:
    """Let another run begin and end while something else is under way; return what it published."""
    return release_all(list(all_districts()), clock.now()).published


def standing(rows: Rows, district_id: str = "a1") -> dict[str, list[str]]:
    """Return a district's slots: by day, the ordinals with their moments, and what is not free."""
    found: dict[str, list[str]] = {}
    for key, item in rows.everything().items():
        if key.pk == f"DISTRICT#{district_id}":
            _, day, ordinal = key.sk.split("#", 2)
            known = "" if item["slot_status"] == "free" else f" {item['slot_status']}"
            found.setdefault(day, []).append(f"{ordinal} {item['starts_at'][11:16]}{known}")
    return found


def legs(request: Request) -> list[tuple[str, str]]:
    """Return what a transaction does to which item, such as `("Put", "SLOT#2026-11-24#1")`."""
    actions = [next(iter(one.items())) for one in request.body["TransactItems"]]
    return [(name, (leg.get("Key") or leg["Item"])["SK"]["S"]) for name, leg in actions]
