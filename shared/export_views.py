"""All that is held about an account, as its user may take it away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel

from shared.accounts import Household, Member, Relation, Session
from shared.consents import Paper
from shared.ids import PatientId
from shared.settings import settings
from shared.tickets import Ticket
from shared.views import AccountView, Districts, TicketsView


class TypedView(BaseModel):
    """What the user typed about a person, listed in the family or not.

    Whether the person was asked for a word of their own is not told: it would tell that what was
    typed is right, and that they have an account.
    """

    patient_id: PatientId
    """By which it can be taken back, listed or not."""
    relation: Relation
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date
    policy_last4: str
    typed_on: date
    policy_valid_until: date | None
    """From the register, where it holds the same data."""

    @classmethod
    def of(cls, member: Member) -> "TypedView":
        """Show a claim."""
        claim, person = member.claim, member.claim.person
        return cls(
            patient_id=claim.patient_id,
            relation=claim.relation,
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            birth_date=person.birth_date,
            policy_last4=claim.policy_last4,
            typed_on=claim.claimed_on,
            policy_valid_until=member.patient.valid_until if member.matches else None,
        )


class ConsentView(BaseModel):
    """A consent in force that names this account: documents may be mailed by it (R11)."""

    patient_id: PatientId
    document_number: str
    signed_on: date
    text_version: str
    received_on: date

    @classmethod
    def of(cls, paper: Paper) -> "ConsentView":
        """Show the paper of a consent."""
        return cls(
            patient_id=paper.patient_id,
            document_number=paper.document_number,
            signed_on=paper.signed_on,
            text_version=paper.text_version,
            received_on=paper.received_on,
        )


class SessionView(BaseModel):
    """One signed-in browser."""

    idle_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Held:
    """What is held besides the account itself and what its user typed."""

    papers: Sequence[Paper]
    """Those of the consents in force that name the account."""
    tickets: Sequence[Ticket]
    sessions: Sequence[Session]


class ExportView(BaseModel):
    """Answer of `GET /api/account/export`."""

    exported_at: datetime
    account: AccountView
    address_unreachable_since: datetime | None
    asked_email: str | None
    """The address that the account would have, were it confirmed."""
    typed: list[TypedView]
    consents: list[ConsentView]
    tickets: TicketsView
    sessions: list[SessionView]

    @classmethod
    def of(
        cls, household: Household, held: Held, districts: Districts, now: datetime
    ) -> "ExportView":
        """Show everything; the password's hash and the sessions' keys are nobody's to have."""
        since = household.account.unreachable_since
        return cls(
            exported_at=_local(now),
            account=AccountView.of(household, districts, now),
            address_unreachable_since=_local(since) if since else None,
            asked_email=household.account.asked_email,
            typed=[TypedView.of(member) for member in household.members],
            consents=[ConsentView.of(paper) for paper in held.papers],
            tickets=TicketsView.of(held.tickets, districts, now),
            sessions=[
                SessionView(idle_at=_local(one.idle_at), expires_at=_local(one.expires_at))
                for one in held.sessions
            ],
        )


def _local(moment: datetime) -> datetime:
    return moment.astimezone(settings().zone)
