"""«Список прикреплённых»: a register is taken over in parts, and what broke off goes on."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Route, expect

from scripts.import_patients import parts_of
from shared.patients import Person
from shared.register import COLUMNS, LARGEST_FILE, MOST_LINES
from tests.site.looks import whole
from tests.site.register import HEADER, choose, line_of, open_import
from tests.site.visits import intercept, no_network, press, refusing, sign_in
from tests.stack import desk, portal
from tests.stack.desk import Clerk
from tests.stack.running import RunningStack
from tests.stack.test_import import new_register

PEOPLE = 1060
"""Two parts, and a spoilt line in every hundred, so that each part has some."""
BROKEN_QUOTE = '=1+1,"Проба'
"""What a spreadsheet would calculate, if it stood alone in a cell."""


def counts(page: Page) -> dict[str, int]:
    """Return what the page says became of the lines."""
    terms = page.locator("#report dl").locator("dt, dd").all_inner_texts()
    return {term: int(told) for term, told in zip(terms[::2], terms[1::2], strict=True)}


def result(*, created: int, rejected: int) -> dict[str, int]:
    """Return what the page says of lines that were new, or no good."""
    return {"Добавлено": created, "Изменено": 0, "Без изменений": 0, "Не принято": rejected}


@contextmanager
def second_part_lost(page: Page) -> Iterator[None]:
    """Let the network be gone after the first part has been taken over."""
    asked = 0

    def pass_once(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            route.continue_()
        else:
            route.abort("internetdisconnected")

    intercept(page, "**/api/desk/patients", pass_once)
    try:
        yield
    finally:
        page.unroute("**/api/desk/patients", pass_once)


def test_a_register_that_broke_off_goes_on_from_there_and_its_spoilt_lines_can_be_saved(
    page: Page, tmp_path: Path
) -> None:
    register = new_register(PEOPLE)
    clerk, output = open_import(page), page.locator("#import output")
    choose(page, register.text.encode())
    with second_part_lost(page):
        press(page, "Загрузить")
        expect(output).to_contain_text("Нет связи", timeout=60_000)
    expect(output).to_contain_text("загрузка пойдёт с этого места")
    expect(page.locator("#course-text")).to_have_text(f"Обработано 1000 из {PEOPLE} строк.")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "1000")
    whole(page, "desk-import-broken-off")
    be_refused_and_signed_out(page, clerk)
    press(page, "Продолжить")

    expect(output).to_have_text("Готово. Не все строки приняты: они перечислены ниже.")
    expect(page.locator("#course-text")).to_have_text(f"Обработано {PEOPLE} из {PEOPLE} строк.")
    spoilt = len(register.rejected)
    assert counts(page) == result(created=PEOPLE - spoilt, rejected=spoilt)
    told = page.get_by_role("group", name="Непринятые строки").get_by_role("rowheader")
    assert told.all_inner_texts() == [str(number) for number, _ in register.rejected]
    whole(page, "desk-import-done")
    rows = saved_list(page, tmp_path)
    assert [(int(number), code) for number, code, _, _ in rows] == list(register.rejected)
    assert [text for *_, text in rows] == [register.lines[at - 2] for at, _ in register.rejected]
    assert all(re.search("[а-я]", reason) for _, _, reason, _ in rows)


def be_refused_and_signed_out(page: Page, clerk: Clerk) -> None:
    """Go on in vain: the portal is too busy, then the session is over; sign in again elsewhere."""
    output = page.locator("#import output")
    with refusing(page, "PUT /api/desk/patients", 503, "try_again", retry_after=1):
        press(page, "Продолжить")
        expect(output).to_contain_text("Подождите немного. Нажмите «Продолжить»")
    desk.sign_out(clerk)
    press(page, "Продолжить")
    expect(output).to_contain_text("Вход устарел")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Войти в новой вкладке").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Вход")
    opened.value.close()
    sign_in(page, desk.new_clerk())


def saved_list(page: Page, folder: Path) -> list[list[str]]:
    """Save the rejected lines as a spreadsheet gets them, and return its rows."""
    with page.expect_download() as download:
        press(page, "Скачать непринятые строки")
    assert download.value.suggested_filename.startswith("neprinyatye-stroki-")
    download.value.save_as(folder / "list.csv")
    text = (folder / "list.csv").read_text("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))[1:]


@pytest.mark.parametrize(
    "encoding, delimiter", [("utf-8", ","), ("utf-8-sig", ";"), ("windows-1251", ";")]
)
def test_a_file_as_spreadsheets_save_it_is_taken_over_and_its_lines_keep_their_numbers(
    page: Page, stack: RunningStack, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    district = portal.demo_district()
    person = Person("Образцова-Щёголева", "Проба", "Тестовна", date(1980, 1, 1))
    number = portal.new_policy_number()
    lines = [HEADER, "", BROKEN_QUOTE, line_of(number, person, district.district_id), ""]
    clerk = open_import(page)
    choose(page, "\r\n".join(lines).replace(",", delimiter).encode(encoding))
    press(page, "Загрузить")
    expect(page.locator("#import output")).to_contain_text("Не все строки приняты")
    assert counts(page) == result(created=1, rejected=1)
    row = page.get_by_role("row").filter(has_text="Кавычки в строке не закрыты")
    expect(row.get_by_role("rowheader")).to_have_text("3")
    ((*_, text),) = saved_list(page, tmp_path)
    assert text == "'" + BROKEN_QUOTE.replace(",", delimiter)
    found = clerk.ask(stack, "POST /api/desk/patients/search", {"policy_number": number}).json()
    assert [one["last_name"] for one in found["patients"]] == [person.last_name]


def test_a_file_is_cut_into_the_very_parts_that_the_script_sends(page: Page) -> None:
    long, half = "ё" * (LARGEST_FILE // 5), LARGEST_FILE // 2
    lines = [HEADER, *map(str, range(MOST_LINES + 2)), "", " ", *[long] * 5, "a\r\nb\rc", "end"]
    just_fits = [HEADER, "a" * half, "b" * (half - len(HEADER) - 3)]
    page.goto("/desk/index.html")
    for text, parts in (
        ("\n".join(lines), 4),
        ("\n".join(just_fits), 1),
        ("\n".join([*just_fits[:-1], just_fits[-1] + "b"]), 2),
    ):
        wanted = [[list(part.numbers), part.body.decode()] for part in parts_of(text)]
        assert len(wanted) == parts
        assert cut(page, text) == wanted


def cut(page: Page, text: str) -> object:
    """Return the parts of a file that the page would send: the lines' numbers, and the body."""
    return page.evaluate(
        """async (text) => {
          const { bodyOf, partsOf, sheetOf } = await import("/desk/register_file.js");
          const sheet = await sheetOf(new File([text], "register.csv"));
          return partsOf(sheet).map((part) =>
            [part.map(({ number }) => number), bodyOf(sheet, part)]);
        }""",
        text,
    )


def test_what_is_no_register_is_told_beside_the_field_and_nothing_is_sent(page: Page) -> None:
    open_import(page)
    field, output = page.get_by_label("Файл CSV"), page.locator("#import output")
    press(page, "Загрузить")
    expect(field).to_have_accessible_description(re.compile("Выберите файл"))
    expect(field).to_be_focused()
    choose(page, b"PK\x03\x04\x14\x00\x98\xff", "register.xlsx")
    press(page, "Загрузить")
    expect(field).to_have_accessible_description(re.compile("Таблицу Excel сохраните как CSV"))
    expect(page.locator("#course")).to_be_hidden()
    whole(page, "desk-import-no-register")

    choose(page, b"policy_number,last_name\n")
    press(page, "Загрузить")
    expect(output).to_contain_text("Файл не принят. Первая строка файла называет столбцы: policy")
    expect(page.locator("#course")).to_be_hidden()
    expect(page.get_by_role("button", name="Загрузить")).to_be_visible()
    choose(page, f"{HEADER}\n".encode())
    press(page, "Загрузить")
    expect(output).to_have_text("Готово. Все строки приняты.")


def test_leaving_the_page_amid_the_work_is_asked_about_and_afterwards_not(
    page: Page,
) -> None:
    asked: list[str] = []
    waiting: list[Route] = []
    page.on("dialog", lambda one: _stay(one, asked))
    intercept(page, "**/api/desk/patients", lambda route: waiting.append(route))  # noqa: PLW0108
    open_import(page)
    choose(page, f"{HEADER}\n".encode())
    press(page, "Загрузить")
    expect(page.locator("#import output")).to_have_text("Отправляем…")
    intercept(page, "**/api/desk/sessions/current", lambda route: route.fulfill(status=204))
    with page.expect_event("dialog"):
        press(page, "Выйти")
    assert asked == ["beforeunload"]
    waiting[0].continue_()
    expect(page.locator("#import output")).to_have_text("Готово. Все строки приняты.")
    expect(page.locator("#import")).not_to_have_attribute("aria-busy", "true")
    page.get_by_role("link", name="Профили").click()
    expect(page).to_have_url(re.compile("profiles"))
    assert asked == ["beforeunload"]


def _stay(dialog: Dialog, asked: list[str]) -> None:
    asked.append(dialog.type)
    dialog.dismiss()


def test_the_empty_file_that_can_be_saved_has_all_columns(page: Page, tmp_path: Path) -> None:
    open_import(page)
    with page.expect_download() as download:
        press(page, "Скачать пустой файл")
    download.value.save_as(tmp_path / "empty.csv")
    assert (tmp_path / "empty.csv").read_text("utf-8-sig").strip() == ";".join(COLUMNS)
    page.get_by_text("Столбцы и пример").click()
    expect(page.get_by_role("region", name="Пример файла")).to_contain_text(HEADER)
    whole(page, "desk-import-columns")
    with no_network(page):
        choose(page, f"{HEADER}\n".encode())
        press(page, "Загрузить")
        expect(page.locator("#import output")).to_contain_text("Нет связи")
