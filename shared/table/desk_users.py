"""Users of the desk: made by a script only, and signed in with a code that counts once."""

from datetime import datetime

from shared import keys
from shared.desk import Actor, DeskUser
from shared.errors import SignInFailed, TryAgain
from shared.ids import DeskLogin
from shared.table import audit, sessions, store
from shared.table.store import ConditionFailed, Item, Leg, OutcomeUnknown

_IS_AS_VERIFIED = "password_hash = :verified AND totp_seed = :seed"
_CODE_IS_UNUSED = "code_step < :step"


def find(login: DeskLogin) -> DeskUser | None:
    """Return a user of the desk, read consistently."""
    item = store.get(keys.desk_user(login))
    return _from_item(login, item) if item else None


def put(user: DeskUser) -> None:
    """Write a user, in the place of one of that login; the sessions of that one end."""
    store.put(keys.desk_user(user.login), _to_item(user))
    _end_sessions(user.login)


def delete(login: DeskLogin) -> bool:
    """Delete a user, and end their sessions at once; tell whether there was one."""
    try:
        store.delete(keys.desk_user(login), "attribute_exists(PK)")
    except ConditionFailed:
        return False
    finally:
        _end_sessions(login)
    return True


def _end_sessions(login: DeskLogin) -> None:
    """End all sessions of a login: the user stands no more as they were opened with."""
    between = keys.sessions_of_account()
    for item in store.query(keys.desk_partition(login), between, consistent=True):
        store.delete(keys.Key(item["PK"], item["SK"]))


def open_session(verified: DeskUser, step: int, actor: Actor, now: datetime) -> None:
    """Open a session of a user whose password and code were verified, and use the code up.

    One transaction; its entry in the audit trail is part of it. Raises SignInFailed where the code
    was used before or the user changed meanwhile, TryAgain.
    """
    used = Leg(
        "Update",
        keys.desk_user(verified.login),
        condition=f"{_IS_AS_VERIFIED} AND {_CODE_IS_UNUSED}",
        refusal=lambda _: SignInFailed(),
        values={
            ":verified": verified.password_hash,
            ":seed": verified.totp_seed,
            ":step": step,
        },
        expression="SET code_step = :step",
    )
    opened = sessions.open_leg(actor.session, now)
    try:
        store.transact([used, opened, audit.entry_leg(actor, "sign_in", now)])
    except OutcomeUnknown as exc:
        if store.get(keys.session(actor.session)) is None:
            raise TryAgain from exc


def _to_item(user: DeskUser) -> Item:
    return {
        "password_hash": user.password_hash,
        "totp_seed": user.totp_seed,
        "code_step": user.code_step,
    }


def _from_item(login: DeskLogin, item: Item) -> DeskUser:
    return DeskUser(
        login=login,
        password_hash=item["password_hash"],
        totp_seed=item["totp_seed"],
        code_step=int(item["code_step"]),
    )
