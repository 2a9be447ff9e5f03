"""Plays a day at the registry's desk: a register, a consent, a document, and an absent doctor."""

import csv
import hashlib
import io
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx
import pyotp

from local.child import Card
from local.demo_steps import Json, expect, read, say

_PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_COLUMNS = (
    *("policy_number", "policy_series", "last_name", "first_name", "middle_name", "birth_date"),
    *("district_id", "policy_valid_until"),
)


class Clerk:
    """Plays the desk's browser, and keeps the cookie: it is Secure, and this is plain http."""

    def __init__(self, card: Card) -> None:
        """Be the desk's one user of the demo."""
        self._desk = card.desk
        self._http = httpx.Client(base_url=card.url, trust_env=False, timeout=60)

    def sign_in(self) -> None:
        """Sign in with the password and a one-time code."""
        code = pyotp.TOTP(self._desk["totp_secret"]).now()
        form = {"login": self._desk["login"], "password": self._desk["password"], "code": code}
        answer = self._http.post("/api/desk/sessions", json=form)
        opened = read(answer, HTTPStatus.CREATED)
        self._http.headers["cookie"] = answer.headers["set-cookie"].partition(";")[0]
        say("Sign in at the desk with a one-time code", "201", opened["login"])

    def import_again(self, lines: list[dict[str, str]]) -> None:
        """Send the register that is there already, with one spoilt line."""
        spoilt = lines[0] | {"policy_number": "7856130840000018"}
        answer = self._http.put(
            "/api/desk/patients",
            content=_csv([*lines, spoilt]),
            headers={"content-type": "text/csv"},
        )
        told = read(answer, HTTPStatus.OK)
        expect("an unchanged register", len(lines), told["unchanged"])
        expect("one rejected line", 1, len(told["rejected"]))
        rejected = told["rejected"][0]
        say("Send the attachment register again", "200", f"{told['unchanged']} lines unchanged")
        say("", "", f"line {rejected['line']} rejected: {rejected['code']}")

    def find(self, line: dict[str, str]) -> Json:
        """Look a patient up, and return the card."""
        wanted = {"last_name": line["last_name"], "birth_date": line["birth_date"]}
        answer = self._http.post("/api/desk/patients/search", json=wanted)
        cards = read(answer, HTTPStatus.OK)["patients"]
        expect("one patient", 1, len(cards))
        card: Json = cards[0]
        say("Find a patient by name and birth date", "200", f"{card['last_name']}, one account")
        return card

    def confirm_profile(self, card: Json) -> None:
        """Record the signed consent, and confirm the profile in time (R11)."""
        account = card["accounts"][0]
        today = datetime.now().astimezone().date()
        form = {
            "patient_id": card["patient_id"],
            "email": account["email"],
            "signed_on": str(today - timedelta(days=1)),
            "document_number": "1",
            "text_version": "1",
        }
        answer = self._http.post("/api/desk/consents", json=form)
        due_on = read(answer, HTTPStatus.CREATED)["due_on"]
        say("Record the signed consent", "201", f"to be confirmed by {due_on}")
        answer = self._http.post(f"/api/desk/profiles/{account['account_id']}/confirm")
        profile = read(answer, HTTPStatus.OK)["profile"]
        say("Confirm the profile", "200", profile["status"])

    def send_document(self, card: Json) -> None:
        """Upload a document, and have it mailed."""
        document_id = self._upload(card["patient_id"])
        answer = self._http.post(f"/api/desk/documents/{document_id}/send")
        read(answer, HTTPStatus.ACCEPTED)
        say("Have a document mailed", "202", "profile confirmed, consent in force")

    def try_to_send_document(self, card: Json, code: str) -> None:
        """Upload a document that must not be mailed."""
        document_id = self._upload(card["patient_id"])
        answer = self._http.post(f"/api/desk/documents/{document_id}/send")
        read(answer, HTTPStatus.CONFLICT, code)
        say("Try to have a document mailed", "409", code)

    def _upload(self, patient_id: str) -> str:
        form = {
            "patient_id": patient_id,
            "kind": "test_results",
            "file_name": "results.pdf",
            "size": len(_PDF),
            "sha256": hashlib.sha256(_PDF).hexdigest(),
        }
        prepared = read(self._http.post("/api/desk/documents", json=form), HTTPStatus.CREATED)
        upload = prepared["upload"]
        answer = httpx.put(
            upload["url"], content=_PDF, headers=upload["headers"], trust_env=False, timeout=60
        )
        expect("an uploaded file", HTTPStatus.OK, answer.status_code)
        document_id: str = prepared["document_id"]
        return document_id

    def declare_absence(self, district_id: str, day: str) -> None:
        """Say that the doctor is absent on a day with a booked ticket."""
        form = {"from": day, "to": day, "reason": "учёба"}
        answer = self._http.put(f"/api/desk/districts/{district_id}/absences", json=form)
        told = read(answer, HTTPStatus.OK)
        expect("two patients told", 2, told["notified_patients"])
        say(f"Declare the doctor absent on {day}", "200", "2 tickets cancelled by mail")

    def take_absence_back(self, district_id: str, day: str) -> None:
        """Say that the doctor is there after all."""
        answer = self._http.delete(f"/api/desk/districts/{district_id}/absences/{day}")
        expect("204", HTTPStatus.NO_CONTENT, answer.status_code)
        say("Take the absence back", "204", "the day's tickets are offered again")

    def give_ticket(self, card: Json, starts_at: str) -> None:
        """Give a patient a time beyond the online cap, and note that they came."""
        form = {"patient_id": card["patient_id"], "starts_at": starts_at}
        ticket = read(self._http.post("/api/desk/tickets", json=form), HTTPStatus.CREATED)
        say("Give a ticket beyond the online cap", "201", ticket["starts_at"])
        answer = self._http.post(
            f"/api/desk/tickets/{ticket['ticket_id']}/outcome", json={"outcome": "arrived"}
        )
        say("Note that the patient came", "200", read(answer, HTTPStatus.OK)["status"])


def _csv(lines: list[dict[str, Any]]) -> bytes:
    """Write lines as the registry's spreadsheet does."""
    file = io.StringIO()
    writer = csv.DictWriter(file, _COLUMNS, delimiter=";", restval="")
    writer.writeheader()
    writer.writerows(lines)
    return file.getvalue().encode("utf-8-sig")
