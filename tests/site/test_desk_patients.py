"""The desk's patients: found and shown, their consents recorded and withdrawn."""

import pytest
from playwright.sync_api import Page, expect

from shared.table import accounts, consents
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
from tests.site.looks import check_accessibility, look, no_sideways_scroll, whole
from tests.site.visits import no_network, refusing, sign_in, sign_out
from tests.stack import desk, portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack

ALL_THAT_IS_KEPT = """() => [location.href, JSON.stringify(history.state),
  ...Object.values(sessionStorage), ...Object.values(localStorage)].join()"""


def test_a_patient_is_found_by_name_and_stays_over_a_reload_and_on_the_way_back(page: Page) -> None:
    at_the_desk(page)
    first, second = new_known(), new_known()
    card = found(page, first)
    for said in (TYPED_BIRTH, f"оканчивается на {first.number[-4:]}", "Участок № 1"):
        expect(card).to_contain_text(said)
    expect(page.get_by_role("heading", name="Найдено: 1 пациент")).to_be_focused()
    whole(page, "desk-patient")
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
    whole(page, "desk-consent")
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


def test_whoever_is_typing_signs_in_beside_it_and_nothing_is_lost(page: Page) -> None:
    who, known = new_holder()
    at_the_desk(page)
    card = found(page, known)
    open_step(card, "Внести согласие")
    card.get_by_label("Номер согласия").fill("19")
    record = card.get_by_role("button", name="Внести согласие")
    sign_out(page)
    record.click()
    expect(card.get_by_text("Войдите в новой вкладке, вернитесь сюда")).to_be_visible()
    assert page.evaluate("() => sessionStorage.length") == 0
    check_accessibility(page)
    with page.context.expect_page() as opened:
        card.get_by_role("link", name="Войти в новой вкладке").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Вход для сотрудников")
    assert consents.of_patient(who.patient_id).consent is None
    sign_in(page, desk.new_clerk())
    record.click()
    expect(card.locator(".notice")).to_contain_text("Подтвердите профиль не позднее")
    for name in ("День", "Пациенты"):
        page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_label("Фамилия")).to_have_value("")


def test_an_ended_session_leads_back_to_the_same_card(page: Page) -> None:
    known = new_known()
    at_the_desk(page)
    card = found(page, known)
    with session_ends(page, "/desk/patients.html"):
        card.get_by_role("button", name="Обновить карточку").click()
    expect(card).to_be_visible()
    with no_network(page):
        card.get_by_role("button", name="Обновить карточку").click()
        expect(page.get_by_role("alert")).to_contain_text("Нет связи")
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(card).to_be_visible()
