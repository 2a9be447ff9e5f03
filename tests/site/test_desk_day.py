"""The desk's day: who is expected, who came, and what the doctor is handed."""

from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from shared import clock
from shared.settings import settings
from shared.tickets import Slot
from tests.site.counter import Known, at_the_desk, new_holder, session_ends
from tests.site.looks import check_accessibility, look, whole
from tests.site.visits import no_network, refusing
from tests.stack import portal
from tests.stack.portal import SignedIn, held_ticket
from tests.stack.running import RunningStack


def a_ticket(stack: RunningStack) -> tuple[SignedIn, Known, Slot]:
    """Let a new patient take the first time of the last published day."""
    district = portal.new_district()
    who, known = new_holder(district)
    slot = portal.last_day(district)[0]
    portal.take(stack, who, slot)
    return who, known, slot


def row_of(page: Page, known: Known) -> Locator:
    return page.get_by_role("row").filter(has_text=known.name)


def on_the_day(page: Page, slot: Slot) -> None:
    """Let the browser's clock say that the slot's day has come, and open the page."""
    page.clock.set_fixed_time(slot.starts_at - timedelta(hours=1))
    page.goto("/desk/day.html")


def told_by(who: SignedIn) -> str:
    ticket = held_ticket(who)
    assert ticket is not None
    return ticket.status


def test_a_time_that_has_passed_is_no_longer_free(page: Page, stack: RunningStack) -> None:
    _, known, slot = a_ticket(stack)
    at_the_desk(page)
    on_the_day(page, slot)
    section = page.locator("section").filter(has_text=known.name)
    expect(section).to_contain_text("Свободно: 23:10")
    page.clock.set_fixed_time(slot.starts_at + timedelta(minutes=30))
    page.reload()
    expect(section).to_contain_text("23:00")
    expect(section).not_to_contain_text("Свободно")


def test_a_clerk_notes_who_came_and_puts_it_right(page: Page, stack: RunningStack) -> None:
    who, known, slot = a_ticket(stack)
    at_the_desk(page)
    on_the_day(page, slot)
    row = row_of(page, known)
    for said in ("23:00", known.name, "27.03.1948", f"…{known.number[-4:]}", "Ожидается"):
        expect(row).to_contain_text(said)
    row.get_by_role("button", name=f"Пришёл: {known.name}, 23:00", exact=True).click()
    expect(row.get_by_role("cell", name="Пришёл", exact=True)).to_be_visible()
    expect(row.locator(".deeds output")).to_have_text("Отмечено.")
    assert told_by(who) == "arrived"
    row.get_by_role("button", name="Не пришёл").press("Enter")
    expect(row.get_by_role("cell", name="Не пришёл", exact=True)).to_be_visible()
    expect(row.get_by_role("button", name="Не пришёл")).to_be_focused()
    assert told_by(who) == "no_show"
    whole(page, "desk-day")
    page.reload()
    expect(row.get_by_role("button", name="Не пришёл")).to_have_attribute("aria-pressed", "true")


def test_a_clerk_cancels_a_ticket_in_two_steps(page: Page, stack: RunningStack) -> None:
    who, known, slot = a_ticket(stack)
    at_the_desk(page)
    page.goto(f"/desk/day.html?date={slot.place.day}")
    row = row_of(page, known)
    expect(row).to_contain_text("Ожидается")
    expect(row.get_by_role("button", name="Пришёл")).to_have_count(0)
    row.locator("summary").click()
    check_accessibility(page)
    row.get_by_role("button", name="Отменить", exact=True).click()
    expect(page.locator("#notice")).to_have_text(f"Талон отменён: {known.name}, 23:00.")
    expect(page.locator("#notice")).to_be_focused()
    expect(row).to_have_count(0)
    assert told_by(who) == "cancelled"


def test_a_ticket_that_the_patient_has_just_cancelled_is_told_of(
    page: Page, stack: RunningStack
) -> None:
    who, known, slot = a_ticket(stack)
    at_the_desk(page)
    on_the_day(page, slot)
    row = row_of(page, known)
    expect(row).to_be_visible()
    ticket = held_ticket(who)
    assert ticket is not None
    assert stack.ask(f"DELETE /api/tickets/{ticket.ticket_id}", cookie=who.cookie).is_success
    row.get_by_role("button", name=f"Пришёл: {known.name}, 23:00", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("Этот талон уже нельзя изменить")
    expect(row).to_have_count(0)
    assert told_by(who) == "cancelled"


def test_days_follow_one_another_and_the_back_button_leads_back(page: Page) -> None:
    at_the_desk(page)
    today = settings().day_of(clock.now())
    page.goto("/desk/day.html")
    chosen = page.get_by_label("День")
    expect(chosen).to_have_value(str(today))
    page.get_by_role("link", name="Следующий день").click()
    expect(chosen).to_have_value(str(today + timedelta(days=1)))
    chosen.fill("2024-03-01")
    page.get_by_role("button", name="Показать").click()
    expect(page.get_by_role("heading", level=2)).to_have_text("пятница, 1 марта 2024 г.")
    page.reload()
    expect(chosen).to_have_value("2024-03-01")
    page.get_by_role("link", name="Предыдущий день").click()
    expect(chosen).to_have_value("2024-02-29")
    page.go_back()
    expect(chosen).to_have_value("2024-03-01")
    page.go_back()
    expect(chosen).to_have_value(str(today + timedelta(days=1)))
    page.get_by_role("link", name="Сегодня").click()
    expect(chosen).to_have_value(str(today))
    page.goto("/desk/day.html?date=2026-02-31")
    expect(chosen).to_have_value(str(today))


def test_a_day_is_shown_once_the_network_is_back(page: Page, stack: RunningStack) -> None:
    who, known, slot = a_ticket(stack)
    at_the_desk(page)
    day = f"GET /api/desk/days/{slot.place.day}"
    with refusing(page, day, 503, "try_again", retry_after=1):
        on_the_day(page, slot)
        expect(page.get_by_role("alert")).to_contain_text("Сейчас не получилось")
        check_accessibility(page)
    page.get_by_role("button", name="Попробовать ещё раз").click()
    row = row_of(page, known)
    arrived = row.get_by_role("button", name=f"Пришёл: {known.name}, 23:00", exact=True)
    with no_network(page):
        arrived.click()
        expect(row).to_contain_text("Нет связи")
        expect(row).to_contain_text("Ожидается")
    arrived.click()
    expect(row).to_contain_text("Отмечено.")
    assert told_by(who) == "arrived"


def test_an_ended_session_leads_back_to_the_same_day(page: Page, stack: RunningStack) -> None:
    _, known, slot = a_ticket(stack)
    at_the_desk(page)
    address = f"/desk/day.html?date={slot.place.day}"
    page.goto(address)
    row = row_of(page, known)
    row.locator("summary").click()
    with session_ends(page, address):
        row.get_by_role("button", name="Отменить", exact=True).click()
    expect(row).to_contain_text("Ожидается")


def test_on_paper_each_doctor_gets_a_sheet_with_the_day_and_the_table(
    page: Page, stack: RunningStack
) -> None:
    tickets = [a_ticket(stack) for _ in range(2)]
    at_the_desk(page)
    on_the_day(page, tickets[0][2])
    day = page.get_by_role("heading", level=2).inner_text()
    page.emulate_media(media="print")
    sections = page.locator("section:visible")
    for _, known, _ in tickets:
        section = sections.filter(has=row_of(page, known))
        expect(section.get_by_text(day)).to_be_visible()
    for gone in ("Действия", "Показать", "Напечатать", "Талонов нет.", "Следующий день"):
        expect(page.get_by_text(gone, exact=True).first).to_be_hidden()
    expect(page.get_by_role("navigation")).to_be_hidden()
    look(page, "desk-day-paper")
    sheets = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert sheets == sections.count()
