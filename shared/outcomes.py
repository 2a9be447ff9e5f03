"""What an operation can answer, told beside its route; scripts/export_openapi.py writes it out."""

from typing import Any

from shared.errors import Refusal


def outcomes(
    *statuses: int,
    refusals: tuple[type[Refusal], ...] = (),
    media_type: str = "application/json",
    takes: str | None = None,
) -> dict[str, Any]:
    """Return a route's OpenAPI extension: its successes, and the refusals that are its own.

    What any operation may answer is not named. `takes` is the media type of a body that is no JSON.
    """
    told: dict[str, Any] = {"statuses": list(statuses), "media_type": media_type}
    told["refusals"] = [refusal.code for refusal in refusals]
    return {"x-outcomes": told | ({"takes": takes} if takes else {})}
