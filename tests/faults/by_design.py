"""Where a repeated request is answered otherwise than the first one was, and why it is so."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Design:
    """What may come of repeating a request that had been carried out."""

    why: str
    answers: frozenset[str] = frozenset()
    """Refusals that are told although all is done."""
    twice: str | None = None
    """The kind of item, the mail or the message of which a second one is then there."""
    unasked: bool = False
    """It may be there although nobody has asked again: AWS's client repeats the request itself."""


def _told(status: str, why: str) -> Design:
    return Design(why, answers=frozenset({status}))


_USED_UP = "A link works once. What it was for is done: the password opens the account."
_SIGNED_OUT = "A session that has ended is no session: the page shows the sign-in, as was wanted."
_GONE = "A foreign relation and one that is not there are told alike; this one is there no more."

BY_DESIGN: Mapping[str, Design] = {
    "register": Design(
        "Each request is a mail with a link of its own, as the answer tells nobody what is known."
        " Whichever is followed makes the one account.",
        twice="PENDING",
    ),
    "resend_confirmation": Design(
        "Each call is a mail, and counted before anything is done: one a minute.", twice="RESEND"
    ),
    "sign_in": Design(
        "Each sign-in is a session. One whose cookie was lost ends by itself after half an hour.",
        twice="SESSION",
    ),
    "sign_out": _told("401", _SIGNED_OUT),
    "desk_sign_out": _told("401", _SIGNED_OUT),
    "confirm_email": _told("410", _USED_UP),
    "reset_password": _told("410", _USED_UP),
    "change_password": _told(
        "403", "The password that was right is no longer: the new one is in force."
    ),
    "change_email": Design(
        "Each request is a mail with a link of its own; only the newest one works.",
        twice="PENDING",
    ),
    "delete_account": _told("401", "With the account its sessions are gone."),
    "remove_family_member": _told("404", _GONE),
    "remove_guardian": _told("404", _GONE),
    "desk_sign_in": _told("401", "A code works once (ASVS 6.5.1): the next one signs in."),
    "prepare_document": Design(
        "Each request promises a file. One that never comes is forgotten with its days.",
        twice="DOCUMENT",
    ),
    "release_slots": Design(
        "The queue knows no repetition: a message whose answer is lost is sent again by AWS's"
        " client, and a run that comes again sends all. What is missing is looked at when a message"
        " is read, so a second one finds nothing to do.",
        twice="message",
        unasked=True,
    ),
    "send_mail": Design(
        "SES knows no repetition: where its answer is lost, the mail may have gone or not. It goes"
        " once more after its lease, and also where it could not be noted as sent, as a mail twice"
        " is better than none.",
        twice="mail",
    ),
}
"""By function."""
