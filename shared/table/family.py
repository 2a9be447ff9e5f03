"""Families: relatives claimed and given up, and adults who accept or dismiss those who ask (R5)."""

from dataclasses import replace
from datetime import datetime

from shared import guardianship, keys
from shared.accounts import MOST_MEMBERS, Account, Claim, SessionKey
from shared.errors import FamilyFull, InvitationExpired, NotFound, SessionRequired, TryAgain
from shared.ids import AccountId, PatientId
from shared.patients import Patient
from shared.table import accounts, claims, moments, patients, sessions, store
from shared.table.accounts import AccountChanged
from shared.table.patients import PatientChanged
from shared.table.store import Leg, OutcomeUnknown


def add(session: SessionKey, typed: Claim, now: datetime) -> None:
    """Claim a relative; whether it gives a say, the register and the relative decide.

    What was typed before about the person is replaced, unless it gives the account a say already.
    The account is changed as it was read, so that several requests at once do not fill it beyond
    what it may have, and its erasure overlooks nothing. Raises SessionRequired, FamilyFull,
    TryAgain.
    """
    invitation = claims.new_invitation()
    for _ in store.pauses():
        before = patients.find(typed.patient_id)
        if before.is_guarded_by(typed.account_id, typed.claimed_on):
            return
        account = _with_room(typed)
        asks = guardianship.must_be_accepted(before, typed)
        claim = replace(typed, invitation=invitation if asks else None)
        after = guardianship.claimed(before, claim)
        legs = [
            sessions.keep_open_leg(session, now),
            Leg(
                "Put",
                keys.claim(claim.account_id, claim.patient_id),
                condition="attribute_not_exists(PK) OR relation = :relative",
                refusal=lambda _: TryAgain(),
                values={":relative": "relative"},
                item=claims.to_item(claim),
            ),
            patients.change_leg(before, after),
            accounts.change_leg(account, "", {}),
        ]
        if _are_done(legs):
            return
    raise TryAgain


def _with_room(typed: Claim) -> Account:
    """Return the account that may claim one more person. Raises SessionRequired, FamilyFull."""
    partition = accounts.read_partition(typed.account_id)
    if partition is None:
        raise SessionRequired
    claimed = {claim.patient_id for claim in accounts.claims_of(partition)}
    if len(claimed | {typed.patient_id}) > MOST_MEMBERS:
        raise FamilyFull
    return partition.account


def remove(session: SessionKey, patient_id: PatientId, now: datetime) -> None:
    """Give a relative up: other guardians keep them, and their ticket stays.

    Raises SessionRequired, NotFound (for oneself too), TryAgain.
    """
    sessions.require(session, now)
    asked = False
    for _ in store.pauses():
        patient, claim = _read(session.account_id, patient_id)
        if claim is None and asked:
            return
        if claim is None or claim.relation == "self":
            raise NotFound
        asked = True
        if _are_done([sessions.keep_open_leg(session, now), *_end_legs(claim, patient)]):
            return
    raise TryAgain


def accept(
    session: SessionKey,
    account_id: AccountId,
    patient_id: PatientId,
    invitation_id: str,
    now: datetime,
) -> None:
    """Let another account act for the holder of this one, who was asked by mail.

    What was accepted before is accepted. Raises SessionRequired, InvitationExpired, TryAgain.
    """
    sessions.require(session, now)
    for _ in store.pauses():
        patient, claim = _read(account_id, patient_id)
        if patient.holder != session.account_id:
            raise InvitationExpired
        if account_id in patient.guardians:
            return
        if claim is None or not guardianship.agrees(patient, claim):
            raise InvitationExpired
        legs = [
            sessions.keep_open_leg(session, now),
            _answer_leg(claim, invitation_id, now),
            patients.change_leg(patient, guardianship.accepted(patient, account_id)),
        ]
        if _are_done(legs):
            return
    raise TryAgain


def _answer_leg(claim: Claim, invitation_id: str, now: datetime) -> Leg:
    return Leg(
        "Update",
        keys.claim(claim.account_id, claim.patient_id),
        condition="invitation_id = :id AND invited_until > :now",
        refusal=lambda _: InvitationExpired(),
        values={":id": invitation_id, ":now": moments.epoch(now)},
        expression="REMOVE invitation_id, invited_until",
    )


def guardians_of_holder(session: SessionKey, now: datetime) -> list[Claim]:
    """Return the other accounts that may act for the holder of this one, by their own claims.

    Only what the holder has a word in: a child's guardians are not listed. Raises SessionRequired.
    """
    account = accounts.signed_in(session, now)
    guardians = patients.find(account.holder_id).guardians
    others = sorted(guardians - {session.account_id})
    if not others or session.account_id not in guardians:
        return []
    account_keys = [keys.account(other) for other in others]
    found = store.get_many(account_keys)
    claim_keys = [
        keys.claim(other, PatientId(found[key]["holder_id"]))
        for other, key in zip(others, account_keys, strict=True)
        if key in found
    ]
    return [claims.from_item(item) for item in store.get_many(claim_keys).values()]


def dismiss(session: SessionKey, guardian_id: AccountId, now: datetime) -> None:
    """Take from another account the right to act for the holder of this one.

    Raises SessionRequired, NotFound, TryAgain.
    """
    account = accounts.signed_in(session, now)
    own, asked = session.account_id, False
    for _ in store.pauses():
        patient, claim = _read(guardian_id, account.holder_id)
        if claim is None and asked:
            return
        if guardian_id == own or not {own, guardian_id} <= patient.guardians or claim is None:
            raise NotFound
        asked = True
        if _are_done([sessions.keep_open_leg(session, now), *_end_legs(claim, patient)]):
            return
    raise TryAgain


def _read(account_id: AccountId, patient_id: PatientId) -> tuple[Patient, Claim | None]:
    """Return a patient and what an account claimed about them, read consistently."""
    patient_key, claim_key = keys.patient(patient_id), keys.claim(account_id, patient_id)
    found = store.get_many([patient_key, claim_key], consistent=True)
    claim = found.get(claim_key)
    patient = patients.from_item(patient_id, found.get(patient_key, {}))
    return patient, claims.from_item(claim) if claim else None


def _end_legs(claim: Claim, patient: Patient) -> list[Leg]:
    """End a claim and all that it gave."""
    claim_key = keys.claim(claim.account_id, claim.patient_id)
    return [
        Leg("Delete", claim_key, "attribute_exists(PK)", lambda _: PatientChanged()),
        patients.change_leg(patient, guardianship.left(patient, claim.account_id)),
    ]


def _are_done(legs: list[Leg]) -> bool:
    """Do the legs; False where one must look again: things have changed, or nobody answered."""
    try:
        store.transact(legs)
    except (AccountChanged, PatientChanged, OutcomeUnknown):
        return False
    return True
