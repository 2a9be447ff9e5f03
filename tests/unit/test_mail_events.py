"""What SES tells of a mail: which addresses are lost for good, and which come back."""

from typing import Any

import pytest

from shared.mail_events import unreachable_addresses

MAIL = {"timestamp": "2026-11-29T09:00:00.000Z", "destination": ["anna@example.com"]}


def _bounce(kind: str, *addresses: str) -> dict[str, Any]:
    recipients = [{"emailAddress": one, "status": "5.1.1", "action": "failed"} for one in addresses]
    bounce = {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": recipients}
    return {"eventType": "Bounce", "mail": MAIL, "bounce": bounce}


def _complaint(*addresses: str) -> dict[str, Any]:
    recipients = [{"emailAddress": one} for one in addresses]
    return {
        "eventType": "Complaint",
        "mail": MAIL,
        "complaint": {"complainedRecipients": recipients, "complaintFeedbackType": "abuse"},
    }


@pytest.mark.parametrize(
    "detail, addresses",
    [
        (_bounce("Permanent", "anna@example.com"), ["anna@example.com"]),
        (
            _bounce("Permanent", "a@example.com", "b@example.com"),
            ["a@example.com", "b@example.com"],
        ),
        (_bounce("Permanent", "Anna <anna@example.com>"), ["anna@example.com"]),
        (_bounce("Permanent", '"Ivanova, Anna" <anna@example.com>'), ["anna@example.com"]),
        (_bounce("Permanent"), []),
        (_complaint("anna@example.com"), ["anna@example.com"]),
        (_complaint("Anna <anna@example.com>"), ["anna@example.com"]),
    ],
)
def test_who_is_lost_for_good_and_who_complained_is_named(
    detail: dict[str, Any], addresses: list[str]
) -> None:
    assert unreachable_addresses(detail) == addresses


@pytest.mark.parametrize("kind", ["Transient", "Undetermined"])
def test_an_address_that_may_be_reached_again_is_left_alone(kind: str) -> None:
    assert unreachable_addresses(_bounce(kind, "anna@example.com")) == []


@pytest.mark.parametrize(
    "event_type",
    ["Send", "Delivery", "Open", "Click", "Reject", "DeliveryDelay", "Rendering Failure"],
)
def test_any_other_event_says_nothing_of_an_address(event_type: str) -> None:
    assert unreachable_addresses({"eventType": event_type, "mail": MAIL}) == []
