"""What a person reads when the portal refuses: a sentence for every code, and for no other."""

import re
from pathlib import Path

import pytest

from local import site_files
from scripts import publish_site
from shared import errors
from shared.errors import Refusal
from tests.contract import documents
from tests.contract.site import SITE, texts
from tests.contract.template import template

_TITLES = {
    one.code: one.title
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
}
_KNOWN_BLANKS = {"{phone}", "{wait}"}

each_text = pytest.mark.parametrize(
    "code, text",
    [*texts("REFUSALS").items(), *texts("LINE_REFUSALS").items()],
    ids=[*texts("REFUSALS"), *(f"line {code}" for code in texts("LINE_REFUSALS"))],
)


def test_every_code_of_a_refusal_has_a_sentence_and_no_other() -> None:
    assert set(texts("REFUSALS")) == set(_TITLES)


def test_every_code_of_a_registers_line_has_a_sentence_and_no_other() -> None:
    rows = documents.table("docs/errors.md", "Codes of a register's lines")
    assert set(texts("LINE_REFUSALS")) == {documents.code(row["Code"])[0] for row in rows}


@each_text
def test_a_text_is_whole_russian_sentences(code: str, text: str) -> None:
    assert text.endswith("."), code
    assert re.match(r"[А-ЯЁ]", text)
    assert "  " not in text
    assert text == text.strip()
    assert set(re.findall(r"\{[^}]*\}", text)) <= _KNOWN_BLANKS


@pytest.mark.parametrize("code", _TITLES)
def test_a_text_says_more_than_the_apis_own_title(code: str) -> None:
    text = texts("REFUSALS")[code]
    assert text.rstrip(".").casefold() != _TITLES[code].casefold()
    assert len(text.split()) >= 4


# ------------------------------------------------------------------------- the clinic


def test_the_repositorys_clinic_is_the_templates_default() -> None:
    defaults = {name: told.get("Default") for name, told in template()["Parameters"].items()}
    told = dict(re.findall(r'^  (\w+): "([^"]*)",$', _clinic(), re.MULTILINE))
    assert told == {
        "name": defaults["ClinicName"],
        "registryPhone": defaults["RegistryPhone"],
        "timeZone": defaults["ClinicTimeZone"],
    }


def _clinic() -> str:
    return (SITE / "clinic.js").read_text("utf-8")


def test_nothing_but_its_own_module_names_the_clinic() -> None:
    own = {SITE / "clinic.js"}
    sources = [path for kind in ("html", "js") for path in SITE.rglob(f"*.{kind}")]
    named = re.findall(r'"([^"]*)"', _clinic())[:2]
    assert [path for path in set(sources) - own if any(one in _text(path) for one in named)] == []


def _text(path: Path) -> str:
    return path.read_text("utf-8")


def test_files_are_served_here_as_they_are_published() -> None:
    assert publish_site.KINDS == site_files._KINDS
    assert {path.suffix for path in SITE.rglob("*") if path.is_file()} <= set(publish_site.KINDS)
