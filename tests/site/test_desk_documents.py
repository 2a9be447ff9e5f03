"""Documents at the desk, in the browser: chosen, uploaded, mailed, or held back with a reason."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, Request, Route, expect

from shared import clock
from shared.table import accounts
from tests.site.counter import at_the_desk, consent, found, new_holder, open_step
from tests.site.looks import check_accessibility, look, whole
from tests.site.visits import intercept
from tests.stack import desk
from tests.stack.running import RunningStack
from tests.stack.test_documents import PDF, SUBJECT

NAME = "card.pdf"
GOOD = {"name": NAME, "mimeType": "application/pdf", "buffer": PDF}
PREPARE, SEND = "/api/desk/documents", "/send"
IS_UPLOAD = re.compile("X-Amz-Signature")


def choose(card: Locator, **changed: object) -> None:
    """Choose a file in the card's form, and have it sent."""
    open_step(card, "Отправить документ")
    card.get_by_label("Что отправить").select_option("Копия амбулаторной карты")
    card.get_by_label("Файл").set_input_files(GOOD | changed)  # type: ignore[arg-type]
    card.get_by_role("button", name="Отправить документ").click()


@contextmanager
def asked(page: Page) -> Iterator[list[str]]:
    """Note the addresses to which something is sent meanwhile."""
    noted: list[str] = []

    def note(request: Request) -> None:
        if request.method in {"POST", "PUT"}:
            noted.append(request.url)

    page.on("request", note)
    yield noted
    page.remove_listener("request", note)


def test_a_document_goes_from_the_clerks_file_to_the_patients_mailbox(
    page: Page, stack: RunningStack
) -> None:
    who, known = new_holder()
    consent(desk.new_clerk(), who)
    at_the_desk(page)
    card = found(page, known)
    choose(card)
    expect(card.locator(".notice")).to_contain_text("Документ отправляется.")
    stack.mail(who.email, SUBJECT)
    row = card.get_by_role("row").filter(has_text=NAME)
    expect(row).to_contain_text("Копия амбулаторной карты")
    refresh = card.get_by_role("button", name="Обновить карточку")
    for _ in range(20):
        refresh.click()
        expect(card.locator(".notice")).to_have_text("Карточка обновлена.")
        if "Отправлен " in row.inner_text():
            break
        page.wait_for_timeout(300)
    expect(row).to_contain_text("Отправлен ")
    expect(row.get_by_role("button")).to_have_count(0)
    whole(page, "desk-document-sent")


def test_another_file_than_a_pdf_is_refused_before_anything_is_sent(page: Page) -> None:
    _, known = new_holder()
    at_the_desk(page)
    card = found(page, known)
    with asked(page) as noted:
        choose(card, buffer=b"<html>not what it says</html>")
        expect(card.locator(".advice").filter(has_text="Это не PDF")).to_be_visible()
        card.get_by_label("Файл").set_input_files(GOOD | {"buffer": PDF.ljust(10 * 1024**2 + 1)})  # type: ignore[arg-type]
        card.get_by_role("button", name="Отправить документ").click()
        expect(card.locator(".advice").filter(has_text="больше 10 МБ")).to_be_visible()
    assert noted == []
    expect(card.get_by_label("Файл")).to_be_focused()
    check_accessibility(page)
    card.get_by_label("Файл").set_input_files(GOOD | {"name": "card.txt"})  # type: ignore[arg-type]
    card.get_by_role("button", name="Отправить документ").click()
    expect(card.get_by_text("Имя файла должно кончаться на .pdf.")).to_be_visible()


def test_a_lost_connection_keeps_the_file_and_the_next_try_goes_on_from_there(
    page: Page, stack: RunningStack
) -> None:
    who, known = new_holder()
    consent(desk.new_clerk(), who)
    at_the_desk(page)
    card = found(page, known)
    send = card.get_by_role("button", name="Отправить документ")
    failed = card.locator("output").filter(has_text="Нет связи")
    with asked(page) as noted:
        intercept(page, IS_UPLOAD, lambda route: route.abort("internetdisconnected"), times=1)
        choose(card)
        expect(failed).to_be_visible()
        check_accessibility(page)
        intercept(page, f"**{SEND}", lambda route: route.abort("internetdisconnected"), times=1)
        with page.expect_request(f"**{SEND}"):
            send.click()
        expect(failed).to_be_visible()
        send.click()
        expect(card.locator(".notice")).to_contain_text("Документ отправляется.")
    assert len([url for url in noted if url.endswith(PREPARE)]) == 1
    assert len([url for url in noted if IS_UPLOAD.search(url)]) == 2
    stack.mail(who.email, SUBJECT)
    expect(card.get_by_role("row").filter(has_text=NAME)).to_have_count(1)


def test_a_document_without_a_confirmed_profile_waits_until_it_may_be_sent(page: Page) -> None:
    who, known = new_holder()
    at_the_desk(page)
    card = found(page, known)
    choose(card)
    expect(card.locator(".notice")).to_contain_text("Профиль пациента не подтверждён.")
    expect(card.get_by_role("row").filter(has_text=NAME)).to_contain_text("не отправлен")
    check_accessibility(page)
    look(page, "desk-document-waits")
    again = card.get_by_role("button", name=f"Отправить ещё раз: {NAME}")
    again.click()
    expect(card.locator("output").filter(has_text="не подтверждён")).to_be_visible()
    consent(desk.new_clerk(), who)
    accounts.mark_unreachable(who.email, clock.now())
    again.click()
    expect(card.locator("output").filter(has_text="не доходят")).to_be_visible()
    card.get_by_role("button", name="Обновить карточку").click()
    expect(card).to_contain_text("Письма на этот адрес не доходят.")


def test_a_file_that_was_lost_on_the_way_is_uploaded_anew(page: Page, stack: RunningStack) -> None:
    who, known = new_holder()
    consent(desk.new_clerk(), who)
    at_the_desk(page)
    card = found(page, known)
    with asked(page) as noted:
        with _send_refused(page, "document_rejected"):
            choose(card)
            expect(card.locator("output").filter(has_text="Файл не принят")).to_be_visible()
        with _send_refused(page, "document_not_uploaded"):
            card.get_by_role("button", name="Отправить документ").click()
            expect(card.locator("output").filter(has_text="ещё не загружен")).to_be_visible()
        card.get_by_role("button", name="Отправить документ").click()
        expect(card.locator(".notice")).to_contain_text("Документ отправляется.")
    assert len([url for url in noted if url.endswith(PREPARE)]) == 3
    assert len([url for url in noted if url.endswith(SEND)]) == 1 + 4 + 1
    stack.mail(who.email, SUBJECT)


@contextmanager
def _send_refused(page: Page, code: str) -> Iterator[None]:
    """Let every sending be refused meanwhile."""

    def refuse(route: Route) -> None:
        problem = {"type": "about:blank", "code": code, "title": "Отказано.", "status": 409}
        headers = {"content-type": "application/problem+json"}
        route.fulfill(status=409, headers=headers, body=json.dumps(problem))

    intercept(page, f"**{SEND}", refuse)
    yield
    page.unroute(f"**{SEND}", refuse)
