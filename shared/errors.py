"""Every refusal of the portal: what happened, as a fact with a code, a status and a Russian title.

A code is forever: the site, outside clients and the clinic's own papers rely on it. The document
docs/errors.md is checked against this module.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Fault:
    """One field that was refused: where it stands and how to mend it, never what it held."""

    pointer: str
    """JSON Pointer (RFC 6901) into the body, or `/name` of a query parameter."""
    detail: str
    """A Russian sentence that says what to do."""
    code: str
    """Machine-readable reason, such as `policy_check_digit`."""


class Refusal(Exception):
    """The base of all refusals: an operation was not done, and this is why."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]
    retry_after: int | None = None
    """Seconds after which the same request may be tried again, where that makes sense."""
    faults: tuple[Fault, ...] = ()
    allow: tuple[str, ...] = ()
    """The methods that the address does serve, where the method was the trouble."""


# ------------------------------------------------------------------ any operation


class MalformedRequest(Refusal):
    """The request is not JSON, of a wrong type, of another site, or came past the distribution."""

    code, status = "malformed_request", 400
    title = "Запрос составлен неверно"


class SessionRequired(Refusal):
    """There is no session, or it has ended."""

    code, status = "session_required", 401
    title = "Войдите в личный кабинет"


class NotFound(Refusal):
    """Nothing stands at this address, or nothing that this account may see."""

    code, status = "not_found", 404
    title = "Этого здесь нет или уже нет"


class MethodNotAllowed(Refusal):
    """The address is served, but not with this method."""

    code, status = "method_not_allowed", 405
    title = "Это действие здесь невозможно"

    def __init__(self, *allow: str) -> None:
        """Refuse the method and name those that are served."""
        super().__init__(self.code)
        self.allow = allow


class TooLarge(Refusal):
    """The body is larger than any honest request of this operation."""

    code, status = "too_large", 413
    title = "Слишком большой запрос"


class InvalidRequest(Refusal):
    """One or more fields were refused; `errors` names each of them."""

    code, status = "invalid_request", 422
    title = "Проверьте введённые данные"

    def __init__(self, *faults: Fault) -> None:
        """Refuse the request for these faults."""
        super().__init__(self.code)
        self.faults = faults


class InternalError(Refusal):
    """The portal failed in a way that nobody foresaw; the log holds the place."""

    code, status = "internal_error", 500
    title = "Внутренняя ошибка, мы уже разбираемся"


class TooManyRequests(Refusal):
    """This was asked for too often; after the time that is named it may be asked for again."""

    code, status = "too_many_requests", 429
    title = "Слишком много попыток, подождите немного"

    def __init__(self, retry_after: int) -> None:
        """Refuse for so many seconds."""
        super().__init__(self.code)
        self.retry_after = retry_after


class TryAgain(Refusal):
    """The store was too busy or out of reach, and nothing was done."""

    code, status = "try_again", 503
    title = "Не получилось, попробуйте ещё раз"
    retry_after = 1


# ---------------------------------------------------------------------- accounts


class ConfirmationExpired(Refusal):
    """The confirmation link is unknown, used, older than a day, or out of password tries."""

    code, status = "confirmation_expired", 410
    title = "Ссылка больше не действует, войдите или зарегистрируйтесь заново"


class WrongPassword(Refusal):
    """The password is not the one that was chosen."""

    code, status = "wrong_password", 403
    title = "Неверный пароль"


class ResetExpired(Refusal):
    """The link for a new password is unknown, used, older than half an hour, or replaced."""

    code, status = "reset_expired", 410
    title = "Ссылка больше не действует, запросите новую"


class PolicyAlreadyRegistered(Refusal):
    """Another account is already held by the owner of this policy."""

    code, status = "policy_already_registered", 409
    title = "По этому полису уже открыт личный кабинет, обратитесь в регистратуру"


class SignInFailed(Refusal):
    """The address and the password do not open an account; which of them, nobody is told."""

    code, status = "sign_in_failed", 401
    title = "Неверный адрес или пароль"


# ------------------------------------------------------------------------ family


class InvitationExpired(Refusal):
    """The invitation is unknown, used, taken back, older than a week, or for somebody else."""

    code, status = "invitation_expired", 410
    title = "Приглашение больше не действует, попросите прислать новое"


class FamilyFull(Refusal):
    """The account has as many members as one account can have."""

    code, status = "family_full", 409
    title = "В личном кабинете уже слишком много членов семьи, обратитесь в регистратуру"


# ------------------------------------------------------------------------- desk


class EmailDiffers(Refusal):
    """The consent names an address of no account that may act for the patient."""

    code, status = "email_differs", 409
    title = "У пациента нет подтверждённого кабинета с таким адресом"


class ProfileNotConfirmed(Refusal):
    """Documents go to confirmed profiles only (R11)."""

    code, status = "profile_not_confirmed", 409
    title = "Профиль не подтверждён"


class ConsentMissing(Refusal):
    """No consent in force names the address, or it was withdrawn (R11)."""

    code, status = "consent_missing", 409
    title = "Нет действующего согласия на отправку по этому адресу"


class AddressUnreachable(Refusal):
    """Mail to the address was sent back or complained of."""

    code, status = "address_unreachable", 409
    title = "Письма на адрес пациента не доходят"


class DocumentNotUploaded(Refusal):
    """The file that was promised has not arrived."""

    code, status = "document_not_uploaded", 409
    title = "Файл ещё не загружен"


class DocumentRejected(Refusal):
    """The file that arrived is not the PDF that was promised; it is deleted."""

    code, status = "document_rejected", 409
    title = "Файл не принят: это не обещанный PDF, загрузите его заново"


# ----------------------------------------------------------------------- tickets


class PatientUnknown(Refusal):
    """The account has no such member."""

    code, status = "patient_unknown", 404
    title = "Такого члена семьи в личном кабинете нет"


class NotAttached(Refusal):
    """The patient is not attached to this clinic (R6)."""

    code, status = "not_attached", 403
    title = "Пациент не прикреплён к поликлинике, обратитесь в регистратуру"


class WrongDistrict(Refusal):
    """The slot belongs to another district's doctor (R7)."""

    code, status = "wrong_district", 403
    title = "Это время другого участка"


class PolicyExpired(Refusal):
    """The policy's last day comes before the day of the slot (R1)."""

    code, status = "policy_expired", 409
    title = "На день приёма полис уже не действует, обновите его в страховой компании"


class TicketLimitReached(Refusal):
    """The patient already holds an upcoming ticket to the district doctor."""

    code, status = "ticket_limit_reached", 409
    title = "У пациента уже есть талон, отмените его или перенесите"


class TooLate(Refusal):
    """The ticket's time has come, or the ticket no longer stands."""

    code, status = "too_late", 409
    title = "Этот талон уже нельзя изменить"


class SlotUnknown(Refusal):
    """No such slot was ever published."""

    code, status = "slot_unknown", 404
    title = "Такого времени нет"


class SlotWithdrawn(Refusal):
    """The slot is no longer offered: its time has come, was changed, or the doctor is absent."""

    code, status = "slot_withdrawn", 409
    title = "На это время больше не записывают, выберите другое"


class SlotTaken(Refusal):
    """Somebody else has taken the slot."""

    code, status = "slot_taken", 409
    title = "Это время только что заняли, выберите другое"
