"""A ticket: seen, printed, taken into a calendar, given back, and what can go wrong."""

import re
from pathlib import Path

import pytest
from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.site.booking import begin, heading, lose_the_answer, say_of
from tests.site.looks import whole
from tests.site.visits import no_network, press, refusing, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.running import RunningStack

CANCEL = "Да, отменить талон"


def test_a_ticket_says_who_when_and_where_and_is_printed_alone(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    slot = portal.last_day(booking.district)[0]
    page.goto(booking.take(slot))
    paper = page.get_by_role("article")
    expect(paper).to_contain_text(f"{slot.place.day.year} г., {slot.place.time:%H:%M}")
    for told in ("Образцова Проба", "Врачева Проба Тестовна", "Талон взят", "поликлиника"):
        expect(paper).to_contain_text(told)
    whole(page, "ticket")

    page.evaluate("() => { window.print = () => { document.title = 'на бумаге'; }; }")
    press(page, "Напечатать")
    assert page.title() == "на бумаге"
    page.emulate_media(media="print")
    expect(paper).to_be_visible()
    for none in ("banner", "navigation", "contentinfo", "button"):
        expect(page.get_by_role(none)).to_have_count(0)
    expect(
        page.get_by_role("link", name=re.compile("Перенести|Отменить|Талоны|К содержанию"))
    ).to_have_count(0)
    whole(page, "ticket-print")


def test_a_ticket_goes_into_ones_own_calendar(
    page: Page, stack: RunningStack, tmp_path: Path
) -> None:
    booking = begin(page, stack)
    slot = portal.last_day(booking.district)[0]
    page.goto(booking.take(slot))
    with page.expect_download() as download:
        page.get_by_role("link", name="Добавить в календарь").click()

    assert download.value.suggested_filename == "ticket.ics"
    download.value.save_as(tmp_path / "ticket.ics")
    calendar = Calendar.from_ical((tmp_path / "ticket.ics").read_bytes())
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("DTSTART") == slot.starts_at
    assert event["LOCATION"] == "Кабинет 7"


def test_a_ticket_is_given_back_only_when_one_says_so_twice(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    page.goto(booking.take_last())
    page.get_by_role("link", name="Отменить").click()
    question = page.get_by_role("heading", name="Отменить талон?")
    expect(question).to_be_focused()
    whole(page, "ticket-cancel")
    page.get_by_role("link", name="Оставить талон").click()
    expect(heading(page, "Талон")).to_be_focused()
    page.go_back()
    expect(question).to_be_focused()
    page.reload()
    expect(question).to_be_visible()
    assert booking.ticket().status == "booked"
    press(page, CANCEL)

    say_of(page, "Талон отменён.")
    assert booking.ticket().status == "cancelled"
    expect(page.get_by_text("Сейчас взятых талонов нет.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Отменён")).to_have_count(1)
    whole(page, "tickets-past")


def test_giving_a_ticket_back_survives_a_busy_portal_and_a_lost_connection(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    page.goto(booking.take_last())
    page.get_by_role("link", name="Отменить").click()
    request = f"DELETE /api/tickets/{booking.ticket().ticket_id}"
    with refusing(page, request, 503, "try_again", retry_after=1):
        press(page, CANCEL)
        expect(page.get_by_text("Подождите немного и попробуйте ещё раз")).to_be_visible()
    mend = lose_the_answer(page, "**/api/tickets/*")
    press(page, CANCEL)
    expect(page.get_by_text("Нет связи.")).to_be_visible()
    whole(page, "ticket-no-connection")
    mend()
    press(page, CANCEL)
    say_of(page, "Талон отменён.")
    page.go_back()
    expect(page.get_by_role("article")).to_contain_text("Отменён")
    expect(page.get_by_role("heading", name="Отменить талон?")).to_have_count(0)


def test_a_ticket_whose_time_has_come_is_shown_as_it_is(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    page.goto(booking.take_last())
    page.get_by_role("link", name="Отменить").click()
    expect(page.get_by_role("button", name=CANCEL)).to_be_visible()
    portal.begin(booking.ticket().ticket_id)
    press(page, CANCEL)

    say_of(page, re.compile("Этот талон уже нельзя изменить"))
    expect(page.get_by_role("article")).to_contain_text("Время приёма прошло")
    expect(page.get_by_role("button", name=CANCEL)).to_have_count(0)
    expect(page.get_by_role("link", name="Перенести")).to_have_count(0)
    whole(page, "ticket-past")
    page.get_by_role("link", name="Взять новый талон").click()
    heading(page, "Выберите время")


@pytest.mark.parametrize(
    "outcome, said", [("arrived", "Приём состоялся"), ("no_show", "На приём не пришли")]
)
def test_what_became_of_a_ticket_is_told_and_nothing_more_can_be_done_with_it(
    page: Page, stack: RunningStack, outcome: str, said: str
) -> None:
    booking = begin(page, stack)
    address = booking.take_last()
    ticket_id = address.partition("=")[2]
    noted = f"POST /api/desk/tickets/{ticket_id}/outcome"
    assert desk.new_clerk().ask(stack, noted, {"outcome": outcome}).is_success
    page.goto(address)
    told_and_no_more(page, said)


def test_a_ticket_that_the_clinic_withdrew_says_so(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    slot = portal.last_day(booking.district)[0]
    address, day = booking.take(slot), str(slot.place.day)
    away = f"PUT /api/desk/districts/{booking.district.district_id}/absences"
    days = {"from": day, "to": day, "reason": "проба"}
    assert desk.new_clerk().ask(stack, away, days).is_success
    page.goto(address)
    told_and_no_more(page, "Отменён поликлиникой")


def told_and_no_more(page: Page, said: str) -> None:
    expect(page.get_by_role("definition").last).to_have_text(said)
    expect(page.get_by_role("link", name=re.compile("Перенести|Отменить"))).to_have_count(0)


def test_a_ticket_that_is_not_there_or_somebody_elses_is_told_in_plain_words(
    page: Page, stack: RunningStack
) -> None:
    booking = begin(page, stack)
    address = booking.take_last()
    sign_in(page, booking.another())
    for one in (address, "/ticket.html", "/ticket.html?id=x"):
        page.goto(one)
        expect(page.get_by_text("Такого талона в Вашем личном кабинете нет.")).to_be_visible()
        expect(page.get_by_role("article")).to_have_count(0)
    whole(page, "ticket-missing")
    page.get_by_role("link", name="Все талоны").click()
    heading(page, "Талоны")


def test_without_a_network_a_ticket_can_be_asked_for_again(page: Page, stack: RunningStack) -> None:
    booking = begin(page, stack)
    page.goto(booking.take_last())
    with no_network(page):
        page.get_by_role("link", name="Отменить").click()
        expect(page.get_by_role("alert")).to_contain_text("Нет связи.")
    press(page, "Попробовать ещё раз")
    expect(page.get_by_role("heading", name="Отменить талон?")).to_be_visible()
    sign_out(page)
    press(page, CANCEL)
    heading(page, "Вход")
    assert "next=" in page.url
