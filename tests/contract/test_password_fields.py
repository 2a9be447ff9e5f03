"""Every field of a password hides what is typed and lets a browser's password manager fill it."""

import re

import pytest

from tests.contract.site import SITE, Element, page, pages

FIELDS = [
    pytest.param(field, id=f"{path}#{field.attributes['id']}")
    for path in pages()
    for field in page(path).all("input")
    if "password" in field.attributes.get("name", "")
]


def test_there_are_fields_of_passwords() -> None:
    assert FIELDS


@pytest.mark.parametrize("field", FIELDS)
def test_a_password_is_hidden_and_may_be_filled_in_by_a_manager(field: Element) -> None:
    assert field.attributes["type"] == "password"
    assert field.attributes["autocomplete"] in {"current-password", "new-password"}
    assert int(field.attributes["maxlength"]) == 128


def test_nothing_that_is_pasted_is_kept_out() -> None:
    texts = [path.read_text("utf-8") for path in SITE.rglob("*") if path.suffix in {".js", ".html"}]
    assert len(texts) > len(FIELDS)
    assert not [
        text for text in texts if re.search(r"""["'](paste|beforeinput)["']|onpaste""", text)
    ]
