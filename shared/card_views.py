"""What the desk is answered about the register: imports, cards and grown children."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel

from shared.accounts import Relation
from shared.cards import Card, Claimant, GrownChild, GrownChildren
from shared.consents import Signed
from shared.desk_views import PersonView
from shared.documents import Document, DocumentKind, DocumentStatus
from shared.ids import AccountId, DistrictId, DocumentId, PatientId
from shared.register import Rejected, TakenOver
from shared.settings import settings
from shared.views import Districts, ProfileView, TicketView


class RejectedView(BaseModel):
    """A line that was not taken over, and why; never what stood in it."""

    line: int
    """Of the physical line in what was sent; the header's is 1."""
    code: str


class LineView(BaseModel):
    """A line about which the desk should know more."""

    line: int
    patient_id: PatientId


class ImportedView(BaseModel):
    """Answer of `PUT /api/desk/patients`."""

    created: int
    updated: int
    unchanged: int
    rejected: list[RejectedView]
    grown_children: list[LineView]
    """Adults in child districts: they belong to an adult district now."""
    freed_tickets: list[LineView]
    """Patients who moved to another district, and lost a ticket to their old one's doctor."""

    @classmethod
    def of(cls, taken: Iterable[TakenOver], rejected: Iterable[Rejected]) -> "ImportedView":
        """Show what became of the lines of one call."""
        known = list(taken)
        counted = Counter(one.verdict for one in known)
        return cls(
            created=counted["created"],
            updated=counted["updated"],
            unchanged=counted["unchanged"],
            rejected=[RejectedView(line=one.number, code=one.code) for one in rejected],
            grown_children=[_line(one) for one in known if one.is_grown],
            freed_tickets=[_line(one) for one in known if one.freed],
        )


def _line(one: TakenOver) -> LineView:
    return LineView(line=one.number, patient_id=one.patient_id)


class ClaimantView(BaseModel):
    """An account that claims the patient."""

    account_id: AccountId
    email: str
    relation: Relation
    may_act: bool
    """The register confirms what was typed, and the account acts for the patient."""
    address_unreachable: bool
    profile: ProfileView

    @classmethod
    def of(cls, claimant: Claimant) -> "ClaimantView":
        """Show an account."""
        account = claimant.account
        return cls(
            account_id=account.account_id,
            email=account.email,
            relation=claimant.relation,
            may_act=claimant.may_act,
            address_unreachable=account.unreachable_since is not None,
            profile=ProfileView.of(account.profile),
        )


class ConsentInForceView(BaseModel):
    """The consent in force, and the paper behind it."""

    account_id: AccountId
    email: str
    document_number: str
    signed_on: date
    text_version: str
    received_on: date

    @classmethod
    def of(cls, signed: Signed) -> "ConsentInForceView | None":
        """Show the consent in force, if there is one."""
        consent, paper = signed.consent, signed.in_force
        if consent is None or paper is None:
            return None
        return cls(
            account_id=consent.account_id,
            email=consent.email,
            document_number=paper.document_number,
            signed_on=paper.signed_on,
            text_version=paper.text_version,
            received_on=paper.received_on,
        )


class CardDocumentView(BaseModel):
    """A document, and what became of it."""

    document_id: DocumentId
    kind: DocumentKind
    file_name: str
    size: int
    status: DocumentStatus
    offered_at: datetime
    sent_at: datetime | None
    refusal: str | None
    """The code of what kept the last sending from being mailed."""

    @classmethod
    def of(cls, document: Document) -> "CardDocumentView":
        """Show a document."""
        zone = settings().zone
        return cls(
            document_id=document.document_id,
            kind=document.kind,
            file_name=document.file_name,
            size=document.size,
            status=document.status,
            offered_at=document.offered_at.astimezone(zone),
            sent_at=document.sent_at.astimezone(zone) if document.sent_at else None,
            refusal=document.refusal,
        )


class CardView(BaseModel):
    """`card` of the contract; one whom the register does not know has no name."""

    patient_id: PatientId
    last_name: str | None
    first_name: str | None
    middle_name: str | None
    birth_date: date | None
    policy_last4: str | None
    policy_valid_until: date | None
    attached: bool
    district_id: DistrictId | None
    ticket: TicketView | None
    accounts: list[ClaimantView]
    consent: ConsentInForceView | None
    documents: list[CardDocumentView]

    @classmethod
    def of(cls, card: Card, districts: Districts, now: datetime) -> "CardView":
        """Show a card."""
        patient = card.patient
        ticket = patient.upcoming(now)
        return cls(
            **PersonView.of(patient).model_dump(),
            policy_valid_until=patient.valid_until,
            attached=patient.district_id is not None,
            district_id=patient.district_id,
            ticket=TicketView.of(ticket, districts) if ticket else None,
            accounts=[ClaimantView.of(claimant) for claimant in card.claimants],
            consent=ConsentInForceView.of(card.signed),
            documents=[CardDocumentView.of(document) for document in card.documents],
        )


class FoundView(BaseModel):
    """Answer of `POST /api/desk/patients/search`."""

    patients: list[CardView]

    @classmethod
    def of(cls, cards: Iterable[Card], districts: Districts, now: datetime) -> "FoundView":
        """Show what was found."""
        return cls(patients=[CardView.of(card, districts, now) for card in cards])


class GrownChildView(BaseModel):
    """An adult whom the register still has in a child district."""

    patient_id: PatientId
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date
    policy_last4: str | None
    district_id: DistrictId
    adult_on: date

    @classmethod
    def of(cls, child: GrownChild) -> "GrownChildView":
        """Show who has grown, and since when."""
        person = child.person
        return cls(
            patient_id=child.patient_id,
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            birth_date=person.birth_date,
            policy_last4=child.policy_last4,
            district_id=child.district_id,
            adult_on=child.adult_on,
        )


class GrownChildrenView(BaseModel):
    """Answer of `GET /api/desk/patients/grown-children`."""

    patients: list[GrownChildView]
    more: bool
    """There are others, who follow once these are in their new districts."""

    @classmethod
    def of(cls, grown: GrownChildren) -> "GrownChildrenView":
        """Show them, the eldest first."""
        children = [GrownChildView.of(child) for child in grown.children]
        return cls(patients=children, more=grown.more)
