"""The desk's patients: found and shown, given tickets, their consents recorded and withdrawn."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from shared import clock
from shared.settings import settings
from shared.table import accounts, consents, desk_tickets, patients
from tests.site.conftest import NewPage
from tests.site.counter import (
    TYPED_BIRTH,
    at_the_desk,
    card_of,
    consent,
    found,
    new_holder,
    new_known,
    new_person,
    open_step,
    session_ends,
)
from tests.site.looks import check_accessibility, look, no_sideways_scroll
from tests.site.visits import no_network, refusing
from tests.stack import desk, portal
from tests.stack.portal import PASSWORD, SignedIn, held_ticket
from tests.stack.running import RunningStack

ALL_THAT_IS_KEPT = """() => [location.href, JSON.stringify(history.state),
  ...Object.values(sessionStorage), ...Object.values(localStorage)].join()"""

# ----------------------------------------------------------------------------- finding


def test_a_patient_is_found_by_name_and_stays_over_a_reload_and_on_the_way_back(page: Page) -> None:
    at_the_desk(page)
    first, second = new_known(), new_known()
    card = found(page, first)
    for said in (TYPED_BIRTH, f"оканчивается на {first.number[-4:]}", "Участок № 1"):
        expect(card).to_contain_text(said)
    expect(page.get_by_role("heading", name="Найдено: 1 пациент")).to_be_focused()
    check_accessibility(page)
    no_sideways_scroll(page)
    look(page, "desk-patient")
    page.get_by_label("Фамилия").fill(second.person.last_name.upper())
    page.keyboard.press("Enter")
    expect(card_of(page, second)).to_be_visible()
    expect(card).to_have_count(0)
    page.reload()
    expect(card_of(page, second)).to_be_visible()
    page.go_back()
    expect(card).to_be_visible()
    expect(page.get_by_label("Фамилия")).to_have_value(first.person.last_name)
    page.go_back()
    expect(page.get_by_role("article")).to_have_count(0)


def test_a_policy_number_finds_its_patient_and_is_kept_nowhere(page: Page) -> None:
    at_the_desk(page)
    who = new_known()
    new_known(new_person("Другая", who.person.last_name))
    page.goto("/desk/patients.html")
    page.get_by_label("Номер полиса ОМС").fill(who.number)
    page.keyboard.press("Enter")
    expect(card_of(page, who)).to_be_visible()
    assert who.number not in page.evaluate(ALL_THAT_IS_KEPT)
    assert who.person.last_name not in page.url
    page.reload()
    expect(card_of(page, who)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_label("Номер полиса ОМС")).to_have_value("")


def test_namesakes_are_all_shown(page: Page) -> None:
    at_the_desk(page)
    who = new_known()
    twin = new_known(new_person("Вторая", who.person.last_name))
    found(page, who)
    expect(page.get_by_role("heading", name="Найдено: 2 пациента")).to_be_visible()
    expect(card_of(page, twin)).to_be_visible()
    check_accessibility(page)


def test_a_name_on_the_days_list_leads_to_the_very_card(page: Page, stack: RunningStack) -> None:
    district = portal.new_district()
    who, known = new_holder(district)
    new_known(new_person("Вторая", known.person.last_name))
    slot = portal.last_day(district)[0]
    portal.take(stack, who, slot)
    at_the_desk(page)
    page.goto(f"/desk/day.html?date={slot.place.day}")
    page.get_by_role("link", name=known.name).click()
    expect(card_of(page, known)).to_contain_text("23:00")
    expect(page.get_by_role("article")).to_have_count(1)
    card_of(page, known).get_by_role("link", name="23:00").click()
    expect(page.get_by_role("link", name=known.name)).to_be_visible()
    page.go_back()
    expect(card_of(page, known)).to_be_visible()


@pytest.mark.parametrize(
    "field, button, typed, advice",
    [
        ("Номер полиса ОМС", "Найти по полису", "123456789", "9 цифр"),
        ("Дата рождения", "Найти по фамилии", "31.02.1980", "Напишите дату так"),
        ("Дата рождения", "Найти по фамилии", "27.03.1848", "Проверьте дату рождения"),
    ],
)
def test_what_cannot_be_searched_for_is_told_beside_its_field(
    page: Page, field: str, button: str, typed: str, advice: str
) -> None:
    at_the_desk(page)
    page.goto("/desk/patients.html")
    page.get_by_label("Фамилия").fill("Образцова")
    page.get_by_label(field).fill(typed)
    page.get_by_role("button", name=button).click()
    expect(page.locator(".advice").filter(has_text=advice)).to_be_visible()
    expect(page.get_by_label(field)).to_be_focused()
    check_accessibility(page)


def test_nobody_is_said_to_be_found(page: Page) -> None:
    at_the_desk(page)
    page.goto("/desk/patients.html")
    page.get_by_label("Номер полиса ОМС").fill(portal.new_policy_number())
    with refusing(page, "POST /api/desk/patients/search", 503, "try_again", retry_after=1):
        page.keyboard.press("Enter")
        expect(page.get_by_text("Сейчас не получилось")).to_be_visible()
    page.get_by_role("button", name="Найти по полису").click()
    expect(page.get_by_text("Никого не нашли")).to_be_visible()
    check_accessibility(page)
    no_sideways_scroll(page)


def test_whom_only_an_account_knows_is_said_not_to_be_attached(page: Page) -> None:
    number = portal.new_policy_number()
    portal.new_signed_in(None, number=number)
    at_the_desk(page)
    page.goto("/desk/patients.html")
    page.get_by_label("Номер полиса ОМС").fill(number)
    page.keyboard.press("Enter")
    card = page.get_by_role("article")
    expect(card).to_contain_text("Этого пациента нет в списке прикреплённых.")
    expect(card).to_contain_text("Не может действовать за пациента")
    expect(card.get_by_text("Отправить документ")).to_have_count(0)
    card.get_by_role("button", name="Обновить карточку").click()
    expect(card).to_contain_text("Карточка обновлена.")
    check_accessibility(page)


# ----------------------------------------------------------------------------- tickets


def test_a_ticket_is_given_beyond_the_cap(page: Page) -> None:
    district = portal.new_district()
    known = new_known(district=district)
    day = portal.last_day(district)[0].place.day
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Дать талон")
    card.get_by_label("День").fill(str(day))
    card.get_by_label("Время").fill("25:00")
    give = card.get_by_role("button", name="Дать талон")
    give.click()
    expect(card.get_by_text("Напишите время так: 09:20.")).to_be_visible()
    expect(card.get_by_label("Время")).to_be_focused()
    expect(card.get_by_role("button", name="23:10")).to_be_visible()
    check_accessibility(page)
    no_sideways_scroll(page)
    look(page, "desk-give-ticket")
    card.get_by_label("Время").fill("23.45")
    give.click()
    expect(card.locator(".notice")).to_contain_text("Талон дан:")
    expect(card.locator(".notice")).to_be_focused()
    expect(card.get_by_role("link", name="23:45")).to_be_visible()
    ticket = patients.find(known.patient_id).ticket
    assert ticket is not None
    assert (ticket.place.day, ticket.place.ordinal, f"{ticket.place.time:%H%M}") == (day, 0, "2345")


def test_a_time_that_is_taken_is_given_nobody_else_and_a_free_one_is_cancelled(page: Page) -> None:
    district = portal.new_district()
    known = new_known(district=district)
    taken = portal.last_day(district)[0]
    given = new_known(district=district).patient_id
    desk_tickets.give(desk.new_clerk().actor, given, taken.starts_at, clock.now())
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Дать талон")
    card.get_by_label("День").fill(str(taken.place.day))
    expect(card).to_contain_text("Занято: 23:00.")
    card.get_by_label("Время").fill("23:00")
    card.get_by_role("button", name="Дать талон").click()
    expect(card.locator(".advice").filter(has_text="На это время у врача уже")).to_be_visible()
    expect(card.get_by_label("Время")).to_be_focused()
    card.get_by_role("button", name="23:10").click()
    expect(card.get_by_label("Время")).to_have_value("23:10")
    card.get_by_role("button", name="Дать талон").click()
    expect(card.get_by_role("link", name="23:10")).to_be_visible()
    open_step(card, "Отменить талон")
    check_accessibility(page)
    card.get_by_role("button", name="Отменить", exact=True).click()
    expect(card.locator(".notice")).to_contain_text("Талон отменён:")
    assert patients.find(known.patient_id).upcoming(clock.now()) is None


def test_who_took_a_ticket_meanwhile_is_shown_with_it(page: Page, stack: RunningStack) -> None:
    district = portal.new_district()
    who, known = new_holder(district)
    slots = portal.last_day(district)
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Дать талон")
    card.get_by_label("День").fill(str(slots[0].place.day))
    card.get_by_label("Время").fill("23:30")
    portal.take(stack, who, slots[0])
    card.get_by_role("button", name="Дать талон").click()
    expect(card.locator(".notice")).to_contain_text("У пациента уже есть талон")
    expect(card.get_by_role("link", name="23:00")).to_be_visible()


@pytest.mark.parametrize("place", ["Europe/Moscow", "America/New_York"])
def test_a_ticket_is_given_for_the_clinics_clock_by_the_keyboard_alone(
    new_page: NewPage, place: str
) -> None:
    page = new_page(timezone_id=place)
    known = new_known(district=portal.new_district())
    day = settings().day_of(clock.now()) + timedelta(days=30)
    at_the_desk(page)
    page.goto("/desk/patients.html")
    page.get_by_label("Фамилия").focus()
    page.keyboard.type(known.person.last_name)
    page.keyboard.press("Tab")
    page.keyboard.type(TYPED_BIRTH)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Найдено")).to_be_focused()
    page.keyboard.press("Tab")
    expect(card_of(page, known).locator("summary", has_text="Дать талон")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.get_by_label("День").fill(str(day))  # How a day is typed is each browser's own affair.
    page.get_by_label("Время").focus()
    page.get_by_label("Время").fill("10:05")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.done")).to_contain_text("10:05")
    ticket = patients.find(known.patient_id).ticket
    assert ticket is not None
    assert f"{ticket.starts_at.astimezone(settings().zone):%F %H:%M}" == f"{day} 10:05"


def test_a_time_is_given_once_though_the_answer_was_lost(page: Page) -> None:
    known = new_known(district=portal.new_district())
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Дать талон")
    expect(card.get_by_text("Свобод").first).to_be_visible()
    card.get_by_label("Время").fill("23:59")
    give = card.get_by_role("button", name="Дать талон")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("internetdisconnected")

    page.route("**/api/desk/tickets", lose)
    give.click()
    expect(card.locator("output").filter(has_text="Нет связи")).to_be_visible()
    page.unroute("**/api/desk/tickets", lose)
    give.click()
    expect(card.locator(".notice")).to_contain_text("Талон дан:")


def test_the_times_of_a_day_that_was_chosen_before_do_not_come_late(page: Page) -> None:
    district = portal.new_district()
    known = new_known(district=district)
    taken = portal.last_day(district)[0]
    given = new_known(district=district).patient_id
    desk_tickets.give(desk.new_clerk().actor, given, taken.starts_at, clock.now())
    at_the_desk(page)
    card = found(page, known)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    today = f"**/api/desk/days/{settings().day_of(clock.now())}"
    page.route(today, hold)
    with page.expect_request(today):
        open_step(card, "Дать талон")
    card.get_by_label("День").fill(str(taken.place.day))
    expect(card).to_contain_text("Занято: 23:00.")
    with page.expect_response(today):
        held[0].continue_()
    page.wait_for_timeout(200)
    expect(card).to_contain_text("Занято: 23:00.")


# ---------------------------------------------------------------- consents and profiles


def status_of(who: SignedIn) -> str:
    account = accounts.find(who.account_id)
    assert account is not None
    return account.profile.status


def test_a_consent_is_recorded_and_its_profile_confirmed(page: Page) -> None:
    who, known = new_holder()
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Внести согласие")
    expect(card.get_by_label("Адрес в согласии")).to_have_value(who.email)
    expect(card.get_by_label("Версия текста")).to_have_value("2026-1")
    card.get_by_label("Дата подписания").fill("31.12.2099")
    record = card.get_by_role("button", name="Внести согласие")
    record.click()
    expect(card.get_by_text("Заполните это поле.")).to_be_visible()
    card.get_by_label("Номер согласия").fill("17/26")
    record.click()
    expect(card.get_by_text("Проверьте дату подписания.")).to_be_visible()
    expect(card.get_by_label("Дата подписания")).to_be_focused()
    check_accessibility(page)
    no_sideways_scroll(page)
    look(page, "desk-consent")
    card.get_by_label("Дата подписания").fill("20.11.2026")
    record.click()
    expect(card.locator(".notice")).to_contain_text("Подтвердите профиль не позднее")
    expect(card).to_contain_text("17/26")
    card.get_by_role("button", name=f"Подтвердить профиль: {who.email}").click()
    expect(card.locator(".notice")).to_contain_text("Профиль подтверждён.")
    assert status_of(who) == "confirmed"


def test_a_consent_is_withdrawn_in_two_steps(page: Page) -> None:
    who, known = new_holder()
    consent(desk.new_clerk(), who)
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Отозвать согласие")
    check_accessibility(page)
    look(page, "desk-consent-withdrawn")
    card.get_by_role("button", name="Отозвать", exact=True).click()
    expect(card.locator(".notice")).to_contain_text("Согласие отозвано.")
    expect(card.get_by_text("не подтверждён")).to_be_visible()
    assert consents.of_patient(who.patient_id).consent is None
    assert status_of(who) == "unconfirmed"


def test_an_address_that_is_gone_is_told_beside_its_field(page: Page, stack: RunningStack) -> None:
    who, known = new_holder()
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Внести согласие")
    card.get_by_label("Номер согласия").fill("18")
    form = {"password": PASSWORD}
    assert stack.ask("DELETE /api/account", form, who.cookie).is_success
    card.get_by_role("button", name="Внести согласие").click()
    expect(card.locator(".advice").filter(has_text="теперь другой адрес")).to_be_visible()
    expect(card.get_by_label("Адрес в согласии")).to_be_focused()
    expect(card.get_by_label("Номер согласия")).to_have_value("18")
    check_accessibility(page)
    card.get_by_role("button", name="Обновить карточку").click()
    expect(card).to_contain_text("нужен личный кабинет с подтверждённым адресом")


def test_an_ended_session_leads_back_to_the_same_card(page: Page) -> None:
    who, known = new_holder()
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Внести согласие")
    card.get_by_label("Номер согласия").fill("19")
    with session_ends(page, "/desk/patients.html"):
        card.get_by_role("button", name="Внести согласие").click()
    expect(card).to_be_visible()
    assert held_ticket(who) is None
    with no_network(page):
        card.get_by_role("button", name="Обновить карточку").click()
        expect(page.get_by_role("alert")).to_contain_text("Нет связи")
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(card).to_be_visible()
