"""«Регистрация» and «Проверьте почту»: by hand, from the first page to being signed in."""

import re
from datetime import date
from urllib.parse import unquote

from playwright.sync_api import Locator, Page, expect

from shared import clock
from shared.patients import Person
from shared.policies import PolicyNumber
from tests.site.looks import whole
from tests.site.visits import mailed_link, no_network, refusing
from tests.stack import portal
from tests.stack.portal import PASSWORD
from tests.stack.running import RunningStack, wait_for, within_one

PERSON = Person("Образцова", "Новая", "Тестовна", date(1971, 2, 3))
NUMBER = "7856130840000017"
ADDRESS = "Адрес электронной почты"
GAPS = (ADDRESS, "Пароль", "Номер полиса ОМС", "Фамилия", "Имя", "Дата рождения")

REFUSED = [
    (ADDRESS, "образцова собака почта", "Это не адрес электронной почты"),
    ("Пароль", "короче", "не меньше 8 знаков"),
    ("Пароль", "Password1", "слишком известен"),
    ("Номер полиса ОМС", "123456789", "номер временного свидетельства (9 цифр)"),
    ("Номер полиса ОМС", "01234567890", "номер бланка (11 цифр)"),
    ("Номер полиса ОМС", "7856 1308 4000 0018", "контрольная цифра не сходится"),
    ("Номер полиса ОМС", "ДМС-2026/17", "Полис ДМС не подходит"),
    ("Серия полиса", "<b>", "Проверьте серию полиса"),
    ("Фамилия", "Образ\u200bцова", "недопустимые знаки"),
    ("Имя", "17", "нужны буквы"),
    ("Дата рождения", "31.02.1980", "Напишите дату так"),
    ("Дата рождения", "03.02.1871", "Проверьте дату рождения"),
]
"""A field, what is typed into it, and what its advice says."""


def new_address() -> str:
    return f"newcomer-{clock.new_id()}@stack.example"


def field(page: Page, label: str) -> Locator:
    """Return the field with this label in the form that is seen."""
    seen = page.locator("form").filter(visible=True)
    return seen.get_by_label(re.compile(rf"^{label}( \*)?$"))


def fill(page: Page, address: str, number: str = NUMBER) -> dict[str, str]:
    """Fill the form as people do, and return what was typed by the fields' labels."""
    typed = {
        ADDRESS: address,
        "Пароль": PASSWORD,
        "Номер полиса ОМС": " ".join(re.findall("....", number)),
        "Фамилия": "ОБРАЗЦОВА",
        "Имя": "новая",
        "Отчество": "Тестовна",
        "Дата рождения": "3.2.1971",
    }
    for label, value in typed.items():
        field(page, label).fill(value)
    return typed


def send(page: Page) -> None:
    page.get_by_role("button", name="Продолжить").click()


def sent(page: Page) -> None:
    """Wait until the page says that a mail was sent."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Проверьте почту")
    expect(page).to_have_title("Проверьте почту — личный кабинет пациента")


def attached_newcomer() -> PolicyNumber:
    number = portal.new_policy_number()
    portal.attach(number, PERSON, portal.demo_district())
    return number


def test_a_patient_registers_confirms_by_the_mailed_link_and_is_signed_in(
    page: Page, stack: RunningStack
) -> None:
    address, asked = new_address(), []
    page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
    page.goto("/")
    page.get_by_role("link", name="Зарегистрироваться").click()
    page.wait_for_url("**/register.html")
    page.get_by_text("Где найти номер полиса").click()
    picture = page.get_by_role("img", name=re.compile("16 цифр внизу лицевой стороны"))
    expect(picture).to_have_js_property("naturalWidth", 320)
    whole(page, "register-empty")
    fill(page, address, attached_newcomer())
    send(page)

    sent(page)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.get_by_text(f"Мы отправили письмо на адрес {address}.")).to_be_visible()
    expect(page.locator("#password")).to_have_value("")
    whole(page, "register-sent")

    page.goto(link := mailed_link(stack, address, "confirm"))
    page.get_by_label("Пароль от личного кабинета").fill(PASSWORD)
    page.get_by_role("button", name="Подтвердить адрес").click()
    page.wait_for_url("**/tickets.html")
    expect(page.get_by_role("status").first).to_contain_text("Адрес подтверждён, Вы вошли")
    member = page.evaluate("async () => (await (await fetch('/api/account')).json()).family[0]")
    assert (member["attached"], member["birth_date"]) == (True, "1971-02-03")
    _nothing_is_left(page, asked, (link.partition("=")[2], PASSWORD, address))


def _nothing_is_left(page: Page, asked: list[str], secrets: tuple[str, ...]) -> None:
    """Fail if a secret stands in an address that was asked for, or in what the browser keeps."""
    stored = page.evaluate("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    known = [*asked, *history(page), stored]
    for secret in secrets:
        assert not [one for one in known if secret in unquote(one)]


def history(page: Page) -> list[str]:
    """Return the addresses that the browser's back button knows."""
    told = page.context.new_cdp_session(page).send("Page.getNavigationHistory")
    return [entry["url"] for entry in told["entries"]]


def test_every_gap_is_told_beside_its_field_before_anything_is_sent(page: Page) -> None:
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/register.html", wait_until="networkidle")
    asked.clear()
    send(page)
    expect(field(page, ADDRESS)).to_be_focused()
    for label in (*GAPS, "Серия полиса", "Отчество"):
        told, is_gap = field(page, label), label in GAPS
        advice = re.compile("Заполните это поле|$" if is_gap else "^Если есть[^З]*$")
        expect(told).to_have_accessible_description(advice)
        assert (told.get_attribute("aria-invalid") == "true") is is_gap, label
        assert (told.get_attribute("required") is not None) is is_gap, label
    assert asked == []
    whole(page, "register-gaps")


def test_whatever_is_refused_is_told_beside_its_field_which_gets_the_focus(page: Page) -> None:
    page.goto("/register.html")
    typed = fill(page, new_address())
    for label, value, advice in REFUSED:
        wrong = field(page, label)
        wrong.fill(value)
        send(page)
        expect(wrong).to_have_accessible_description(re.compile(re.escape(advice)))
        expect(wrong).to_be_focused()
        expect(page.locator("[aria-invalid]")).to_have_count(1)
        expect(page.locator("form#register output")).to_contain_text("Проверьте")
        for other, kept in typed.items():
            if other != label:
                expect(field(page, other)).to_have_value(kept)
        wrong.fill(typed.get(label, ""))


def test_several_fields_that_the_portal_refuses_are_all_told(page: Page) -> None:
    page.goto("/register.html")
    fill(page, new_address(), "7856130840000018")
    field(page, "Пароль").fill("короче")
    page.get_by_label("Показать пароль").check()
    send(page)
    expect(page.locator("[aria-invalid]")).to_have_count(2)
    expect(field(page, "Пароль")).to_be_focused()
    expect(field(page, "Пароль")).to_have_attribute("type", "text")
    whole(page, "register-refused")


def test_what_was_typed_outlives_a_lost_connection_and_a_busy_portal_and_is_sent_at_last(
    page: Page, stack: RunningStack
) -> None:
    page.goto("/register.html")
    address = new_address()
    typed = fill(page, address)
    output = page.locator("form#register output")

    def is_kept() -> None:
        for label, value in typed.items():
            expect(field(page, label)).to_have_value(value)

    with no_network(page):
        send(page)
        expect(output).to_contain_text("Нет связи")
        is_kept()
        whole(page, "register-offline")
    for status, code, seconds, said in (
        (503, "try_again", 1, "попробуйте ещё раз: введённое сохранилось"),
        (429, "too_many_requests", 1800, "через 30 мин"),
    ):
        with refusing(page, "POST /api/registrations", status, code, retry_after=seconds):
            send(page)
            expect(output).to_contain_text(said)
            expect(output).to_be_focused()
            is_kept()
    send(page)
    sent(page)
    assert len(stack.mails(address, at_least=1)) == 1


def test_a_taken_address_is_answered_alike_and_its_owner_told_by_mail(
    page: Page, stack: RunningStack
) -> None:
    owner, seen = portal.new_signed_in(None), []
    for address in (owner.email, new_address()):
        page.goto("/register.html")
        fill(page, address, portal.new_policy_number())
        send(page)
        sent(page)
        seen.append(page.locator("main").inner_text().replace(address, "…"))
    assert seen[0] == seen[1]
    assert "Если у этого адреса уже есть личный кабинет" in seen[0]
    stack.mail(owner.email, "Этот адрес уже зарегистрирован")


def test_the_mail_is_sent_again_once_a_minute(page: Page, stack: RunningStack) -> None:
    address = new_address()
    page.goto("/register.html")
    fill(page, address)
    send(page)
    sent(page)
    output, button = page.locator("#again output"), page.get_by_role("button", name="ещё раз")
    with no_network(page):
        button.click()
        expect(output).to_contain_text("Нет связи")
    within_one(60)
    button.click()
    expect(output).to_contain_text("мы отправили письмо ещё раз")
    button.click()
    expect(output).to_contain_text("Нельзя просить письмо так часто. Попробуйте ещё раз через 1")
    wait_for(lambda: len(stack.mails(address)) == 2)


def test_after_a_reload_the_address_is_asked_for_again(page: Page, stack: RunningStack) -> None:
    address = new_address()
    page.goto("/register.html")
    fill(page, address)
    send(page)
    sent(page)
    page.reload()
    sent(page)
    expect(page.get_by_text("на адрес, который Вы указали")).to_be_visible()
    expect(page.get_by_role("button", name="Исправить адрес")).to_be_hidden()
    button, typed = page.get_by_role("button", name="ещё раз"), field(page, ADDRESS)
    button.click()
    expect(typed).to_have_accessible_description(re.compile("Заполните это поле"))
    expect(typed).to_be_focused()
    whole(page, "register-sent-unknown")
    typed.fill(address)
    button.click()
    expect(page.locator("#again output")).to_contain_text("мы отправили письмо ещё раз")
    wait_for(lambda: len(stack.mails(address)) == 2)


def test_a_mistyped_address_is_mended_without_typing_the_rest_anew(
    page: Page, stack: RunningStack
) -> None:
    page.goto("/register.html")
    typed = fill(page, new_address())
    page.get_by_label("Показать пароль").check()
    send(page)
    sent(page)
    page.get_by_role("button", name="Исправить адрес").click()
    expect(field(page, ADDRESS)).to_be_focused()
    expect(page.get_by_role("heading", level=1)).to_have_text("Регистрация")
    _is_kept_but_for_the_password(page, typed)

    address = new_address()
    field(page, ADDRESS).fill(address)
    field(page, "Пароль").fill(PASSWORD)
    send(page)
    sent(page)
    expect(page.locator("main")).to_contain_text(address)
    stack.mails(address, at_least=1)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Регистрация")
    page.go_forward()
    sent(page)


def _is_kept_but_for_the_password(page: Page, typed: dict[str, str]) -> None:
    for label, value in typed.items():
        expect(field(page, label)).to_have_value("" if label == "Пароль" else value)
    expect(field(page, "Пароль")).to_have_attribute("type", "password")
    expect(page.get_by_label("Показать пароль")).not_to_be_checked()
