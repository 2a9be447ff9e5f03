"""What a route says of its answers, for the published document."""

from shared.errors import SessionRequired, SlotTaken
from shared.outcomes import outcomes


def test_a_route_names_its_successes_and_the_refusals_that_are_its_own() -> None:
    assert outcomes(201, 200, refusals=(SessionRequired, SlotTaken)) == {
        "x-outcomes": {
            "statuses": [201, 200],
            "refusals": ["session_required", "slot_taken"],
            "media_type": "application/json",
        }
    }


def test_a_route_may_have_no_refusals_and_another_media_type() -> None:
    assert outcomes(200, media_type="text/calendar") == {
        "x-outcomes": {"statuses": [200], "refusals": [], "media_type": "text/calendar"}
    }


def test_a_route_may_take_another_body_than_json() -> None:
    told = outcomes(200, takes="text/csv")["x-outcomes"]
    assert told["takes"] == "text/csv"
    assert "takes" not in outcomes(200)["x-outcomes"]
