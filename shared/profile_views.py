"""What the desk is answered about consents and profiles."""

from collections.abc import Iterable
from datetime import date

from pydantic import BaseModel

from shared.accounts import Account
from shared.consents import Applicant
from shared.ids import AccountId, PatientId
from shared.views import ProfileView
from shared.working_days import working_days_left


class ConsentRecordedView(BaseModel):
    """Answer of `POST /api/desk/consents`."""

    due_on: date | None
    """The day by which the profile is to be confirmed; null where it is confirmed."""
    patient_id: PatientId
    account_id: AccountId
    profile: ProfileView

    @classmethod
    def of(cls, patient_id: PatientId, account: Account) -> "ConsentRecordedView":
        """Show whose consent was recorded, and the profile as that leaves it."""
        return cls(
            due_on=account.profile.due_on,
            patient_id=patient_id,
            account_id=account.account_id,
            profile=ProfileView.of(account.profile),
        )


class WaitingProfileView(BaseModel):
    """One profile that waits, by the name of the account's holder."""

    account_id: AccountId
    email: str
    last_name: str
    first_name: str
    middle_name: str | None
    due_on: date
    overdue: bool
    working_days_left: int
    """Working days after today, the due day included."""

    @classmethod
    def of(cls, applicant: Applicant, today: date) -> "WaitingProfileView":
        """Show a profile as it stands today."""
        account, person = applicant.account, applicant.person
        return cls(
            account_id=account.account_id,
            email=account.email,
            last_name=person.last_name,
            first_name=person.first_name,
            middle_name=person.middle_name,
            due_on=applicant.due_on,
            overdue=applicant.due_on < today,
            working_days_left=working_days_left(today, applicant.due_on),
        )


class WaitingProfilesView(BaseModel):
    """Answer of `GET /api/desk/profiles`: by due day, the overdue first."""

    profiles: list[WaitingProfileView]

    @classmethod
    def of(cls, applicants: Iterable[Applicant], today: date) -> "WaitingProfilesView":
        """Show those that wait, in their order."""
        return cls(profiles=[WaitingProfileView.of(one, today) for one in applicants])


class ConfirmedProfileView(BaseModel):
    """Answer of `POST /api/desk/profiles/{account_id}/confirm`."""

    account_id: AccountId
    profile: ProfileView

    @classmethod
    def of(cls, account: Account) -> "ConfirmedProfileView":
        """Show the profile as the confirmation leaves it."""
        return cls(account_id=account.account_id, profile=ProfileView.of(account.profile))
