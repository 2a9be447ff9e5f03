"""The booking protocol, explored fully within its bounds; and each guard taken away is missed."""

import os

import pytest

from tests.model import spin
from tests.model.spin import Verifiers

_LOSSES = int(os.environ.get("LOSSES", "1"))
"""Requests and answers that are lost, and functions that die, in one story."""
_THREE_BROWSERS, _FIRST_RELEASE = 0, 1

PLANTED = {
    "no slot guard": (1, _THREE_BROWSERS),
    "no patient guard": (2, _THREE_BROWSERS),
    "no session guard": (3, _FIRST_RELEASE),
    "move without freeing": (4, _THREE_BROWSERS),
    "move without looking": (5, _THREE_BROWSERS),
    "cancel without looking": (6, _THREE_BROWSERS),
    "retry without replay": (7, _THREE_BROWSERS),
    "retry draws anew": (8, _THREE_BROWSERS),
    "booked before the commit": (9, _THREE_BROWSERS),
    "release overwrites": (10, _FIRST_RELEASE),
    "release over an absence": (11, _FIRST_RELEASE),
    "absence without the ticket": (12, _THREE_BROWSERS),
    "absence without looking": (13, _THREE_BROWSERS),
    "moved before the commit": (15, _THREE_BROWSERS),
    "cancelled before the commit": (16, _THREE_BROWSERS),
}
"""By what is taken away: its number in booking.pml, and the story that misses it."""


@pytest.fixture(scope="module")
def verifiers(tmp_path_factory: pytest.TempPathFactory) -> Verifiers:
    """Compile the model; where there is no Spin its tests are skipped, and in CI they fail."""
    if not spin.is_there():
        if os.environ.get("CI"):
            pytest.fail(spin.HOW_TO_GET_IT, pytrace=False)
        pytest.skip(spin.HOW_TO_GET_IT)
    return spin.compile_model(tmp_path_factory.mktemp("spin"))


@pytest.mark.parametrize("story", [_THREE_BROWSERS, _FIRST_RELEASE])
def test_whatever_is_lost_slots_and_tickets_agree_and_everybody_ends_with_an_answer(
    verifiers: Verifiers, story: int
) -> None:
    found = verifiers.look_for_mistakes(losses=_LOSSES, releases=story)
    circles = verifiers.look_for_circles(losses=_LOSSES - 1, releases=story)
    for search in (found, circles):
        assert (search.errors, search.is_whole) == (0, True), search.report
        assert search.states > 50_000


@pytest.mark.parametrize("missing", PLANTED)
def test_each_guard_that_is_taken_away_is_missed(verifiers: Verifiers, missing: str) -> None:
    number, story = PLANTED[missing]
    found = verifiers.look_for_mistakes(planted=number, losses=1, releases=story)
    assert found.errors == 1
    assert "assertion violated" in found.report


def test_who_looks_again_at_what_was_read_before_goes_round_in_circles(
    verifiers: Verifiers,
) -> None:
    found = verifiers.look_for_circles(planted=14, losses=0)
    assert found.errors == 1
    assert "non-progress cycle" in found.report
