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
    """The kind of item, or the mail, of which a second one is then there."""


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
    "send_mail": Design(
        "SES knows no repetition: where its answer is lost, the mail may have gone or not. It goes"
        " once more after its lease, and also where it could not be noted as sent, as a mail twice"
        " is better than none.",
        twice="mail",
    ),
}
"""By function."""
