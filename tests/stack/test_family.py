"""Families over HTTP (R5): relatives, both parents of a child, and adults who answer themselves."""

from datetime import timedelta
from typing import Any

import pytest

from shared import clock, keys, policies
from shared.accounts import MOST_MEMBERS, Claim
from shared.districts import District
from shared.ids import PatientId
from shared.keyring import patient_id_of
from shared.patients import Person
from shared.policies import PolicyNumber
from shared.settings import settings
from shared.table import claims, moments, store
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack, refused, token_in, within_one

BOY = Person("Образцов", "Малыш", "Пробович", portal.CHILD)
GRANNY = Person("Образцова", "Старшая", None, portal.ADULT)
INVITATION = "Приглашение в состав семьи"
CHECKED = (202, {"status": "checked"})


def add(stack: RunningStack, who: SignedIn, number: PolicyNumber, person: Person) -> None:
    """Add a relative; the answer is the same whatever the register holds."""
    answer = stack.ask("POST /api/family", portal.form_of(number, person), who.cookie)
    assert (answer.status_code, answer.json()) == CHECKED


def family(stack: RunningStack, who: SignedIn) -> list[dict[str, Any]]:
    """Return the listed relatives."""
    members = stack.ask("GET /api/account", cookie=who.cookie).json()["family"]
    assert members[0]["relation"] == "self"
    return list(members[1:])


def remove(stack: RunningStack, who: SignedIn, patient_id: PatientId) -> int:
    return stack.ask(f"DELETE /api/family/{patient_id}", cookie=who.cookie).status_code


def test_a_relative_whom_the_register_knows_is_listed_at_once_and_gets_a_ticket(
    stack: RunningStack,
) -> None:
    who, district = portal.new_signed_in(portal.demo_district()), portal.demo_district("c1")
    number = portal.new_policy_number()
    child = portal.attach(number, BOY, district)

    add(stack, who, number, BOY)

    assert family(stack, who) == [_shown(child, number, district)]
    listed = stack.ask(f"GET /api/slots?patient_id={child}", cookie=who.cookie).json()
    assert (listed["online"], listed["district_id"]) == (True, district.district_id)
    ticket_id = portal.take(stack, who, portal.last_day(district)[0], child)
    assert family(stack, who)[0]["ticket"]["ticket_id"] == ticket_id
    told = stack.mail(who.email, "Запись подтверждена")
    assert "Образцов Малыш Пробович" in told["text"]


def _shown(child: PatientId, number: PolicyNumber, district: District) -> dict[str, Any]:
    return {
        "patient_id": child,
        "relation": "relative",
        "last_name": "Образцов",
        "first_name": "Малыш",
        "middle_name": "Пробович",
        "birth_date": "2020-02-29",
        "policy_last4": number[-4:],
        "attached": True,
        "district": {
            "district_id": district.district_id,
            "kind": "child",
            "name": district.name,
            "doctor_name": district.doctor.name if district.doctor else None,
        },
        "ticket": None,
    }


def test_a_relative_is_listed_once_the_register_holds_the_same_data_and_not_before(
    stack: RunningStack,
) -> None:
    who, district = portal.new_signed_in(portal.demo_district()), portal.new_district("child")
    number = portal.new_policy_number()
    add(stack, who, number, BOY)
    assert family(stack, who) == []

    other = Person("Образцов", "Другой", "Пробович", portal.CHILD)
    child = portal.attach(number, other, district)
    assert family(stack, who) == []
    slot = portal.last_day(district)[0].place.slot_id
    assert portal.book(stack, who, slot, child) == (403, "not_attached")

    portal.attach(number, BOY, district)
    assert [member["patient_id"] for member in family(stack, who)] == [child]
    assert portal.book(stack, who, slot, child)[0] == 201


def test_both_parents_keep_one_child_with_one_ticket_and_one_keeps_it_when_the_other_leaves(
    stack: RunningStack,
) -> None:
    here, district = portal.demo_district(), portal.new_district("child")
    first, second = portal.new_signed_in(here), portal.new_signed_in(here)
    number = portal.new_policy_number()
    child = portal.attach(number, BOY, district)
    for parent in (first, second):
        add(stack, parent, number, BOY)
    one, other = portal.last_day(district)[:2]

    ticket_id = portal.take(stack, first, one, child)
    refusal = portal.book(stack, second, other.place.slot_id, child)
    assert refusal == (409, "ticket_limit_reached")

    assert remove(stack, first, child) == 204
    assert family(stack, first) == []
    assert portal.book(stack, first, other.place.slot_id, child) == (404, "patient_unknown")
    assert remove(stack, first, child) == 404
    (kept,) = family(stack, second)
    assert (kept["patient_id"], kept["ticket"]["ticket_id"]) == (child, ticket_id)
    assert stack.ask(f"DELETE /api/tickets/{ticket_id}", cookie=second.cookie).status_code == 204


def test_an_adult_with_an_account_is_asked_by_mail_and_nobody_else_can_answer(
    stack: RunningStack,
) -> None:
    district = portal.new_district_without_hours()
    asking, asked, number = _two_adults(district)
    add(stack, asking, number, GRANNY)
    assert family(stack, asking) == []
    mail = stack.mail(asked.email, INVITATION)
    assert "Образцова Проба просит разрешения" in mail["text"]
    token = token_in(mail)

    for other in (asking, portal.new_signed_in(district)):
        assert _accept(stack, other, token) == (410, "invitation_expired")
    assert _accept(stack, asked, f"{token[:-1]}x") == (410, "invitation_expired")
    assert family(stack, asking) == []

    assert _accept(stack, asked, token) == (204, "")
    assert _accept(stack, asked, token) == (204, "")
    assert [member["patient_id"] for member in family(stack, asking)] == [asked.patient_id]
    portal.take(stack, asking, portal.publish(district, 5, 1)[0], asked.patient_id)


def test_an_invitation_ends_after_its_week(stack: RunningStack) -> None:
    district = portal.new_district_without_hours()
    asking, asked, number = _two_adults(district)
    add(stack, asking, number, GRANNY)
    token = token_in(stack.mail(asked.email, INVITATION))
    store.update(
        keys.claim(asking.account_id, asked.patient_id),
        "SET invited_until = :past",
        {":past": moments.epoch(clock.now() - timedelta(seconds=1))},
        "attribute_exists(invitation_id)",
    )

    assert _accept(stack, asked, token) == (410, "invitation_expired")
    assert family(stack, asking) == []


def test_an_adult_sees_who_acts_for_them_and_ends_it(stack: RunningStack) -> None:
    district = portal.new_district_without_hours()
    asking, asked, number = _two_adults(district)
    assert _guardians(stack, asked) == []
    add(stack, asking, number, GRANNY)
    token = token_in(stack.mail(asked.email, INVITATION))
    assert _guardians(stack, asked) == []
    assert _accept(stack, asked, token) == (204, "")
    name = {"last_name": "Образцова", "first_name": "Проба", "middle_name": None}
    assert _guardians(stack, asked) == [{"guardian_id": asking.account_id, **name}]
    assert _guardians(stack, asking) == []

    ended = f"DELETE /api/guardians/{asking.account_id}"
    assert refused(stack.ask(ended, cookie=asking.cookie)) == (404, "not_found")
    assert stack.ask(ended, cookie=asked.cookie).status_code == 204
    assert refused(stack.ask(ended, cookie=asked.cookie)) == (404, "not_found")
    assert _guardians(stack, asked) == []
    assert family(stack, asking) == []
    assert _accept(stack, asked, token) == (410, "invitation_expired")


def _two_adults(district: District) -> tuple[SignedIn, SignedIn, PolicyNumber]:
    """Return somebody who will ask, a relative with an account, and the relative's number."""
    number = portal.new_policy_number()
    asking, asked = portal.new_signed_in(district), portal.new_signed_in(district, GRANNY, number)
    return asking, asked, number


def _accept(stack: RunningStack, who: SignedIn, token: str) -> tuple[int, str]:
    answer = stack.ask("POST /api/invitation-acceptances", {"token": token}, who.cookie)
    return refused(answer) if answer.is_error else (answer.status_code, answer.text)


def _guardians(stack: RunningStack, who: SignedIn) -> list[dict[str, Any]]:
    answer = stack.ask("GET /api/guardians", cookie=who.cookie)
    assert (answer.status_code, answer.json().keys()) == (200, {"guardians"})
    return list(answer.json()["guardians"])


def test_an_account_has_five_tries_a_day_to_add_a_relative(stack: RunningStack) -> None:
    who = portal.new_signed_in(portal.demo_district())
    number = portal.new_policy_number()
    within_one(86_400)
    for _ in range(5):
        add(stack, who, number, BOY)
    before = portal.lasting_items(stack)

    answer = stack.ask("POST /api/family", portal.form_of(number, BOY), who.cookie)

    assert refused(answer) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 86_400
    assert portal.lasting_items(stack) == before


@pytest.mark.parametrize("is_known", [False, True], ids=["a-new-one", "one-typed-again"])
def test_a_full_family_takes_nobody_new(stack: RunningStack, *, is_known: bool) -> None:
    who = portal.new_signed_in(portal.demo_district())
    numbers = [portal.new_policy_number() for _ in range(MOST_MEMBERS - 1)]
    for number in numbers:
        _write_claim(who, number)
    before = portal.lasting_items(stack)
    number = numbers[0] if is_known else portal.new_policy_number()

    answer = stack.ask("POST /api/family", portal.form_of(number, BOY), who.cookie)

    if is_known:
        assert (answer.status_code, answer.json()) == CHECKED
    else:
        assert refused(answer) == (409, "family_full")
        assert portal.lasting_items(stack) == before


def _write_claim(who: SignedIn, number: PolicyNumber) -> None:
    """Write past the five tries of a day what an account has typed about a relative."""
    patient_id, today = patient_id_of(number), settings().day_of(clock.now())
    claim = Claim(
        who.account_id, patient_id, "relative", BOY, policies.last4(number), claimed_on=today
    )
    store.put(keys.claim(who.account_id, patient_id), claims.to_item(claim))
