"""«Талоны» without a free time: why there is none, and what to do instead (R9, R10)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from shared import clock
from shared.districts import Absence, District
from shared.settings import settings
from shared.table import districts
from tests.site.booking import NAME, REFERRAL, begin, free_times, heading, say_of
from tests.site.looks import whole
from tests.site.visits import press, sign_in
from tests.stack import portal
from tests.stack.running import RunningStack


def no_doctor(district: District) -> District:
    return replace(district, doctor=None)


def absent(district: District) -> District:
    today = settings().day_of(clock.now())
    away = Absence(today, today + timedelta(days=60), "проба")
    return replace(district, absences=(away,))


@pytest.mark.parametrize(
    "change, name, said",
    [
        (no_doctor, "no-doctor", "На этом участке сейчас нет постоянного врача."),
        (absent, "absent", "Врач сейчас не принимает."),
    ],
)
def test_without_a_doctor_one_is_told_so_and_whom_to_call(
    page: Page,
    stack: RunningStack,
    change: Callable[[District], District],
    name: str,
    said: str,
) -> None:
    district = portal.new_district(published=False)
    districts.put(change(district))
    booking = begin(page, stack, district)
    page.goto(booking.address)
    told_whom_to_call(page, said)
    expect(page.get_by_role("main")).not_to_contain_text("появятся")
    whole(page, f"tickets-{name}")


def test_who_is_not_attached_is_told_so_and_whom_to_call(page: Page) -> None:
    who = portal.new_signed_in(None)
    sign_in(page, who)
    page.goto("/tickets.html")
    page.get_by_role("link", name=NAME).click()
    told_whom_to_call(page, "Этого пациента нет в списке прикреплённых")
    whole(page, "tickets-not-attached")


def test_when_nothing_is_free_the_next_publication_is_told(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    slots = booking.slots_to_come()
    crowd = [booking.another() for _ in slots]
    last_of_day = {slot.place.day: slot for slot in slots}
    for one, slot in zip(crowd, slots, strict=True):
        if slot is not slots[-1]:
            portal.take(stack, one, slot)
    page.goto(booking.address)
    expect(page.get_by_text("Все талоны на этот день взяты.")).to_have_count(len(last_of_day) - 1)
    whole(page, "tickets-days-full")

    expect(free_times(page)).to_have_count(1)
    free_times(page).click()
    portal.take(stack, crowd[-1], slots[-1])
    press(page, "Взять талон")
    say_of(page, re.compile(r"других свободных талонов сейчас нет\.$"))
    told_whom_to_call(page, "Свободных талонов сейчас нет.")
    expect(
        page.get_by_text(re.compile(r"Новые талоны появятся: [а-я]+, \d+ [а-я]+, \d\d:\d\d\."))
    ).to_be_visible()
    whole(page, "tickets-nothing-free")


def told_whom_to_call(page: Page, said: str) -> None:
    main = page.get_by_role("main")
    heading(page, "Выберите время")
    expect(main).to_contain_text(said)
    expect(main).to_contain_text(REFERRAL)
    call = main.get_by_role("link", name=settings().registry_phone)
    expect(call).to_have_attribute("href", re.compile(r"^tel:\+\d+$"))
    expect(free_times(page)).to_have_count(0)
