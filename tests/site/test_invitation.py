"""An invitation by mail: the asked relative signs in where need be, and lets the other act."""

from playwright.sync_api import Page, expect

from tests.site.conftest import NewPage
from tests.site.looks import whole
from tests.site.test_links import WRONG, arrived, type_password
from tests.site.test_register import PERSON
from tests.site.visits import mailed_link, press, sign_in
from tests.stack import portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack


def two_adults(stack: RunningStack) -> tuple[SignedIn, SignedIn, str]:
    """Return somebody who asks a relative, the relative, and the link that was mailed."""
    number, district = portal.new_policy_number(), portal.demo_district()
    asking, asked = portal.new_signed_in(district), portal.new_signed_in(district, PERSON, number)
    form = portal.form_of(number, PERSON)
    assert stack.ask("POST /api/family", form, asking.cookie).status_code == 202
    return asking, asked, mailed_link(stack, asked.email, "invitation")


def relatives(stack: RunningStack, who: SignedIn) -> list[str]:
    """Return the relatives whom an account may act for."""
    family = stack.ask("GET /api/account", cookie=who.cookie).json()["family"]
    return [one["patient_id"] for one in family if one["relation"] == "relative"]


def accept(page: Page) -> None:
    press(page, "Разрешить брать для меня талоны")


def test_an_adult_signs_in_where_the_invitation_is_and_lets_the_relative_act(
    page: Page, stack: RunningStack
) -> None:
    asking, asked, link = two_adults(stack)
    page.goto(link)
    expect(page.locator("#email")).to_be_hidden()
    accept(page)
    expect(page.locator("output")).to_contain_text("войдите в свой личный кабинет")
    expect(page.locator("#email")).to_be_focused()
    whole(page, "link-invitation-sign-in")
    accept(page)
    expect(page.locator("#email")).to_have_accessible_description("Заполните это поле.")
    page.locator("#email").fill(asked.email)
    type_password(page, WRONG)
    accept(page)
    expect(page.locator("output")).to_contain_text("Адрес или пароль не подошли")
    expect(page.locator("#password")).to_be_focused()
    assert relatives(stack, asking) == []
    type_password(page, PASSWORD)
    accept(page)
    arrived(page, "Готово: родственник может брать для Вас талоны")
    assert relatives(stack, asking) == [asked.patient_id]


def test_in_a_browser_that_relatives_share_the_asked_one_signs_in_and_accepts(
    new_page: NewPage, stack: RunningStack
) -> None:
    asking, asked, link = two_adults(stack)
    page = new_page()
    sign_in(page, asking)
    page.goto(link)
    accept(page)
    expect(page.locator("output")).to_contain_text("открыт чужой личный кабинет. Войдите в свой.")
    page.locator("#email").fill(asking.email)
    type_password(page, PASSWORD)
    accept(page)
    expect(page.locator("[data-ending=invitation_expired]")).to_be_focused()
    whole(page, "link-invitation-expired")
    assert relatives(stack, asking) == []

    page = new_page()
    sign_in(page, asked)
    page.goto(link)
    accept(page)
    arrived(page, "Готово: родственник может брать для Вас талоны")
    assert relatives(stack, asking) == [asked.patient_id]
