"""House rules that ruff does not know."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from shared import keys
from tests.contract.template import ROOT

_MOST_LINES = 25
_LENGTHS = {"functions": 60} | dict.fromkeys(("shared", "bench", "local", "scripts", "tests"), 300)


def _each(sources: Iterable[Path]) -> pytest.MarkDecorator:
    named = {str(path.relative_to(ROOT)): path for path in sorted(sources)}
    return pytest.mark.parametrize("path", named.values(), ids=named.keys())


_modules = [path for folder in _LENGTHS for path in (ROOT / folder).rglob("*.py")]
each_source = _each(path for path in _modules if path.relative_to(ROOT).parts[0] != "tests")
each_module_of_no_tests = _each(path for path in _modules if not path.name.startswith("test_"))


@each_module_of_no_tests
def test_a_module_is_short(path: Path) -> None:
    longest = _LENGTHS[path.relative_to(ROOT).parts[0]]
    assert len(path.read_text("utf-8").splitlines()) <= longest


@each_module_of_no_tests
def test_a_functions_body_is_at_most_25_lines(path: Path) -> None:
    long = [
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and _lines_of(node) > _MOST_LINES
    ]
    assert long == []


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a body; its docstring and its signature are not counted."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


# A key is put together in shared/keys.py and nowhere else.

_PREFIX = re.compile(r"\b([A-Z]+)#")
# A mail is named for ever by what it is about: `ticket#moved#<ticket>#<sequence>`.
_MAIL_KEY = re.compile(r"([a-z-]+)?#")
_FRAGMENT = re.compile(r"\.html#token=")
_REFERENCE = re.compile(r"#/components/[a-z]+/")  # JSON Pointer, within the OpenAPI document.
_LINK = re.compile(r"#token=(\.\.\.)?")  # The demo opens mailed links.
_HEADING = re.compile(r"## ")  # The benchmarks are written as Markdown.
_MAY_FORMAT = {
    ROOT / "bench/document.py": [_HEADING],
    ROOT / "local/demo.py": [_LINK],
    ROOT / "scripts/export_openapi.py": [_REFERENCE],
    ROOT / "shared/desk_mails.py": [_MAIL_KEY],
    ROOT / "shared/document_mails.py": [_MAIL_KEY],
    ROOT / "shared/mails.py": [_MAIL_KEY, _FRAGMENT],
    ROOT / "shared/ticket_mails.py": [_MAIL_KEY],
}


def _prefixes() -> set[str]:
    """Return the beginnings of keys: `SLOT`, `PENDING`."""
    return set(_PREFIX.findall(Path(keys.__file__).read_text("utf-8")))


def _texts(path: Path) -> Iterator[str]:
    """Yield the strings of a module, formatted or not, without its docstrings."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _formatted_with_hash(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            pieces = (part.value for part in node.values if isinstance(part, ast.Constant))
            yield from (str(piece) for piece in pieces if "#" in str(piece))


@each_source
def test_no_key_is_put_together_outside_keys(path: Path) -> None:
    if path == Path(keys.__file__):
        return
    found = {prefix for text in _texts(path) for prefix in _PREFIX.findall(text)}
    assert not found & _prefixes()


@each_source
def test_a_hash_is_formatted_only_into_keys_references_and_the_names_and_links_of_mails(
    path: Path,
) -> None:
    pieces = list(_formatted_with_hash(path))
    allowed = _MAY_FORMAT.get(path, [])
    if path == Path(keys.__file__):
        assert pieces
    else:
        assert [one for one in pieces if not any(form.fullmatch(one) for form in allowed)] == []


# Nothing is left for later.

_LEFT_FOR_LATER = re.compile(r"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b")  # The brackets spare this line.


def _tracked() -> Iterator[Path]:
    """Yield the files that are in the repository or about to be."""
    git = shutil.which("git")
    assert git, "git is needed to tell the repository's own files."
    listed = subprocess.run(  # noqa: S603 - our own program
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = listed.stdout.decode().rstrip("\0").split("\0")
    yield from (ROOT / name for name in names if (ROOT / name).is_file())


def test_nothing_is_left_for_later() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in _tracked()
        if _LEFT_FOR_LATER.search(path.read_text("utf-8", errors="ignore"))
    ]
    assert found == []
