"""«Семья»: relatives are added and given up, and an adult sees who may act for them (R5)."""

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from shared.patients import Person
from shared.policies import PolicyNumber
from tests.site.booking import say_of
from tests.site.conftest import NewPage
from tests.site.looks import PHONE, whole
from tests.site.visits import no_network, press, refusing, sign_in, sign_out
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack, token_in

BOY = Person("Образцов", "Малыш", "Пробович", portal.CHILD)
GRANNY = Person("Образцова", "Старшая", None, portal.ADULT)
CHECKED = re.compile("Проверяем по списку прикреплённых")
LABELS = {
    "last_name": "Фамилия",
    "first_name": "Имя",
    "middle_name": "Отчество",
    "birth_date": "Дата рождения",
    "policy_number": "Номер полиса ОМС",
}


def typed_of(number: PolicyNumber, person: Person) -> dict[str, str]:
    """Return what somebody types about a person, by the fields' labels."""
    form = portal.form_of(number, person) | {"birth_date": f"{person.birth_date:%d.%m.%Y}"}
    return {LABELS[name]: value for name, value in form.items()}


def fill(page: Page, typed: Mapping[str, str]) -> None:
    """Type into the form «Добавить родственника»."""
    for label, value in typed.items():
        page.get_by_label(label).fill(value)


def press_add(page: Page) -> None:
    page.get_by_role("button", name="Добавить").click()


def test_a_child_whom_the_register_knows_is_added_and_a_ticket_can_be_taken(
    page: Page, stack: RunningStack
) -> None:
    who, number = portal.new_signed_in(portal.demo_district()), portal.new_policy_number()
    child = portal.attach(number, BOY, portal.demo_district("c1"))
    sign_in(page, who)
    page.goto("/family.html")
    expect(page.get_by_role("heading", level=3, name="Образцова Проба — это Вы")).to_be_visible()
    expect(page.get_by_role("link", name="Семья")).to_have_attribute("aria-current", "page")

    fill(page, typed_of(number, BOY) | {"Серия полиса": "№ 12"})
    press_add(page)

    say_of(page, "Образцов Малыш Пробович: теперь в составе семьи.")
    card = page.get_by_role("article").filter(has_text="Малыш")
    expect(card).to_contain_text("29.02.2020")
    expect(card).to_contain_text(f"…{number[-4:]}")
    for label in LABELS.values():
        expect(page.get_by_label(label)).to_have_value("")
    expect(card.get_by_role("link", name="Взять талон")).to_have_attribute(
        "href", f"/tickets.html?patient={child}"
    )
    page.reload()
    expect(page.get_by_role("article")).to_have_count(2)

    slot = portal.last_day(portal.demo_district("c1"))[0]
    ticket_id = portal.take(stack, who, slot, child)
    page.reload()
    link = card.get_by_role("link", name=re.compile(f"{slot.place.time:%H:%M}"))
    expect(link).to_have_attribute("href", f"/ticket.html?id={ticket_id}")
    whole(page, "family-child")


def test_the_words_are_the_same_when_the_register_knows_nobody_or_an_adult_is_to_be_asked(
    page: Page, stack: RunningStack
) -> None:
    who, number = portal.new_signed_in(portal.demo_district()), portal.new_policy_number()
    granny = portal.new_signed_in(portal.demo_district(), GRANNY, number)
    sign_in(page, who)
    page.goto("/family.html")
    said = []
    for typed in (typed_of(number, GRANNY), typed_of(portal.new_policy_number(), BOY)):
        fill(page, typed)
        press_add(page)
        expect(page.locator("#add output")).to_have_text(CHECKED)
        expect(page.get_by_label("Фамилия")).to_have_value("")
        expect(page.get_by_role("article")).to_have_count(1)
        said.append(page.locator("#add output").inner_text())
    assert said[0] == said[1]
    assert stack.mail(granny.email, "Приглашение в состав семьи")
    whole(page, "family-checked")


def test_what_was_typed_wrong_is_told_beside_its_field(page: Page, stack: RunningStack) -> None:
    who = portal.new_signed_in(portal.demo_district())
    sign_in(page, who)
    page.goto("/family.html")
    press_add(page)
    expect(page.get_by_label("Номер полиса ОМС")).to_be_focused()
    for label in ("Номер полиса ОМС", "Фамилия", "Имя", "Дата рождения"):
        expect(page.get_by_label(label)).to_have_accessible_description(
            re.compile("Заполните это поле")
        )
    expect(page.get_by_label("Отчество")).not_to_have_attribute("aria-invalid", "true")

    fill(page, typed_of(portal.new_policy_number(), BOY) | {"Дата рождения": "31.02.1980"})
    press_add(page)
    expect(page.get_by_label("Дата рождения")).to_be_focused()
    expect(page.get_by_label("Дата рождения")).to_have_accessible_description(
        re.compile("Напишите дату так")
    )

    fill(page, {"Дата рождения": "29.02.2020", "Номер полиса ОМС": "123456789"})
    press_add(page)
    expect(page.get_by_label("Номер полиса ОМС")).to_be_focused()
    expect(page.get_by_label("Номер полиса ОМС")).to_have_accessible_description(
        re.compile("временного свидетельства")
    )
    assert stack.ask("GET /api/account", cookie=who.cookie).json()["family"][1:] == []
    whole(page, "family-wrong")


def test_a_relative_is_given_up_in_two_steps_and_also_when_the_first_answer_was_lost(
    page: Page, stack: RunningStack
) -> None:
    who, children = portal.new_signed_in(portal.demo_district()), []
    for name in ("Первый", "Второй"):
        number, person = portal.new_policy_number(), Person("Образцов", name, None, portal.CHILD)
        children.append(portal.attach(number, person, portal.demo_district("c1")))
        stack.ask("POST /api/family", portal.form_of(number, person), who.cookie)
    sign_in(page, who)
    page.goto("/family.html")
    first = page.get_by_role("article").filter(has_text="Первый")
    first.get_by_text("Убрать", exact=True).click()
    expect(first).to_contain_text("больше не сможете брать талоны")
    whole(page, "family-remove")
    first.get_by_role("button", name="Убрать из семьи").click()
    say_of(page, "Образцов Первый: больше не в составе семьи.")
    expect(first).to_have_count(0)

    second = page.get_by_role("article").filter(has_text="Второй")
    second.get_by_label("Убрать: Образцов Второй").click()
    with no_network(page):
        second.get_by_role("button", name="Убрать из семьи").click()
        expect(second.get_by_role("status")).to_contain_text("Нет связи")
    assert stack.ask(f"DELETE /api/family/{children[1]}", cookie=who.cookie).status_code == 204
    second.get_by_role("button", name="Убрать из семьи").click()
    say_of(page, "Образцов Второй: больше не в составе семьи.")
    expect(page.get_by_role("article")).to_have_count(1)


def test_an_adult_sees_who_may_act_for_them_and_takes_it_back(
    new_page: NewPage, stack: RunningStack
) -> None:
    daughter, number = portal.new_signed_in(portal.demo_district()), portal.new_policy_number()
    granny = portal.new_signed_in(portal.demo_district(), GRANNY, number)
    page, other = new_page(), new_page(viewport=PHONE)
    sign_in(page, granny)
    sign_in(other, daughter)
    page.goto("/family.html")
    expect(page.locator("#guardians")).to_have_text("Кроме Вас, никто.")

    other.goto("/family.html")
    fill(other, typed_of(number, GRANNY))
    press_add(other)
    expect(other.locator("#add output")).to_have_text(CHECKED)
    _accept(stack, granny)
    other.reload()
    expect(other.get_by_role("article").filter(has_text="Старшая")).to_have_count(1)

    page.reload()
    guardian = page.locator("#guardians").get_by_role("article")
    expect(guardian.get_by_role("heading")).to_have_text("Образцова Проба")
    guardian.get_by_label("Больше не разрешать: Образцова Проба").click()
    whole(page, "family-guardian")
    guardian.get_by_role("button", name="Отозвать разрешение").click()
    say_of(page, "Образцова Проба: больше не может брать для Вас талоны.")
    expect(page.locator("#guardians")).to_have_text("Кроме Вас, никто.")
    other.reload()
    expect(other.get_by_role("article")).to_have_count(1)


def _accept(stack: RunningStack, who: SignedIn) -> None:
    token = token_in(stack.mail(who.email, "Приглашение в состав семьи"))
    answer = stack.ask("POST /api/invitation-acceptances", {"token": token}, who.cookie)
    assert answer.status_code == 204


def test_a_lost_connection_and_a_refusal_keep_what_was_typed_until_it_succeeds(
    page: Page, stack: RunningStack
) -> None:
    who, number = portal.new_signed_in(portal.demo_district()), portal.new_policy_number()
    portal.attach(number, BOY, portal.demo_district("c1"))
    sign_in(page, who)
    with refusing(page, "GET /api/account", 503, "try_again", retry_after=1):
        page.goto("/family.html")
        expect(page.locator("#members")).to_contain_text("Подождите немного")
        whole(page, "family-not-loaded")
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(page.get_by_role("article")).to_have_count(1)

    typed, output = typed_of(number, BOY), page.locator("#add output")
    fill(page, typed)
    with no_network(page):
        press_add(page)
        expect(output).to_contain_text("Нет связи")
    for status, code, words in (
        (503, "try_again", "Подождите немного"),
        (429, "too_many_requests", "не больше пяти раз в день. Попробуйте ещё раз через 3 ч"),
        (409, "family_full", "слишком много родственников"),
    ):
        with refusing(page, "POST /api/family", status, code, retry_after=10_000):
            press_add(page)
            expect(output).to_contain_text(words)
    for label, value in typed.items():
        expect(page.get_by_label(label)).to_have_value(value)
    assert stack.ask("GET /api/account", cookie=who.cookie).json()["family"][1:] == []
    press_add(page)
    expect(page.get_by_role("article")).to_have_count(2)


def test_whoever_is_typing_signs_in_beside_it_and_nothing_is_lost(
    page: Page, stack: RunningStack
) -> None:
    who = portal.new_signed_in(portal.demo_district())
    sign_in(page, who)
    page.goto("/family.html")
    number = portal.new_policy_number()
    portal.attach(number, BOY, portal.demo_district())
    sign_out(page)
    fill(page, typed_of(number, BOY))
    press_add(page)
    expect(page.locator("#add output")).to_contain_text("Войдите в новой вкладке")
    whole(page, "family-signed-out")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Войти в новой вкладке").click()
    beside = opened.value
    beside.get_by_label("Адрес электронной почты").fill(who.email)
    beside.get_by_label("Пароль", exact=True).fill(portal.PASSWORD)
    press(beside, "Войти")
    expect(beside.get_by_role("heading", level=1)).to_have_text("Талоны")
    assert stack.ask("GET /api/account", cookie=who.cookie).json()["family"][1:] == []
    press_add(page)
    expect(page.get_by_role("article")).to_have_count(2)


def test_an_ended_session_leads_to_the_sign_in_and_back_to_the_family(page: Page) -> None:
    who = portal.new_signed_in(None)
    sign_in(page, who)
    page.goto("/family.html")
    expect(page.get_by_role("article")).to_contain_text("нет в списке прикреплённых")
    whole(page, "family-not-attached")
    sign_out(page)
    page.reload()
    expect(page).to_have_url(re.compile(r"/index\.html\?next=%2Ffamily\.html$"))
    expect(page.locator("#notice")).to_contain_text("Войдите ещё раз")
    page.get_by_label("Адрес электронной почты").fill(who.email)
    page.get_by_label("Пароль", exact=True).fill(portal.PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page).to_have_url(re.compile(r"/family\.html$"))
    expect(page.get_by_role("article")).to_have_count(1)
