"""What an operation can answer, told beside its route; scripts/export_openapi.py writes it out."""

from typing import Any

from shared.errors import Refusal


def outcomes(
    *statuses: int, refusals: tuple[type[Refusal], ...] = (), media_type: str = "application/json"
) -> dict[str, Any]:
    """Return a route's OpenAPI extension: its successes, and the refusals that are its own.

    What any operation may answer is not named.
    """
    codes = [refusal.code for refusal in refusals]
    return {"x-outcomes": {"statuses": list(statuses), "refusals": codes, "media_type": media_type}}
