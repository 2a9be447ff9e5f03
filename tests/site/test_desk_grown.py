"""What a register brings about: lost tickets, and children who have grown, are told and listed."""

import re

from playwright.sync_api import Page, expect

from shared.patients import Person
from tests.site.looks import whole
from tests.site.register import HEADER, choose, line_of, open_import
from tests.site.visits import intercept, press, sign_in
from tests.stack import desk, portal
from tests.stack.running import RunningStack


def test_lost_tickets_and_grown_children_are_told_and_the_grown_are_listed(
    page: Page, stack: RunningStack
) -> None:
    here, there = portal.new_district(), portal.demo_district("c1")
    numbers = [portal.new_policy_number() for _ in range(2)]
    moving = portal.new_signed_in(here, number=numbers[0])
    grown = Person(
        "Образцов-Взрослый", f"Проба{'абвгд'[int(numbers[1][-1]) % 5]}", None, portal.ADULT
    )
    portal.take(stack, moving, portal.last_day(here)[0])
    open_import(page)
    lines = [
        HEADER,
        line_of(numbers[0], portal.SOMEBODY, there.district_id),
        line_of(numbers[1], grown, there.district_id),
    ]
    choose(page, "\n".join(lines).encode())
    press(page, "Загрузить")
    expect(page.locator("#import output")).to_have_text("Готово. Все строки приняты.")
    report = page.locator("#report")
    expect(report).to_contain_text(re.compile(r"остальным позвоните\.\s*Строки файла: 2\."))
    expect(report).to_contain_text(re.compile(r"детского участка\.\s*Строки файла: 2, 3\."))
    whole(page, "desk-import-told")

    report.get_by_role("link", name="кто вырос из детского участка").click()
    row = page.get_by_role("row").filter(has_text=grown.last_name).filter(has_text=numbers[1][-4:])
    expect(row).to_contain_text("Детский участок № 1")
    expect(row).to_contain_text("01.01.1998")
    whole(page, "desk-grown")
    page.reload()
    expect(row).to_have_count(1)
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/desk/patients\.html$"))


def test_a_long_list_of_grown_children_says_that_there_are_more_and_an_empty_one_too(
    page: Page,
) -> None:
    sign_in(page, desk.new_clerk())
    child = {
        "patient_id": "p",
        "last_name": "Образцов",
        "first_name": "Проба",
        "middle_name": None,
        "birth_date": "2008-11-01",
        "policy_last4": None,
        "district_id": "gone",
        "adult_on": "2026-11-01",
    }
    answers = [{"patients": [child], "more": True}, {"patients": [], "more": False}]
    intercept(page, "**/grown-children", lambda route: route.fulfill(json=answers.pop(0)))
    page.goto("/desk/grown.html")
    expect(page.locator("#grown")).to_contain_text("Это не все")
    expect(page.get_by_role("row").nth(1)).to_contain_text("gone")
    page.reload()
    expect(page.locator("#grown")).to_have_text("Таких пациентов нет.")
