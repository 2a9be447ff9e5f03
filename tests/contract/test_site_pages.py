"""Every page of site/: whole, Russian, made of its own files, and like the pages beside it."""

import re
from pathlib import Path

import pytest

from tests.contract.site import SITE, Element, imported, loaded, page, pages, reached

each_page = pytest.mark.parametrize("path", pages(), ids=str)
modules = sorted(f"/{path.relative_to(SITE).as_posix()}" for path in SITE.rglob("*.js"))
each_module = pytest.mark.parametrize("module", modules)

_DANGEROUS = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|srcdoc"
    r"|createContextualFragment|DOMParser|indexedDB|document\.cookie)\b"
)
"""What turns text into code, or keeps what a browser must forget when it is closed."""


def _one(path: Path, name: str) -> Element:
    """Return a page's one element of a name."""
    (found,) = page(path).all(name)
    return found


@each_page
def test_a_page_is_in_russian_and_says_what_it_is(path: Path) -> None:
    assert _one(path, "html").attributes["lang"] == "ru"
    title, heading = _one(path, "title").text, _one(path, "h1").text
    whose = "регистратура" if path.parts[0] == "desk" else "личный кабинет пациента"
    assert title.casefold().endswith(f" — {whose}")
    assert heading
    assert _one(path, "main").attributes["id"] == "content"
    metas = [meta.attributes for meta in page(path).all("meta")]
    assert {"charset": "utf-8"} in metas
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in metas


def test_no_two_pages_have_one_title() -> None:
    titles = [_one(path, "title").text for path in pages()]
    assert len(titles) == len(set(titles))


@each_page
def test_a_page_has_no_script_and_no_style_of_its_own(path: Path) -> None:
    for element in page(path).everything():
        assert element.name != "style"
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        addresses = [element.attributes.get(name, "") for name in ("href", "src", "action")]
        assert not [one for one in addresses if one.casefold().startswith(("javascript:", "data:"))]
        if element.name == "script":
            assert element.attributes["type"] == "module"
            assert element.attributes["src"]
            assert element.text == ""


@each_page
def test_a_page_loads_only_files_of_the_site_that_exist(path: Path) -> None:
    for address in loaded(path):
        assert re.fullmatch(r"/[a-z0-9_/.-]+", address), address
        assert (SITE / address.removeprefix("/")).is_file(), address


@each_page
def test_a_page_links_only_to_pages_that_exist(path: Path) -> None:
    for link in page(path).all("a"):
        address = link.attributes.get("href")
        if address is None:
            assert {"data-phone", "id"} & set(link.attributes), "A module gives the address."
        elif not address.startswith("#"):
            file = address.partition("#")[0].partition("?")[0]
            assert file.startswith("/")
            assert file.endswith(".html")
            assert (SITE / file.removeprefix("/")).is_file(), address
        else:
            ids = {one.attributes.get("id") for one in page(path).everything()}
            assert address.removeprefix("#") in ids


@each_page
def test_ids_are_given_once_and_whatever_is_named_is_there(path: Path) -> None:
    ids = [one.attributes["id"] for one in page(path).everything() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    for element in page(path).everything():
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)


@each_page
def test_all_modules_of_a_page_are_asked_for_at_once(path: Path) -> None:
    """Whatever is not named in the page is found out only after the module before has come."""
    (script,) = page(path).all("script")
    preloaded = [
        link.attributes["href"]
        for link in page(path).all("link")
        if link.attributes["rel"] == "modulepreload"
    ]
    assert preloaded == sorted(reached(script.attributes["src"]))


# ---------------------------------------------------------------- pages beside each other


def _beside(path: Path, name: str) -> tuple[object, ...]:
    """Return what a part of a page holds, whatever class the part itself has."""
    return tuple(_shape(one) for one in _one(path, name).inside if _shape(one))


def _shape(one: Element | str) -> object:
    if isinstance(one, str):
        return " ".join(one.split())
    within = tuple(_shape(part) for part in one.inside if _shape(part))
    return (one.name, tuple(sorted(one.attributes.items())), within)


@pytest.mark.parametrize("is_desk", [False, True], ids=["patients", "desk"])
def test_pages_of_one_kind_have_the_same_header_and_footer(is_desk: bool) -> None:  # noqa: FBT001
    kind = [path for path in pages() if (path.parts[0] == "desk") is is_desk]
    signed_in = [path for path in kind if list(page(path).all("nav"))]
    signed_out = [path for path in kind if path not in signed_in]
    assert signed_in
    assert signed_out
    for some in (signed_in, signed_out):
        assert len({_beside(path, "header") for path in some}) == 1
    assert len({_beside(path, "footer") for path in kind}) == 1


@each_page
def test_the_desks_pages_are_one_class_and_the_patients_none(path: Path) -> None:
    classes = _one(path, "body").attributes.get("class", "").split()
    assert ("desk" in classes) is (path.parts[0] == "desk")


# ------------------------------------------------------------------------- modules


@each_module
def test_a_module_imports_only_modules_of_the_site_that_exist(module: str) -> None:
    for address in imported(module):
        assert address.startswith("/")
        assert address in modules


@each_module
def test_no_module_turns_text_into_code_or_keeps_anything(module: str) -> None:
    text = (SITE / module.removeprefix("/")).read_text("utf-8")
    assert _DANGEROUS.findall(text) == []
    assert not re.findall(r"\bimport\(", text), "What comes later comes in another round."


@each_module
def test_what_a_browser_keeps_for_good_says_nothing_of_anybody(module: str) -> None:
    text = (SITE / module.removeprefix("/")).read_text("utf-8")
    kept = re.findall(r"localStorage\.(\w+)\((?:[A-Z_]+)(?:, ([^)]*))?\)", text)
    assert len(kept) == len(re.findall(r"localStorage", re.sub(r"//.*", "", text)))
    assert {value for name, value in kept if name == "setItem"} <= {'"yes"'}


def test_every_file_is_one_that_some_page_loads() -> None:
    named = {address for path in pages() for address in loaded(path)}
    with_imports = named.union(*(reached(one) for one in named if one.endswith(".js")))
    styles = [SITE / one.removeprefix("/") for one in named if one.endswith(".css")]
    pictures = {
        address
        for style in styles
        for address in re.findall(r'url\("?([^")]+)', style.read_text("utf-8"))
    }
    own = {f"/{path.relative_to(SITE).as_posix()}" for path in SITE.rglob("*") if path.is_file()}
    known = with_imports | pictures | {f"/{path.as_posix()}" for path in pages()}
    assert own == known


def test_a_module_is_short() -> None:
    long = [
        module
        for module in modules
        if len((SITE / module.removeprefix("/")).read_text("utf-8").splitlines()) > 300
    ]
    assert long == []


def test_nothing_on_a_page_moves_or_fades() -> None:
    """So there is nothing to hold still for whoever asks for less motion (WCAG 2.3.3)."""
    sheet = (SITE / "style.css").read_text("utf-8")
    assert re.findall(r"transition|animation|@keyframes|scroll-behavior", sheet) == []


def test_the_dark_has_other_colours_and_nothing_else() -> None:
    """The tests in the browser look for the dark's colours only (tests/site/looks.py)."""
    sheet = (SITE / "style.css").read_text("utf-8")
    (dark,) = re.findall(
        r"@media screen and \(prefers-color-scheme: dark\) \{\n(.*?)\n\}", sheet, re.DOTALL
    )
    assert sheet.count("prefers-color-scheme") == 1
    assert re.fullmatch(r"  :root \{\n(    --[\w-]+: #[0-9a-f]{6};\n)+  \}", dark)
