"""«Участки»: when a doctor is absent, which tickets that cancels, and whom to call (R10)."""

import re
from datetime import date, timedelta

from playwright.sync_api import Locator, Page, expect

from shared import clock
from shared.districts import District
from shared.patients import Person
from shared.settings import settings
from tests.site.conftest import NewPage
from tests.site.counter import district_now, open_district
from tests.site.looks import whole
from tests.site.visits import press
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.running import RunningStack

UNKNOWN_TO_MAIL = Person("Образцова", "Безпочты", "Тестовна", portal.ADULT)


def declare(page: Page, first: date, last: date, reason: str = "Учёба") -> None:
    """Declare an absence, in its two steps."""
    page.get_by_label("Первый день").fill(f"{first:%d.%m.%Y}")
    page.get_by_label("Последний день").fill(f"{last:%d%m%Y}")
    page.get_by_label("Причина").fill(reason)
    press(page, "Дальше")
    expect(page.locator("#warning")).to_contain_text("Все талоны на эти дни будут отменены")
    press(page, "Отменить талоны и объявить отсутствие")


def test_an_absence_cancels_tells_whom_to_call_and_is_taken_back(
    page: Page, stack: RunningStack
) -> None:
    district = portal.new_district()
    slots = portal.last_day(district)
    day, mailed = slots[0].place.day, portal.new_signed_in(district)
    portal.take(stack, mailed, slots[0])
    clerk = open_district(page, district)
    last4 = given_at_the_desk(stack, clerk, district, day)

    declare(page, day, day)
    result = page.locator("#called")
    expect(result.get_by_role("heading")).to_be_focused()
    expect(result).to_contain_text("Узнают из письма: 1 пациент.")
    row = result.get_by_role("row").nth(1)
    expect(row).to_have_text(re.compile(rf"Образцова Безпочты Тестовна.*…{last4}"))
    assert stack.mail(mailed.email, "К сожалению, запись отменена")
    assert {portal.now_of(slot).status for slot in slots} == {"withdrawn"}
    expect(page.get_by_label("Причина")).to_have_value("")
    whole(page, "desk-absence-declared")
    prints_the_list_alone(page, row)

    page.reload()
    card = page.get_by_role("article").filter(has_text="Учёба")
    card.get_by_role("button", name="Кому позвонить").click()
    expect(row).to_contain_text("Безпочты")
    take_back(page, card)
    assert {portal.now_of(slot).status for slot in slots} == {"free"}


def test_whom_to_call_is_not_asked_of_an_absence_that_a_colleague_took_back(
    page: Page, stack: RunningStack
) -> None:
    district = portal.new_district()
    slots = portal.last_day(district)
    day = slots[0].place.day
    open_district(page, district)
    declare(page, day, day)
    expect(page.locator("#called").get_by_role("heading")).to_be_focused()
    path = f"/api/desk/districts/{district.district_id}/absences/{day}"
    assert desk.new_clerk().ask(stack, f"DELETE {path}").status_code == 204
    page.get_by_role("button", name="Кому позвонить").click()
    expect(page.locator("#notice")).to_contain_text("уже отменено или изменено")
    assert {portal.now_of(slot).status for slot in slots} == {"free"}


def given_at_the_desk(stack: RunningStack, clerk: Clerk, district: District, day: date) -> str:
    """Give a ticket to somebody without an account; return the last digits of the policy."""
    number = portal.new_policy_number()
    patient_id = portal.attach(number, UNKNOWN_TO_MAIL, district)
    wanted = {"patient_id": patient_id, "starts_at": f"{day}T12:00:00+03:00"}
    assert clerk.ask(stack, "POST /api/desk/tickets", wanted).status_code == 201
    return number[-4:]


def prints_the_list_alone(page: Page, row: Locator) -> None:
    """Check what a printed page has: whom to call, and nothing that is for the screen."""
    page.emulate_media(media="print")
    expect(row).to_be_visible()
    expect(page.get_by_role("button", name="Напечатать")).to_be_hidden()
    expect(page.get_by_label("Название")).to_be_hidden()
    expect(page.locator("#absences")).to_be_hidden()
    page.emulate_media(media="screen")


def take_back(page: Page, card: Locator) -> None:
    """Take an absence back, in its two steps."""
    card.get_by_text("Отменить отсутствие", exact=True).click()
    expect(card).to_contain_text("Отменённые талоны не вернутся")
    press(page, "Врач будет принимать")
    expect(page.locator("#notice")).to_contain_text("Отсутствие отменено")
    expect(page.locator("#absences")).to_have_text("Ближайших отсутствий нет.")


def test_an_absence_is_told_to_cancel_tickets_before_it_does_and_what_is_changed_is_told_anew(
    page: Page, stack: RunningStack
) -> None:
    district = portal.new_district(published=False)
    clerk, day = open_district(page, district), settings().day_of(clock.now()) + timedelta(days=9)
    page.get_by_label("Первый день").fill(f"{day:%d.%m.%Y}")
    page.get_by_label("Причина").fill("Учёба")
    for wrong in (date(2020, 11, 30), day - timedelta(days=1)):
        page.get_by_label("Последний день").fill(f"{wrong:%d.%m.%Y}")
        press(page, "Дальше")
        expect(page.get_by_label("Последний день")).to_have_accessible_description(
            re.compile("раньше первого")
        )
    page.get_by_label("Последний день").fill(f"{day:%d.%m.%Y}")
    press(page, "Дальше")
    expect(page.locator("#warning")).to_be_focused()
    whole(page, "desk-absence-warning")
    page.get_by_label("Причина").fill("Другая причина")
    expect(page.locator("#warning")).to_be_hidden()
    expect(page.get_by_role("button", name="Дальше")).to_be_visible()
    assert district_now(stack, clerk, district.district_id)["absences"] == []


def test_an_absence_of_today_stands_in_the_list_and_one_from_the_same_day_replaces_it(
    page: Page, stack: RunningStack
) -> None:
    district, today = portal.new_district(published=False), settings().day_of(clock.now())
    clerk = open_district(page, district)
    declare(page, today, today + timedelta(days=9))
    expect(page.locator("#called")).to_contain_text("Звонить никому не нужно.")
    expect(page.get_by_role("article")).to_have_count(1)
    last = today + timedelta(days=2)
    declare(page, today, last, "Болезнь")
    expect(page.get_by_role("article")).to_contain_text("Болезнь")
    assert district_now(stack, clerk, district.district_id)["absences"] == [
        {"from": str(today), "to": str(last), "reason": "Болезнь"}
    ]
    page.get_by_role("link", name="Все участки").click()
    row = page.get_by_role("row").filter(has_text=district.district_id)
    expect(row).to_contain_text(f"сейчас отсутствует, по {last:%d.%m.%Y}")


def test_no_patient_reads_the_reason(new_page: NewPage, stack: RunningStack) -> None:
    district = portal.new_district()
    who, page = portal.new_signed_in(district), new_page()
    open_district(page, district)
    first = portal.slots_of(district)[0].place.day
    declare(page, first, first + timedelta(days=60), "Личная причина")
    expect(page.get_by_role("article")).to_have_count(1)
    answer = stack.ask(f"GET /api/slots?patient_id={who.patient_id}", cookie=who.cookie)
    assert answer.json()["reason"] == "doctor_absent"
    assert "Личная причина" not in answer.text
