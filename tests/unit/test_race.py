"""The race's own judgement: what it takes for a breach, and when its report is not clean."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from scripts.invariants.rules import RULES, Violation
from shared.accounts import MOST_MEMBERS, SessionKey
from shared.ids import AccountId, PatientId, SlotId, TicketId
from shared.keys import Key
from tests.contract.template import ROOT
from tests.race.attempts import Attempt
from tests.race.faults import FAULTS, Fault
from tests.race.ledger import Held, Ledger
from tests.race.race import Tally
from tests.race.report import LONG, SUCCESSES, Report
from tests.race.world import draw_guardians
from tests.stack.portal import SignedIn

ANNA, BORIS = PatientId("anna"), PatientId("boris")
SLOT, OTHER = SlotId("a1.2026-11-30.1.0900"), SlotId("a1.2026-11-30.2.0910")
TALLY = Tally(Counter({("book", "201"): 30}), began_at=10, ended_at=13)
CLEAN = Report(TALLY, 7, set(), [], {"a guard": True})
IMPORT = ("desk: import", "200")


def held(slot_id: SlotId, name: str = "1") -> Held:
    return Held(TicketId(name), slot_id)


def account_of(name: str) -> SignedIn:
    return SignedIn(AccountId(name), PatientId(name), SessionKey(AccountId(name), ""), "")


def test_two_who_were_told_of_one_slot_are_a_breach() -> None:
    ledger = Ledger()
    ledger.note(ANNA, held(SLOT))
    ledger.note(BORIS, held(SLOT, "2"))
    assert ledger.breaches == [f"{SLOT} is held by anna and by boris"]


def test_who_asks_for_an_end_lets_another_take_the_slot() -> None:
    ledger = Ledger()
    ledger.note(ANNA, held(SLOT))
    ledger.give_up(ANNA)
    ledger.note(BORIS, held(SLOT, "2"))
    ledger.note(ANNA, held(OTHER))
    assert ledger.breaches == []


def test_who_keeps_a_slot_after_all_is_in_the_way_of_whoever_was_told_of_it() -> None:
    ledger = Ledger()
    ledger.note(ANNA, held(SLOT))
    ledger.give_up(ANNA)
    ledger.note(BORIS, held(SLOT, "2"))
    ledger.note(ANNA, held(SLOT))
    assert ledger.breaches == [f"{SLOT} is held by boris and by anna"]


def test_an_answer_that_the_contract_does_not_have_here_is_kept_and_try_again_is_not() -> None:
    attempt = Attempt("book", lambda _: ("", {}), frozenset({"201"}))
    tally = Tally()
    for outcome in ("201", "503 try_again", "500 internal_error", "404 not_found"):
        tally.count(attempt, outcome)
    assert tally.unforeseen == ["book: 500 internal_error", "book: 404 not_found"]
    assert tally.made == 4


def test_a_report_is_clean_where_nothing_is_wrong() -> None:
    assert CLEAN.is_clean
    assert CLEAN.told().splitlines() == [
        "book               201                                 30",
        "30 attempts in 3 s, 10/s",
        "0 answers 5xx, 0 of them try_again",
        "0 answers that the contract does not have",
        "0 broken promises",
        f"{len(SUCCESSES) - 1} deeds that never succeeded",
        *(f"  {name}" for name, _ in sorted(SUCCESSES) if name != "book"),
        f"0 violations of {len(RULES)} rules in 7 items",
        "Negative control, a guard: caught",
    ]


@pytest.mark.parametrize(
    "report",
    [
        replace(CLEAN, violations={Violation("one_upcoming_ticket", Key("PATIENT#1", "PATIENT"))}),
        replace(CLEAN, broken_promises=["anna was told of nothing"]),
        replace(CLEAN, caught={"a guard": False}),
        replace(CLEAN, tally=Tally(Counter({("book", "503 try_again"): 1}))),
        replace(CLEAN, tally=Tally(Counter(), ["book: 404 not_found"])),
    ],
    ids=["violation", "promise", "control", "try again", "unforeseen"],
)
def test_a_report_is_not_clean_where_anything_is_wrong(report: Report) -> None:
    assert not report.is_clean
    assert report.told()


def race_of(attempts: int, *, without: tuple[str, str]) -> Report:
    """Return what came of a race in which all but one deed succeeded."""
    others = SUCCESSES - {without}
    succeeded = Counter(dict.fromkeys(others, 1))
    succeeded["look", "200"] += attempts - len(others)
    return replace(CLEAN, tally=Tally(succeeded, began_at=10, ended_at=13))


@pytest.mark.parametrize("deed", sorted(SUCCESSES - {("look", "200")}), ids=lambda deed: deed[0])
def test_a_long_race_in_which_a_deed_never_succeeds_is_not_clean(deed: tuple[str, str]) -> None:
    report = race_of(LONG, without=deed)
    assert report.in_vain == [deed[0]]
    assert f"\n1 deeds that never succeeded\n  {deed[0]}\n" in report.told()
    assert not report.is_clean


def test_a_long_race_in_which_each_deed_succeeds_is_clean_and_so_is_a_short_one_without() -> None:
    assert race_of(LONG, without=("", "")).is_clean
    assert race_of(LONG - 1, without=IMPORT).is_clean


def test_a_report_names_each_violation_by_its_keys() -> None:
    violation = Violation("one_upcoming_ticket", Key("PATIENT#1", "PATIENT"))
    told = replace(CLEAN, violations={violation}).told()
    assert "\n  one_upcoming_ticket PATIENT#1 PATIENT\n" in told


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_guard_that_a_race_takes_out_stands_in_its_module_once(fault: Fault) -> None:
    assert (ROOT / fault.module).read_text("utf-8").count(fault.guard) == 1


def test_an_account_that_may_claim_nobody_more_is_not_drawn_to_act_for_anybody() -> None:
    full, *others = map(account_of, "abcd")
    members = Counter({full: MOST_MEMBERS} | dict.fromkeys(others, MOST_MEMBERS - 1))
    assert set(draw_guardians(members, random.Random(7))) == set(others)
    assert set(members.values()) == {MOST_MEMBERS}
