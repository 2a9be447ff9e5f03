"""The consent to receive documents by mail, filled in and printed on one sheet (R11, 156-FZ)."""

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, PdfMargins, ViewportSize, expect

from shared.ids import PatientId
from shared.patients import Person
from tests.contract.template import ROOT
from tests.site.looks import look, whole
from tests.site.visits import refusing, sign_in, sign_out
from tests.stack import portal
from tests.stack.portal import SignedIn
from tests.stack.running import RunningStack

BOY = Person("Образцов", "Малыш", "Пробович", portal.CHILD)
GRANNY = Person("Образцова", "Старшая", None, date(1948, 3, 27))
LONG = Person("Образцова-" * 4 + "Пробная", "Длинноимённая-Предлинная", "Тестовна", portal.ADULT)
A4: ViewportSize = {"width": 703, "height": 1032}
"""What is left of a sheet within its margins, in CSS pixels."""
VERSION = re.search(r'"([^"]+)"', (ROOT / "site/consent.js").read_text("utf-8"))


@pytest.fixture
def who(page: Page) -> SignedIn:
    """Sign a patient in, who is to give a consent."""
    found = portal.new_signed_in(portal.demo_district(), LONG)
    sign_in(page, found)
    return found


def relative(stack: RunningStack, who: SignedIn, person: Person) -> PatientId:
    """Add a relative to the patient's family."""
    number = portal.new_policy_number()
    stack.ask("POST /api/family", portal.form_of(number, person), who.cookie)
    return portal.attach(number, person, portal.demo_district("c1"))


def paper_of(page: Page) -> Locator:
    """Return the paper, once it is there."""
    paper = page.get_by_role("article")
    expect(paper).to_be_visible()
    return paper


def pages_of(pdf: bytes) -> int:
    """Count the sheets of a printed document."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def print_it(page: Page, folder: Path) -> bytes:
    """Print as a browser does by itself: A4, with margins of a centimetre."""
    margin = PdfMargins(top="12mm", right="12mm", bottom="12mm", left="12mm")
    return page.pdf(path=folder / "consent.pdf", format="A4", margin=margin)


def test_the_holders_consent_is_filled_in_and_fits_one_sheet(
    page: Page, who: SignedIn, tmp_path: Path
) -> None:
    page.goto("/consent.html")
    paper = paper_of(page)
    expect(paper).to_contain_text(f"{LONG.last_name} Длинноимённая-Предлинная Тестовна")
    expect(paper).to_contain_text("01.01.1980")
    expect(paper).to_contain_text(who.email)
    expect(paper).to_contain_text("Городская поликлиника")
    assert VERSION is not None
    expect(paper).to_contain_text(f"Версия текста: {VERSION[1]}")
    expect(paper.get_by_text("законный представитель")).to_be_hidden()
    expect(page.get_by_text("Чьи документы присылать?")).to_be_hidden()
    whole(page, "consent-own")

    page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    page.get_by_role("button", name="Напечатать").click()
    expect(page).to_have_title("printed")
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    for unprinted in ("Личный кабинет пациента", "Напечатать", "Согласие для печати"):
        expect(page.get_by_text(unprinted, exact=True)).to_be_hidden()
    expect(paper.get_by_text("Версия текста")).to_be_visible()
    look(page, "consent-own-print")
    assert pages_of(print_it(page, tmp_path)) == 1


def test_a_childs_consent_is_signed_by_the_holder_and_an_adults_by_themselves(
    page: Page, stack: RunningStack, who: SignedIn, tmp_path: Path
) -> None:
    child, granny = relative(stack, who, BOY), relative(stack, who, GRANNY)
    page.goto("/profile.html")
    page.get_by_role("link", name="Образцов Малыш Пробович").click()
    expect(page).to_have_url(re.compile(rf"/consent\.html\?patient={child}$"))
    paper = paper_of(page)
    expect(paper).to_contain_text(f"Я, {LONG.last_name}")
    expect(paper.get_by_text("законный представитель пациента")).to_contain_text(
        re.compile(r"Образцов Малыш Пробович, дата рождения\s+29\.02\.2020")
    )
    expect(paper.get_by_text("Этот адрес принадлежит")).to_be_hidden()
    whole(page, "consent-child")
    assert pages_of(print_it(page, tmp_path)) == 1

    page.get_by_role("link", name="Образцова Старшая").click()
    expect(page).to_have_url(re.compile(rf"/consent\.html\?patient={granny}$"))
    expect(paper).to_contain_text(re.compile(r"Я, Образцова Старшая, дата рождения\s+27\.03\.1948"))
    expect(paper.get_by_text("Этот адрес принадлежит")).to_contain_text(LONG.last_name)
    expect(paper.get_by_text("законный представитель")).to_be_hidden()
    current = page.get_by_role("link", name="Образцова Старшая")
    expect(current).to_have_attribute("aria-current", "true")
    whole(page, "consent-granny")
    assert pages_of(print_it(page, tmp_path)) == 1

    page.go_back()
    expect(paper).to_contain_text("Малыш")
    page.reload()
    expect(paper).to_contain_text("Малыш")


def test_nothing_is_printed_for_somebody_else_and_without_an_answer(
    page: Page, who: SignedIn
) -> None:
    page.goto("/consent.html?patient=somebody")
    expect(page.get_by_role("alert")).to_contain_text("нет в составе Вашей семьи")
    expect(page.get_by_role("article")).to_be_hidden()
    whole(page, "consent-unknown")
    with refusing(page, "GET /api/account", 503, "try_again"):
        page.goto("/consent.html")
        expect(page.get_by_role("alert")).to_contain_text("Подождите немного")
        expect(page.get_by_role("article")).to_be_hidden()
    page.get_by_role("button", name="Попробовать ещё раз").click()
    expect(paper_of(page)).to_contain_text(who.email)
    sign_out(page)
    page.reload()
    expect(page).to_have_url(re.compile(r"/index\.html\?next=%2Fconsent\.html$"))
