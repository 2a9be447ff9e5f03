"""«Участки»: a district's doctor and hours, and what patients see of them (R8)."""

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from shared import clock
from shared.districts import WEEKDAYS, District
from tests.site.counter import district_now, open_district
from tests.site.looks import whole
from tests.site.visits import no_network, press, refusing, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

SAVED = re.compile("Сохранено")


def told_of_form(page: Page) -> Locator:
    """Return where the page says what became of the district's form."""
    return page.locator("#district > output")


LABELS = ("Понедельник", "Вторник", "Среда", "Четверг", "Пятница")


def times_seen(stack: RunningStack, who: SignedIn, weekday: int) -> set[str]:
    """Return the free times that a patient sees on all days of a weekday but the first days."""
    answer = stack.ask(f"GET /api/slots?patient_id={who.patient_id}", cookie=who.cookie).json()
    return {
        slot["starts_at"][11:16]
        for day in answer["days"][2:]
        if date.fromisoformat(day["date"]).weekday() == weekday
        for slot in day["slots"]
    }


def test_a_clerk_changes_the_hours_and_patients_see_the_new_times(
    page: Page, stack: RunningStack
) -> None:
    district = portal.new_district()
    who, clerk = portal.new_signed_in(district), desk.new_clerk()
    sign_in(page, clerk)
    page.goto("/desk/districts.html")
    row = page.get_by_role("row").filter(has_text=district.district_id)
    expect(row).to_contain_text(portal.DOCTOR.name)
    whole(page, "desk-districts")
    row.get_by_role("link", name="Пробный участок").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Пробный участок")
    expect(page.get_by_label("Понедельник", exact=True)).to_have_value(
        "23:00, 23:10, 23:20, 23:30, 23:40, 23:50"
    )
    expect(page.get_by_label("Суббота")).to_have_value("")
    fill_all_working_days(page)
    weekday = portal.last_day(district)[0].place.day.weekday()  # Surely to come, and no holiday.
    page.get_by_label(LABELS[weekday]).fill("9.30;  900 9:15,9:15")
    page.get_by_label("Кабинет").fill("12а")
    whole(page, "desk-district")
    press(page, "Сохранить")
    expect(told_of_form(page)).to_have_text(SAVED)
    expect(page.get_by_label(LABELS[weekday])).to_have_value("09:00, 09:15, 09:30")

    assert district_now(stack, clerk, district.district_id) == changed(district, weekday)
    assert times_seen(stack, who, weekday) == {"09:00", "09:15"}
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Участки")


def fill_all_working_days(page: Page) -> None:
    """Let the form fill the days from Monday to Friday, by the keyboard."""
    page.get_by_text("Заполнить подряд").click()
    page.get_by_label("С", exact=True).fill("8")
    page.get_by_label("До", exact=True).fill("9.10")
    page.get_by_label("Минут на приём").fill("20")
    page.get_by_label("Минут на приём").press("Enter")
    expect(page.locator("#generated")).to_contain_text("3 приёма в день, последний в 08:40")
    expect(page.get_by_label("Пятница")).to_have_value("08:00, 08:20, 08:40")
    expect(told_of_form(page)).to_be_empty()


def changed(district: District, weekday: int) -> dict[str, Any]:
    """Return what the desk's API tells of the district that the clerk has changed."""
    working = {key: ["08:00", "08:20", "08:40"] for key in WEEKDAYS[:5]}
    return {
        "district_id": district.district_id,
        "name": "Пробный участок",
        "kind": "adult",
        "doctor": {"name": portal.DOCTOR.name, "room": "12а"},
        "hours": working | {WEEKDAYS[weekday]: ["09:00", "09:15", "09:30"]},
        "absences": [],
    }


def test_what_was_typed_wrong_is_told_beside_its_field_and_nothing_changes(
    page: Page, stack: RunningStack
) -> None:
    district = portal.new_district(published=False)
    clerk = open_district(page, district)
    before = district_now(stack, clerk, district.district_id)
    page.get_by_label("Среда").fill("09:00, 9:60, 10")
    page.get_by_label("Название").fill("Другое название")
    press(page, "Сохранить")
    expect(page.get_by_label("Среда")).to_be_focused()
    expect(page.get_by_label("Среда")).to_have_accessible_description(re.compile("«9:60»"))
    page.get_by_label("Среда").fill("")
    page.get_by_label("Фамилия, имя, отчество").fill("")
    press(page, "Сохранить")
    expect(page.get_by_label("Фамилия, имя, отчество")).to_be_focused()
    whole(page, "desk-district-wrong")
    assert district_now(stack, clerk, district.district_id) == before


def test_what_cannot_be_filled_is_told_beside_its_field(page: Page) -> None:
    open_district(page, portal.new_district(published=False))
    page.get_by_text("Заполнить подряд").click()
    for label, value, advice in (
        ("С", "утра", "Напишите время так"),
        ("Минут на приём", "0", "от 5 до 240"),
        ("До", "08:30", "не помещается"),
    ):
        field = page.get_by_label(label, exact=True)
        right = field.input_value()
        field.fill(value)
        press(page, "Заполнить")
        expect(field).to_be_focused()
        expect(field).to_have_accessible_description(re.compile(advice))
        field.fill(right)


def test_what_the_portal_refuses_is_told_beside_its_field_and_its_day(page: Page) -> None:
    district = portal.new_district(published=False)
    open_district(page, district)
    expect(page.get_by_label("Название")).to_have_value("Пробный участок")
    refused = {
        "/doctor/name": ("Фамилия, имя, отчество", "Сервер: врач"),
        "/hours/fri/3": ("Пятница", "Сервер: часы"),
    }
    errors = [
        {"pointer": pointer, "detail": detail, "code": "x"}
        for pointer, (_, detail) in refused.items()
    ]
    request = f"PUT /api/desk/districts/{district.district_id}"
    with refusing(page, request, 422, "invalid_request", errors=errors):
        press(page, "Сохранить")
        for label, detail in refused.values():
            field = page.get_by_label(label)
            expect(field).to_have_accessible_description(re.compile(detail))


def test_a_lost_connection_keeps_what_was_typed_and_a_district_may_lose_its_doctor(
    page: Page, stack: RunningStack
) -> None:
    district = portal.new_district(published=False)
    with refusing(page, "GET /api/desk/districts", 503, "try_again", retry_after=1):
        clerk = open_district(page, district)
        expect(page.locator("#loading")).to_contain_text("Подождите немного")
    press(page, "Попробовать ещё раз")
    page.get_by_label("Название").fill("Новое имя")
    page.get_by_label("Нет постоянного врача").check()
    expect(page.get_by_label("Кабинет")).to_be_hidden()
    with no_network(page):
        press(page, "Сохранить")
        expect(told_of_form(page)).to_contain_text("Нет связи")
    with refusing(
        page,
        f"PUT /api/desk/districts/{district.district_id}",
        503,
        "try_again",
        retry_after=1,
    ):
        press(page, "Сохранить")
        expect(told_of_form(page)).to_contain_text("Подождите немного")
    expect(page.get_by_label("Название")).to_have_value("Новое имя")
    press(page, "Сохранить")
    expect(told_of_form(page)).to_have_text(SAVED)
    expect(page.get_by_role("heading", level=1)).to_have_text("Новое имя")
    now = district_now(stack, clerk, district.district_id)
    assert (now["name"], now["doctor"]) == ("Новое имя", None)
    page.reload()
    expect(page.get_by_label("Нет постоянного врача")).to_be_checked()
    page.get_by_role("link", name="Все участки").click()
    row = page.get_by_role("row").filter(has_text=district.district_id)
    expect(row).to_contain_text("нет постоянного врача")


def test_a_new_district_has_a_code_of_its_own_and_never_replaces_another(
    page: Page, stack: RunningStack
) -> None:
    other, code = portal.new_district(published=False), f"n{clock.new_id()[:10]}"
    clerk = desk.new_clerk()
    sign_in(page, clerk)
    page.goto("/desk/districts.html")
    page.get_by_role("link", name="Новый участок").click()
    field = page.get_by_label("Код участка")
    for typed, advice in (("А7", "могут стоять только"), (other.district_id, "уже есть")):
        field.fill(typed)
        page.get_by_label("Название").fill("Совсем новый")
        page.get_by_label("Детский").check()
        page.get_by_label("Нет постоянного врача").check()
        press(page, "Сохранить")
        expect(field).to_have_accessible_description(re.compile(advice))
    whole(page, "desk-district-new")
    assert district_now(stack, clerk, other.district_id)["name"] == "Пробный участок"
    field.fill(code)
    press(page, "Сохранить")
    expect(page.locator("#notice")).to_have_text("Участок заведён.")
    expect(page).to_have_url(re.compile(rf"\?district={code}$"))
    expect(page.get_by_label("Детский")).to_be_checked()
    assert district_now(stack, clerk, code)["kind"] == "child"
    page.goto("/desk/districts.html?district=nowhere")
    expect(page.locator("#loading")).to_have_text("Такого участка нет.")


def test_an_ended_session_leads_to_the_sign_in_and_back_to_the_district(page: Page) -> None:
    district = portal.new_district(published=False)
    open_district(page, district)
    expect(page.get_by_label("Название")).to_have_value("Пробный участок")
    sign_out(page)
    page.reload()
    expect(page).to_have_url(
        re.compile(
            rf"/desk/index\.html\?next=%2Fdesk%2Fdistricts\.html%3Fdistrict%3D"
            rf"{district.district_id}$"
        )
    )
    expect(page.locator("#notice")).to_contain_text("Войдите ещё раз")


@pytest.mark.parametrize(
    "typed, read",
    [
        ("9:00, 9.20 9-40", ["09:00", "09:20", "09:40"]),
        ("0920;920\t23:59 0", ["00:00", "09:20", "23:59"]),
        (" , ;", []),
        ("9:00 24:00", "24:00"),
        ("9:6", "9:6"),
        ("09:000", "09:000"),
        ("с 9", "с"),
    ],
)
def test_times_are_read_as_clerks_type_them(page: Page, typed: str, read: object) -> None:
    page.goto("/desk/index.html")
    ask = "async (text) => (await import('/desk/times.js')).readTimes(text)"
    found = page.evaluate(ask, typed)
    assert (found["unread"] or found["times"]) == read
