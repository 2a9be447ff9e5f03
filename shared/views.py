"""What the contract's answers look like: accounts, members, tickets and guardians."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from shared.accounts import Claim, Household, Member, Profile, ProfileStatus, Relation
from shared.districts import District, Kind
from shared.ids import AccountId, DistrictId, PatientId, SlotId, TicketId
from shared.settings import settings
from shared.tickets import Ticket, TicketStatus

Districts = Mapping[DistrictId, District]


class TicketView(BaseModel):
    """`ticket` of the contract."""

    ticket_id: TicketId
    slot_id: SlotId
    patient_id: PatientId
    district_id: DistrictId
    doctor_name: str | None
    room: str | None
    starts_at: datetime
    status: TicketStatus

    @classmethod
    def of(cls, ticket: Ticket, districts: Districts) -> "TicketView":
        """Show a ticket; the doctor and the room are the district's of today."""
        district_id = ticket.place.district_id
        district = districts.get(district_id)
        doctor = district.doctor if district else None
        return cls(
            ticket_id=ticket.ticket_id,
            slot_id=ticket.slot_id,
            patient_id=ticket.patient_id,
            district_id=district_id,
            doctor_name=doctor.name if doctor else None,
            room=doctor.room if doctor else None,
            starts_at=ticket.starts_at.astimezone(settings().zone),
            status=ticket.status,
        )


class TicketsView(BaseModel):
    """All tickets of a family: the upcoming in their order, the past from the latest back."""

    upcoming: list[TicketView]
    past: list[TicketView]

    @classmethod
    def of(cls, tickets: Iterable[Ticket], districts: Districts, now: datetime) -> "TicketsView":
        """Show tickets, each once."""
        known = {ticket.ticket_id: ticket for ticket in tickets}
        ordered = sorted(known.values(), key=lambda ticket: (ticket.starts_at, ticket.ticket_id))
        return cls(
            upcoming=[TicketView.of(one, districts) for one in ordered if one.is_upcoming(now)],
            past=[
                TicketView.of(one, districts)
                for one in reversed(ordered)
                if not one.is_upcoming(now)
            ],
        )


class DistrictView(BaseModel):
    """A member's district."""

    district_id: DistrictId
    kind: Kind
    name: str
    doctor_name: str | None


class MemberView(BaseModel):
    """`member` of the contract: the person as typed by this account's user."""

    patient_id: PatientId
    relation: Relation
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date
    policy_last4: str
    attached: bool
    district: DistrictView | None
    ticket: TicketView | None

    @classmethod
    def of(cls, member: Member, districts: Districts, now: datetime) -> "MemberView":
        """Show a member; of the register only what the account may know."""
        patient, person = member.patient, member.claim.person
        ticket = member.ticket(now)
        return cls(
            patient_id=patient.patient_id,
            relation=member.claim.relation,
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            birth_date=person.birth_date,
            policy_last4=member.claim.policy_last4,
            attached=member.is_attached,
            district=_district(member, districts),
            ticket=TicketView.of(ticket, districts) if ticket else None,
        )


def _district(member: Member, districts: Districts) -> DistrictView | None:
    district_id = member.patient.district_id
    district = districts.get(district_id) if district_id and member.is_attached else None
    if district is None:
        return None
    return DistrictView(
        district_id=district.district_id,
        kind=district.kind,
        name=district.name,
        doctor_name=district.doctor.name if district.doctor else None,
    )


class ProfileView(BaseModel):
    """Whether documents may be mailed, and by which day the desk confirms (R11)."""

    status: ProfileStatus
    due_on: date | None

    @classmethod
    def of(cls, profile: Profile) -> "ProfileView":
        """Show an account's profile."""
        return cls(status=profile.status, due_on=profile.due_on)


class AccountView(BaseModel):
    """`account` of the contract."""

    account_id: AccountId
    email: str
    address_unreachable: bool
    """Mail to the address was sent back or complained of; a new address mends it."""
    profile: ProfileView
    family: list[MemberView]

    @classmethod
    def of(cls, household: Household, districts: Districts, now: datetime) -> "AccountView":
        """Show an account with its listed members."""
        account = household.account
        return cls(
            account_id=account.account_id,
            email=account.email,
            address_unreachable=account.unreachable_since is not None,
            profile=ProfileView.of(account.profile),
            family=[
                MemberView.of(member, districts, now)
                for member in household.members
                if member.is_listed
            ],
        )


class GuardianView(BaseModel):
    """Another account that may act for the holder of this one, by its own holder's name."""

    guardian_id: AccountId
    last_name: str
    first_name: str
    middle_name: str | None

    @classmethod
    def of(cls, claim: Claim) -> "GuardianView":
        """Show whose account it is, as that account's user typed it."""
        return cls(
            guardian_id=claim.account_id,
            last_name=claim.person.last_name,
            first_name=claim.person.first_name,
            middle_name=claim.person.middle_name,
        )


class GuardiansView(BaseModel):
    """Answer of `GET /api/guardians`."""

    guardians: list[GuardianView]


class ConfirmationSent(BaseModel):
    """The one answer to whoever names an address, whatever stands behind it (R3)."""

    status: Literal["confirmation_sent"] = "confirmation_sent"
