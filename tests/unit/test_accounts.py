"""How long a session lives, whom an account lists, and which ticket it may see."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from shared import accounts
from shared.accounts import (
    DeskSessionKey,
    Household,
    Member,
    Relation,
    Session,
    SessionKey,
)
from shared.ids import AccountId, DeskLogin, DistrictId
from tests.unit.builders import (
    ACCOUNT,
    ACCOUNT_ID,
    ANNA,
    CLAIM,
    MEMBER,
    NOW,
    PATIENT,
    RELATIVES_CLAIM,
    STRANGER_ID,
    TICKET,
)

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def _session(expires_at: datetime, idle_at: datetime) -> Session:
    return Session(SessionKey(ACCOUNT_ID, "digest"), expires_at, idle_at)


@pytest.mark.parametrize(
    "to_the_end, to_idleness, is_open",
    [
        (MINUTE, MINUTE, True),
        (SECOND, SECOND, True),
        (timedelta(0), MINUTE, False),
        (MINUTE, timedelta(0), False),
        (-SECOND, MINUTE, False),
        (MINUTE, -SECOND, False),
        (-MINUTE, -MINUTE, False),
    ],
)
def test_a_session_is_open_before_both_of_its_ends(
    to_the_end: timedelta, to_idleness: timedelta, *, is_open: bool
) -> None:
    assert _session(NOW + to_the_end, NOW + to_idleness).is_open(NOW) is is_open


@pytest.mark.parametrize(
    "since_the_last_refresh, wants_refresh",
    [
        (timedelta(0), False),
        (5 * MINUTE - SECOND, False),
        (5 * MINUTE, False),
        (5 * MINUTE + SECOND, True),
        (29 * MINUTE, True),
    ],
)
def test_the_idle_time_is_put_forward_at_most_every_five_minutes(
    since_the_last_refresh: timedelta, *, wants_refresh: bool
) -> None:
    session = _session(NOW + timedelta(hours=12), NOW + 30 * MINUTE - since_the_last_refresh)
    assert session.wants_refresh(NOW) is wants_refresh


@pytest.mark.parametrize(
    "since_the_last_refresh, wants_refresh",
    [
        (timedelta(0), False),
        (MINUTE - SECOND, False),
        (MINUTE, False),
        (MINUTE + SECOND, True),
        (14 * MINUTE, True),
    ],
)
def test_the_desks_idle_time_is_put_forward_at_most_every_minute(
    since_the_last_refresh: timedelta, *, wants_refresh: bool
) -> None:
    key = DeskSessionKey(DeskLogin("anna-registry"), "digest")
    idle_at = NOW + 15 * MINUTE - since_the_last_refresh
    session = Session(key, NOW + timedelta(hours=8), idle_at)
    assert session.wants_refresh(NOW) is wants_refresh


def test_the_desks_sessions_are_shorter_than_the_patients() -> None:
    patients, desks = SessionKey, DeskSessionKey
    assert (30 * MINUTE, timedelta(hours=12)) == (patients.IDLE, patients.LIFETIME)
    assert (15 * MINUTE, timedelta(hours=8)) == (desks.IDLE, desks.LIFETIME)


@pytest.mark.parametrize(
    "relation, guardians, is_listed",
    [
        ("self", {ACCOUNT_ID}, True),
        ("self", set(), True),
        ("self", {STRANGER_ID}, True),
        ("relative", {ACCOUNT_ID}, True),
        ("relative", {ACCOUNT_ID, STRANGER_ID}, True),
        ("relative", set(), False),
        ("relative", {STRANGER_ID}, False),
    ],
)
def test_the_holder_is_always_listed_and_a_relative_once_the_register_agrees(
    relation: Relation, guardians: set[AccountId], *, is_listed: bool
) -> None:
    known = replace(PATIENT, guardians=frozenset(guardians))
    assert (
        replace(MEMBER, claim=replace(CLAIM, relation=relation), patient=known).is_listed
        is is_listed
    )


@pytest.mark.parametrize(
    "guardians, district_id, is_attached",
    [
        ({ACCOUNT_ID}, "a1", True),
        ({ACCOUNT_ID}, None, False),
        (set(), "a1", False),
        ({STRANGER_ID}, "a1", False),
    ],
)
def test_a_member_is_attached_when_the_register_agrees_and_names_a_district(
    guardians: set[AccountId], district_id: DistrictId | None, *, is_attached: bool
) -> None:
    known = replace(PATIENT, guardians=frozenset(guardians), district_id=district_id)
    assert replace(MEMBER, patient=known).is_attached is is_attached


def test_a_member_without_a_ticket_shows_none() -> None:
    assert MEMBER.ticket(NOW) is None


def test_a_members_ticket_is_shown_until_its_time_has_come() -> None:
    holding = replace(MEMBER, patient=replace(PATIENT, ticket=TICKET))
    assert holding.ticket(TICKET.starts_at - SECOND) == TICKET
    assert holding.ticket(TICKET.starts_at) is None


def test_the_ticket_of_a_person_whose_data_do_not_match_is_not_shown() -> None:
    theirs = replace(PATIENT, ticket=TICKET, guardians=frozenset({STRANGER_ID}))
    assert replace(MEMBER, patient=theirs).ticket(NOW) is None


def test_a_households_districts_are_those_of_its_attached_members() -> None:
    def of_district(district_id: str | None, guardians: set[AccountId]) -> Member:
        found = DistrictId(district_id) if district_id else None
        return replace(
            MEMBER, patient=replace(PATIENT, district_id=found, guardians=frozenset(guardians))
        )

    members = (
        of_district("a1", {ACCOUNT_ID}),
        of_district("c1", {ACCOUNT_ID}),
        of_district("a1", {ACCOUNT_ID}),
        of_district("a2", {STRANGER_ID}),
        of_district(None, {ACCOUNT_ID}),
    )
    assert Household(ACCOUNT, members).district_ids == {"a1", "c1"}


def test_a_child_is_a_member_until_the_day_on_which_the_child_is_18() -> None:
    child = replace(ANNA, birth_date=date(2015, 5, 5))
    known = replace(
        PATIENT,
        person=child,
        ticket=TICKET,
        guardians=frozenset(),
        child_guardians=frozenset({STRANGER_ID}),
    )
    member = Member(replace(RELATIVES_CLAIM, person=child), known, date(2033, 5, 4))
    grown = replace(member, today=date(2033, 5, 5))
    assert (member.matches, member.is_listed, member.is_attached) == (True, True, True)
    assert (grown.matches, grown.is_listed, grown.is_attached) == (False, False, False)
    assert (member.ticket(NOW), grown.ticket(NOW)) == (TICKET, None)


def test_links_live_as_long_as_their_mails_say_and_a_family_has_its_bounds() -> None:
    lifetimes = [
        *(accounts.CONFIRMATION_LIFETIME, accounts.RESET_LIFETIME),
        accounts.INVITATION_LIFETIME,
    ]
    assert lifetimes == [timedelta(hours=24), timedelta(minutes=30), timedelta(days=7)]
    assert (accounts.CONFIRMATION_TRIES, accounts.MOST_MEMBERS) == (5, 20)
