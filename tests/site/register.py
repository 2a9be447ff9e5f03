"""«Список прикреплённых» as a clerk uses it: the page, and the file that is chosen there."""

from playwright.sync_api import Page

from shared.patients import Person
from shared.register import COLUMNS
from tests.site.visits import sign_in
from tests.stack import desk
from tests.stack.desk import Clerk

HEADER = ",".join(COLUMNS)


def open_import(page: Page) -> Clerk:
    """Open the page as a clerk of the desk."""
    clerk = desk.new_clerk()
    sign_in(page, clerk)
    page.goto("/desk/import.html")
    return clerk


def choose(page: Page, content: bytes, name: str = "register.csv") -> None:
    """Choose a file on the page, without sending it."""
    page.get_by_label("Файл CSV").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def line_of(number: str, person: Person, district_id: str) -> str:
    """Return a person's line of the register."""
    return (
        f"{number},,{person.last_name},{person.first_name},{person.middle_name or ''},"
        f"{person.birth_date},{district_id},"
    )
