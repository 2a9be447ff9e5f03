"""The limits of shared/limits.py, each at the operation that it limits."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from shared import limits
from shared.limits import Limit, Window
from tests.integration.answers import Answer, call, problem
from tests.integration.clinic import ANNA, PASSWORD, SignedIn, open_session
from tests.integration.conftest import Clock
from tests.integration.rows import Rows
from tests.integration.test_change_email import change as change_email
from tests.integration.test_change_password import change as change_password
from tests.integration.test_delete_account import delete
from tests.integration.test_register import FORM
from tests.integration.test_request_reset import request_reset
from tests.integration.test_resend_confirmation import resend
from tests.integration.test_sign_in import sign_in

WRONG = "не-тот-пароль"
Ask = Callable[[SignedIn], Answer]

pytestmark = pytest.mark.usefixtures("argon")


@dataclass(frozen=True)
class Case:
    """What is limited: how it is asked for, and how it is answered while it is allowed."""

    name: str
    limit: Limit
    ask: Ask
    allowed: int


def register(email: str = ANNA.email) -> Answer:
    return call("register", "POST", "/api/registrations", FORM | {"email": email})


def with_session(ask: Callable[[str], Answer]) -> Ask:
    return lambda signed_in: ask(signed_in.cookie)


CASES = [
    Case("register", limits.REGISTRATION, lambda _: register(), 202),
    Case("resend", limits.RESEND, lambda _: resend(), 202),
    Case("request_reset", limits.RESET, lambda _: request_reset(), 202),
    Case("sign_in", limits.SIGN_IN, lambda _: sign_in(password=WRONG), 401),
    Case(
        "change_password",
        limits.PASSWORD,
        with_session(lambda cookie: change_password(cookie, WRONG)),
        403,
    ),
    Case(
        "change_email",
        limits.PASSWORD,
        with_session(lambda cookie: change_email(cookie, password=WRONG)),
        403,
    ),
    Case(
        "delete_account",
        limits.PASSWORD,
        with_session(lambda cookie: delete(cookie, WRONG)),
        403,
    ),
    Case("new address", limits.NEW_ADDRESS, with_session(change_email), 202),
]
WINDOWS = pytest.mark.parametrize(
    "case, nth",
    [
        pytest.param(case, nth, id=f"{case.name}-{window.most}-in-{window.period}")
        for case in CASES
        for nth, window in enumerate(case.limit.windows)
    ],
)
SEVERAL = pytest.mark.parametrize(
    "case",
    [case for case in CASES if len(case.limit.windows) > 1],
    ids=lambda case: case.name,
)


def too_many(retry_after: int) -> Answer:
    return problem(429, "too_many_requests", headers={"Retry-After": str(retry_after)})


def name_of(case: Case, window: Window) -> str:
    return f"{case.limit.operation}.{int(window.period.total_seconds())}"


def use_up(case: Case, nth: int, anna: SignedIn, clock: Clock) -> None:
    """Ask as often as one window allows, and end where the shorter one allows it again.

    Each time in a fresh session of the account, as sessions end before the windows do.
    """
    shorter = case.limit.windows[0]
    for count in range(case.limit.windows[nth].most):
        if nth and count and count % shorter.most == 0:
            clock.move(seconds=shorter.wait(clock.now))
        assert case.ask(open_session(anna)).status == case.allowed
    if nth:
        clock.move(seconds=shorter.wait(clock.now))


# ------------------------------------------------------------------------ windows


@WINDOWS
def test_what_is_asked_too_often_is_refused_until_the_window_ends_to_the_second(
    anna: SignedIn, clock: Clock, case: Case, nth: int
) -> None:
    use_up(case, nth, anna, clock)
    window = case.limit.windows[nth]
    wait = window.wait(clock.now)
    assert case.ask(open_session(anna)) == too_many(wait)
    clock.move(seconds=wait - 1)
    session = open_session(anna)
    assert case.ask(session) == too_many(1)
    clock.move(seconds=1)
    assert case.ask(session).status == case.allowed


@WINDOWS
def test_what_is_refused_writes_nothing_and_adds_nothing_to_the_count(
    anna: SignedIn, clock: Clock, rows: Rows, case: Case, nth: int
) -> None:
    use_up(case, nth, anna, clock)
    name = name_of(case, case.limit.windows[nth])
    session, before = open_session(anna), rows.hits()[name]
    with rows.only_counted():
        assert [case.ask(session).status for _ in range(3)] == [429] * 3
    assert rows.hits()[name] == before


@SEVERAL
def test_what_the_shorter_window_refuses_is_not_counted_in_the_longer(
    anna: SignedIn, clock: Clock, rows: Rows, case: Case
) -> None:
    shorter, longer = case.limit.windows
    use_up(case, 0, anna, clock)
    for _ in range(3):
        assert case.ask(anna).status == 429
    counts = rows.hits()
    assert [counts[name_of(case, one)] for one in (shorter, longer)] == [shorter.most] * 2


@SEVERAL
def test_the_refusal_of_the_longer_window_comes_once_the_shorter_allows_it(
    anna: SignedIn, clock: Clock, case: Case
) -> None:
    shorter, longer = case.limit.windows
    use_up(case, 1, anna, clock)
    session = open_session(anna)
    for _ in range(shorter.most):
        assert case.ask(session) == too_many(longer.wait(clock.now))
    assert case.ask(session) == too_many(shorter.wait(clock.now))


def test_a_counter_tells_only_how_often_and_until_when(rows: Rows) -> None:
    resend()
    before = rows.lasting()
    counters = {key: item for key, item in rows.everything().items() if key not in before}
    assert sorted((key.pk.split("#")[1], key.sk) for key in counters) == [
        ("resend", "WINDOW#21600#1795392000"),
        ("resend", "WINDOW#60#1795410000"),
        ("resend-client", "WINDOW#3600#1795410000"),
    ]
    assert {key.sk: item for key, item in counters.items()} == {
        "WINDOW#21600#1795392000": {"hits": 1, "expires_at": 1795392000 + 21600},
        "WINDOW#60#1795410000": {"hits": 1, "expires_at": 1795410000 + 60},
        "WINDOW#3600#1795410000": {"hits": 1, "expires_at": 1795410000 + 3600},
    }
    written = str(rows.images())
    assert [told for told in (ANNA.email, "192.0.2.1") if told in written] == []


# ----------------------------------------------------------------------- subjects


@pytest.mark.parametrize(
    "ask",
    [register, resend, request_reset, lambda email: sign_in(email, WRONG)],
    ids=["register", "resend", "request_reset", "sign_in"],
)
def test_another_address_is_counted_by_itself(ask: Callable[[str], Answer]) -> None:
    while ask(ANNA.email).status != 429:
        pass
    assert ask("other@example.com").status in {202, 401}
    assert ask(f" {ANNA.email.upper()} ").status == 429


def test_the_operations_are_counted_by_themselves() -> None:
    assert [resend().status, request_reset().status, register().status] == [202] * 3
    assert [resend().status, request_reset().status] == [429, 429]
    assert register().status == 202


@pytest.mark.usefixtures("pauses")
def test_the_operations_that_ask_for_the_password_are_counted_together(anna: SignedIn) -> None:
    asked: list[Callable[[str, str], Answer]] = [
        change_password,
        lambda cookie, wrong: change_email(cookie, password=wrong),
        delete,
    ]
    answers = [asked[n % 3](anna.cookie, WRONG).status for n in range(7)]
    assert answers == [*[403] * 5, 429, 429]
    assert delete(anna.cookie, PASSWORD).status == 429
    assert change_password(anna.cookie, PASSWORD).status == 429
