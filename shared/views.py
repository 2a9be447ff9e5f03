"""What the contract's answers look like: accounts, members and tickets."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel

from shared.accounts import Household, Member, ProfileStatus, Relation
from shared.districts import District, Kind
from shared.ids import AccountId, DistrictId, PatientId, SlotId, TicketId
from shared.patients import HeldTicket
from shared.settings import settings
from shared.tickets import SlotPlace, TicketStatus

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
    def of(cls, held: HeldTicket, patient_id: PatientId, districts: Districts) -> "TicketView":
        """Show an upcoming ticket; the doctor and the room are the district's of today."""
        district_id = SlotPlace.parse(held.slot_id).district_id
        district = districts.get(district_id)
        doctor = district.doctor if district else None
        return cls(
            ticket_id=held.ticket_id,
            slot_id=held.slot_id,
            patient_id=patient_id,
            district_id=district_id,
            doctor_name=doctor.name if doctor else None,
            room=doctor.room if doctor else None,
            starts_at=held.starts_at.astimezone(settings().zone),
            status="booked",
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
        held = member.ticket(now)
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
            ticket=TicketView.of(held, patient.patient_id, districts) if held else None,
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


class AccountView(BaseModel):
    """`account` of the contract."""

    account_id: AccountId
    email: str
    profile: ProfileView
    family: list[MemberView]

    @classmethod
    def of(cls, household: Household, districts: Districts, now: datetime) -> "AccountView":
        """Show an account with its listed members."""
        account = household.account
        return cls(
            account_id=account.account_id,
            email=account.email,
            profile=ProfileView(status=account.profile.status, due_on=account.profile.due_on),
            family=[
                MemberView.of(member, districts, now)
                for member in household.members
                if member.is_listed
            ],
        )
