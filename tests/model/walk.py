"""A walk through the clinic: each step is asked of the portal and of the model, and compared.

After each step whoever acted looks at everything that an account can see, and the rows of the table
are held to the model.
"""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from scripts.invariants.rules import violations
from shared import keys
from shared.api import session_key
from shared.ids import AccountId, PatientId
from tests.integration import family_people as ask
from tests.integration.answers import Answer, call
from tests.integration.clinic import PASSWORD, SignedIn
from tests.integration.conftest import Clock
from tests.integration.desk import Clerk, open_desk
from tests.integration.rows import Item, Rows
from tests.integration.stream import Stream, passing
from tests.integration.worlds import built_once
from tests.model import families, prologue, views
from tests.model.desk import WholeClinic
from tests.model.facts import Account, Outcome, Patient

T = TypeVar("T")
SESSION_REQUIRED = Outcome(401, "session_required")


@dataclass(frozen=True)
class Stage:
    """Where a walk takes place: the table in memory, and the clock that stands still."""

    rows: Rows
    clock: Clock


class Walk(RuleBasedStateMachine):
    """What all steps share."""

    stage: ClassVar[Stage]
    clinic: WholeClinic
    clerk: Clerk
    browsers: dict[str, SignedIn]
    invitations: dict[str, tuple[str, str]]
    """Who asked whom, by the token of the mailed link; also of old ones."""

    def __init__(self) -> None:
        """Begin with the clinic as the prologue leaves it."""
        super().__init__()
        self.rows, self.clock = self.stage.rows, self.stage.clock
        self.rows.drop()
        self.rows.make()
        begun = built_once(__name__, prologue.play, self.rows, self.clock)
        begun = deepcopy(begun)
        self.clinic, self.clerk, self.browsers = begun.clinic, begun.clerk, begun.browsers
        self.invitations = {}
        self._looks = 0
        self._stream = Stream(self.rows)
        self.table: dict[keys.Key, Item] = {}
        self.schedule_changed()

    # ------------------------------------------------------------------ who acts

    def pick(self, data: st.DataObject, among: Sequence[T], what: str) -> T:
        """Choose one of some."""
        return data.draw(st.sampled_from(among), label=what)

    def account(self, data: st.DataObject) -> Account:
        """Choose who acts."""
        return self.pick(data, list(self.clinic.accounts.values()), "account")

    def patient(self, data: st.DataObject) -> Patient:
        """Choose whom it is about."""
        return self.pick(data, list(self.clinic.patients.values()), "patient")

    def as_patient(
        self,
        account: Account,
        deed: Callable[[SignedIn], Answer],
        rule: Callable[[Answer], Outcome],
    ) -> Answer:
        """Let an account do a deed; whose session has ended is refused, and signs in again."""
        now = self.clinic.now
        if not account.session.is_open(now):
            self.agree(deed(self.browsers[account.account_id]), SESSION_REQUIRED)
            self.sign_in(account.email)
            if not account.session.is_open(now):
                return Answer(401)
        answer = deed(self.browsers[account.account_id])
        outcome = rule(answer)
        self.agree(answer, outcome)
        account.session.used(outcome.use, now)
        self.settle()
        self.look(account)
        return answer

    def as_clerk(
        self, deed: Callable[[Clerk], Answer], rule: Callable[[Answer], Outcome]
    ) -> Answer:
        """Let the desk do a deed, likewise."""
        if not self.clinic.desk.is_open(self.clinic.now):
            self.agree(deed(self.clerk), SESSION_REQUIRED)
            self.clerk, self.clinic.desk = open_desk(), self.clinic.new_desk_session()
        answer = deed(self.clerk)
        outcome = rule(answer)
        self.agree(answer, outcome)
        self.clinic.desk.used(outcome.use, self.clinic.now)
        self.settle()
        return answer

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        """Sign in at an address, known or not."""
        answer = call("sign_in", "POST", "/api/sessions", {"email": email, "password": password})
        self.agree(answer, self.clinic.sign_in(email, is_password_right=password == PASSWORD))
        self.note_browser(answer)

    def note_browser(self, answer: Answer) -> None:
        """Keep the cookie that an answer brings."""
        if answer.cookies:
            cookie = answer.cookies[0].partition(";")[0]
            account_id = AccountId(answer.body["account_id"])
            secret = cookie.rpartition(".")[2]
            holder = PatientId(self.clinic.accounts[account_id].holder_id)
            key = session_key(account_id, secret)
            self.browsers[account_id] = SignedIn(account_id, holder, key, cookie)

    # ---------------------------------------------------------------- what is compared

    def agree(self, answer: Answer, outcome: Outcome) -> None:
        """Demand that the portal answers what the model says."""
        code = answer.body["code"] if answer.status >= 400 else None
        assert (answer.status, code) == (outcome.status, outcome.code), answer.body

    def settle(self) -> None:
        """Let the stream be read, and the mails with invitations come."""
        records = passing("ArchiveTicketsFunction", self._stream.records())
        if records:
            assert ask.archive(*records) == {"batchItemFailures": []}
        self.table = self.rows.everything()
        for patient in self.clinic.patients.values():
            for account_id in patient.claims:
                told = self.newest_invitation(account_id, patient.patient_id)
                if told:
                    self.invitations[told] = (account_id, patient.patient_id)

    def newest_invitation(self, account_id: str, patient_id: str) -> str | None:
        """Return the token of the question that an account's claim has put, if it has."""
        key = keys.claim(AccountId(account_id), PatientId(patient_id))
        if "invitation_id" not in self.table.get(key, {}):
            return None
        return ask.invitation(self.rows, self.browsers[account_id], PatientId(patient_id))

    def schedule_changed(self) -> None:
        """See at which ordinals the portal offers the times that the model expects."""
        self.table = self.rows.everything()
        found = prologue.slots_in(self.table)
        free = [place for place, (status, _) in found.items() if status == "free"]
        self.clinic.schedule.learn(free, self.clinic.now)

    def look(self, account: Account) -> None:
        """Look, by turns, at an account, at its tickets, and at the times of one of its members."""
        who, clinic = self.browsers[account.account_id], self.clinic
        self._looks += 1
        members = [one for one in clinic.patients.values() if account.account_id in one.claims]
        patient = members[self._looks % len(members)]
        if not account.session.is_open(clinic.now):
            self.agree(ask.account(who), SESSION_REQUIRED)
            return
        account.session.used("read", clinic.now)
        if self._looks % 3 == 0:
            shown = _without_policies(ask.account(who).body)
            assert shown == views.account_view(clinic, account)
        elif self._looks % 3 == 1:
            assert ask.tickets(who).body == views.tickets_view(clinic, account)
        elif families.is_known_to(patient, account.account_id, clinic.today):
            seen = ask.slots(who, patient.patient_id)
            assert seen.body == views.slots_view(clinic, account, patient)
        else:
            self.agree(ask.slots(who, patient.patient_id), Outcome(404, "patient_unknown"))

    @invariant()
    def nothing_in_the_table_contradicts_anything_else(self) -> None:
        items = [{"PK": key.pk, "SK": key.sk, **item} for key, item in self.table.items()]
        assert violations(items, self.clinic.now) == set()

    @invariant()
    def the_slots_in_the_table_are_the_models(self) -> None:
        expected = {
            slot.place: (slot.status, slot.ticket.ticket_id if slot.ticket else None)
            for slot in self.clinic.schedule.slots.values()
        }
        assert prologue.slots_in(self.table) == expected

    @invariant()
    def the_patients_in_the_table_are_the_models(self) -> None:
        for patient in self.clinic.patients.values():
            row = self.table.get(keys.patient(PatientId(patient.patient_id)), {})
            ticket = row.get("ticket", {})
            assert row.get("holder") == patient.holder
            assert row.get("district_id") == patient.district_id
            assert row.get("claimants", set()) == patient.claims.keys()
            assert row.get("guardians", set()) == patient.guardians
            assert row.get("child_guardians", set()) == patient.child_guardians
            assert ticket.get("ticket_id") == (patient.ticket.ticket_id if patient.ticket else None)
            assert ticket.get("ticket_status") == (
                patient.ticket.status if patient.ticket else None
            )


def _without_policies(shown: dict[str, Any]) -> dict[str, Any]:
    members = [
        {name: member[name] for name in member if name != "policy_last4"}
        for member in shown["family"]
    ]
    return shown | {"family": members}
