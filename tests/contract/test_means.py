"""What the deployed code never does, so that nothing that is typed can make it do so."""

import ast
from collections.abc import Iterator
from functools import cache

from tests.contract.source import modules

_NEVER_IMPORTED = {
    "runs commands": {"ctypes", "multiprocessing", "pty", "subprocess"},
    "speaks to addresses of its own": {
        *("aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl"),
        *("urllib.request", "urllib3"),
    },
    "makes objects of bytes": {"dill", "marshal", "pickle", "shelve"},
    "reads XML": {"lxml", "xml"},
}
_TEXT_INTO_CODE = {"__import__", "compile", "eval", "exec"}
_COMMANDS = ("os.exec", "os.popen", "os.spawn", "os.system")
_READS_A_ROUTE = "shared.routes"
"""Makes patterns of the routes' own paths."""


@cache
def _nodes() -> list[tuple[str, ast.AST]]:
    return [(name, node) for name, module in modules().items() for node in ast.walk(module.tree)]


def _calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield each call with its module and with what is called as it is written: `re.compile`."""
    for name, node in _nodes():
        if isinstance(node, ast.Call):
            yield name, ast.unparse(node.func), node


def test_no_module_is_imported_that_could_do_what_is_never_done() -> None:
    for name, module in modules().items():
        whole = {f"{one.module}.{one.name}." for one in module.imported.values()}
        for means, never in _NEVER_IMPORTED.items():
            found = {one for one in never if any(each.startswith(f"{one}.") for each in whole)}
            assert not found, f"{name} {means}"


def test_no_text_becomes_code_or_a_command() -> None:
    called = {called for _, called, _ in _calls()}
    assert called
    assert not called & _TEXT_INTO_CODE
    assert not [one for one in called if one.startswith(_COMMANDS)]


def test_no_format_is_made_of_what_is_typed() -> None:
    for name, _, call in _calls():
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"format", "format_map"}:
            assert isinstance(call.func.value, ast.Constant), name


def test_no_certificate_is_left_unchecked_and_no_connection_unencrypted() -> None:
    for name, _, call in _calls():
        told = {(word.arg, ast.unparse(word.value)) for word in call.keywords}
        assert not told & {("verify", "False"), ("use_ssl", "False")}, name
    texts = {node.value for _, node in _nodes() if isinstance(node, ast.Constant)}
    assert not [one for one in texts if isinstance(one, str) and "http://" in one]


def test_of_hashes_only_sha256_is_used() -> None:
    imported = {one for module in modules().values() for one in module.imported.values()}
    named = {one.name for one in imported if one.module == "hashlib" and one.name}
    of_module = {
        node.attr
        for _, node in _nodes()
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib"
    }
    assert named | of_module == {"sha256"}


def test_every_pattern_is_written_out_and_made_of_nothing_that_is_typed() -> None:
    for name, called, call in _calls():
        if called.startswith("re.") and name != _READS_A_ROUTE:
            parts = [part.id for part in ast.walk(call.args[0]) if isinstance(part, ast.Name)]
            assert all(part.isupper() for part in parts), "A constant's name is in capitals."
