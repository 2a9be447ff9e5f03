"""Plays a patient's way on a fresh stack, and stops at the first surprise."""

import json
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path

import httpx

from local.child import Card, running_stack
from local.clinic import RELEASE, attachment_lines
from local.demo_desk import Clerk
from local.demo_steps import Json, Surprise, expect, read, say
from local.failure import BrokenStart

_MAIL_SECONDS = 20.0
_PASSWORD = "Demo: a long sentence is a good password"  # noqa: S105 - opens only the demo
_OTHER_PASSWORD = "Demo: another long sentence"  # noqa: S105 - so does this one


def demo(port: int | None) -> int:
    """Walk from a registration to a ticket on a stack of its own, and return the exit code."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="patient-account-") as folder,
            running_stack(Path(folder), port) as card,
        ):
            say("Start a fresh local stack", "", card.url)
            _walk(card)
    except Surprise as exc:
        print(f"SURPRISE: {exc}", file=sys.stderr)
        return 1
    except BrokenStart as exc:
        print(exc, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print("Everything went as it must, and the stack is stopped.")
    return 0


def _walk(card: Card) -> None:
    """Do what three patients of one adult district do on one day, and then the registry."""
    people = [line for line in attachment_lines() if line["district_id"] == "a1"]
    first, second, third = (_Patient(card, line) for line in people[:3])
    first.open_account()
    day, free = first.first_free_day()
    ticket = first.book(free[0], HTTPStatus.CREATED)
    say(f"Take a ticket for {ticket['starts_at']}", "201", ticket["doctor_name"])
    again = first.book(free[0], HTTPStatus.OK)
    expect("the ticket " + ticket["ticket_id"], ticket["ticket_id"], again["ticket_id"])
    say("Send the same request again", "200", "the same ticket")
    first.book(free[1], HTTPStatus.CONFLICT, "ticket_limit_reached")
    say("Try to take a second ticket", "409", "ticket_limit_reached")
    first.mail_with(ticket["doctor_name"])
    say("Read the mail about the ticket", "", first.address)
    second.open_account()
    second.book(free[1], HTTPStatus.CREATED)
    say("Take the other ticket of that day", "201", f"{day} has no ticket left")
    third.open_account()
    third.book(free[1], HTTPStatus.CONFLICT, "slot_taken")
    say("Try to take a ticket of that day too", "409", "slot_taken")
    expect("no new slots", 0, _publish_again(card)["published"])
    say("Publish slots again", "", "0 published: nothing new")
    _walk_with_a_child(first)
    second.reset_password()
    _walk_at_the_desk(card, people, first, day)


def _walk_at_the_desk(
    card: Card, people: list[dict[str, str]], first: "_Patient", day: str
) -> None:
    """Do what the registry does: the first two hold that day's tickets, the fourth has no account.

    The doctor turns out to be absent that day, and then is there after all.
    """
    clerk = Clerk(card)
    clerk.sign_in()
    clerk.import_again(attachment_lines())
    patient = clerk.find(people[0])
    clerk.try_to_send_document(patient, "profile_not_confirmed")
    clerk.confirm_profile(patient)
    clerk.send_document(patient)
    first.mail_with("документ")
    say("Read the mail with the document", "", first.address)
    clerk.declare_absence("a1", day)
    first.mail_with("приём не состоится")
    say("Read the notice", "", first.address)
    clerk.take_absence_back("a1", day)
    expect("a day with two free slots again", day, first.first_free_day()[0])
    clerk.give_ticket(patient, f"{day}T18:40:00+03:00")


def _walk_with_a_child(parent: "_Patient") -> None:
    """Do what a parent does for a child of a child district."""
    child = next(line for line in attachment_lines() if line["district_id"].startswith("c"))
    member = parent.add(child)
    _, free = parent.first_free_day(member["patient_id"])
    ticket = parent.book(free[0], HTTPStatus.CREATED, patient_id=member["patient_id"])
    say("Take a ticket for the child", "201", f"{ticket['starts_at']}, {ticket['doctor_name']}")
    moved = parent.move(ticket, free[1])
    say("Move it to the next time", "200", f"{moved['starts_at']}, the same ticket")
    parent.cancel(moved)
    say("Cancel it", "204", "its time is free again")


class _Patient:
    """Plays a patient's browser, and keeps the cookie: it is Secure, and this is plain http."""

    def __init__(self, card: Card, line: dict[str, str]) -> None:
        """Be the person of a line of the attachment list."""
        self.address = f"{line['policy_number'][-4:]}@demo.example"
        self._card = card
        self._line = line
        self._http = httpx.Client(base_url=card.url, trust_env=False, timeout=60)
        self._patient_id = ""

    def open_account(self) -> None:
        """Register, confirm the address by the mailed link, and be signed in."""
        form = _typed(self._line) | {"email": self.address, "password": _PASSWORD}
        answer = self._http.post("/api/registrations", json=form)
        say(f"Register {self.address}", "202", read(answer, HTTPStatus.ACCEPTED)["status"])
        form = {"token": self._mailed_token("confirm.html"), "password": _PASSWORD}
        answer = self._http.post("/api/email-confirmations", json=form)
        account = read(answer, HTTPStatus.CREATED)
        self._http.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
        self._patient_id = account["family"][0]["patient_id"]
        say("Confirm the address with the password", "201", "signed in")

    def mail_with(self, words: str) -> str:
        """Wait for a mail to this patient that has these words, and return its text."""
        deadline = time.monotonic() + _MAIL_SECONDS
        while time.monotonic() < deadline:
            for mail in self._http.get(self._card.mail_url).json():
                if mail["to"] == self.address and words in mail["text"]:
                    return str(mail["text"])
            time.sleep(0.1)
        raise Surprise(f"a mail to {self.address} with {words!r}", "none")

    def _mailed_token(self, page: str) -> str:
        """Wait for a mail with a link to a page of the site, and return the link's token."""
        link = f"/{page}#token="
        token = self.mail_with(link).partition(link)[2].split()[0]
        say("Read the mailed link", "", f"{page}#token=...")
        return token

    def first_free_day(self, patient_id: str | None = None) -> tuple[str, list[str]]:
        """Return the first day with two free slots, and their ids."""
        wanted = {"patient_id": patient_id or self._patient_id}
        answer = self._http.get("/api/slots", params=wanted)
        for day in read(answer, HTTPStatus.OK)["days"]:
            free = [slot["slot_id"] for slot in day["slots"] if slot["free"]]
            if len(free) > 1:
                say("List the free slots", "200", f"{day['date']} has {len(free)}")
                return day["date"], free
        raise Surprise("a day with two free slots", answer.text)

    def book(
        self,
        slot_id: str,
        status: HTTPStatus,
        code: str | None = None,
        patient_id: str | None = None,
    ) -> Json:
        """Ask for a slot, and return the answer once it is as it must be."""
        form = {"patient_id": patient_id or self._patient_id, "slot_id": slot_id}
        return read(self._http.post("/api/tickets", json=form), status, code)

    def add(self, line: dict[str, str]) -> Json:
        """Add a relative, and return them as the account lists them."""
        answer = self._http.post("/api/family", json=_typed(line))
        say("Add a child", "202", read(answer, HTTPStatus.ACCEPTED)["status"])
        family = read(self._http.get("/api/account"), HTTPStatus.OK)["family"]
        expect("a family of two", 2, len(family))
        member: Json = family[1]
        say("See the family", "200", f"{member['first_name']}, {member['district']['name']}")
        return member

    def move(self, ticket: Json, slot_id: str) -> Json:
        """Move a ticket to another slot; it stays the same ticket."""
        answer = self._http.put(f"/api/tickets/{ticket['ticket_id']}", json={"slot_id": slot_id})
        moved = read(answer, HTTPStatus.OK)
        expect("the ticket's id", ticket["ticket_id"], moved["ticket_id"])
        expect("the new slot", slot_id, moved["slot_id"])
        return moved

    def cancel(self, ticket: Json) -> None:
        """Give a ticket back; its slot is free again."""
        answer = self._http.delete(f"/api/tickets/{ticket['ticket_id']}")
        expect("204", HTTPStatus.NO_CONTENT, answer.status_code)
        wanted = {"patient_id": ticket["patient_id"]}
        days = read(self._http.get("/api/slots", params=wanted), HTTPStatus.OK)["days"]
        free = [slot["slot_id"] for day in days for slot in day["slots"] if slot["free"]]
        expect("one free slot more", 1, free.count(ticket["slot_id"]))

    def reset_password(self) -> None:
        """Forget the password, choose another one by the mailed link, and sign in with it."""
        answer = self._http.post("/api/password-resets", json={"email": self.address})
        say("Ask for a new password", "202", read(answer, HTTPStatus.ACCEPTED)["status"])
        form = {"token": self._mailed_token("reset.html"), "password": _OTHER_PASSWORD}
        answer = self._http.put("/api/password-resets", json=form)
        expect("204", HTTPStatus.NO_CONTENT, answer.status_code)
        read(self._http.get("/api/account"), HTTPStatus.UNAUTHORIZED, "session_required")
        say("Set it", "204", "every session is ended")
        form = {"email": self.address, "password": _OTHER_PASSWORD}
        answer = self._http.post("/api/sessions", json=form)
        say("Sign in with it", "201", read(answer, HTTPStatus.CREATED)["email"])


def _typed(line: dict[str, str]) -> dict[str, str]:
    """Return what is typed about a person of the attachment list."""
    names = ("policy_number", "last_name", "first_name", "middle_name", "birth_date")
    return {name: line[name] for name in names if line[name]}


def _publish_again(card: Card) -> Json:
    """Run the release as its schedule does, through the Lambda API."""
    client = card.client("lambda")
    names = [function["FunctionName"] for function in client.list_functions()["Functions"]]
    answer = client.invoke(FunctionName=next(name for name in names if RELEASE in name))
    if "FunctionError" in answer:
        raise Surprise("a release", answer["Payload"].read().decode())
    counts: Json = json.loads(answer["Payload"].read())
    return counts
