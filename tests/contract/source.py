"""The portal's own code as syntax trees: what it imports, and what a function's code can reach.

The walk follows every name that a definition mentions, not only calls, so `map(read, items)` and a
refusal's lambda count. It does not know types: a method called on a value is not followed, and
test_permissions holds that no method of a class has anything to reach.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from tests.contract.template import ROOT


class Definition(NamedTuple):
    """A top-level function, class or value of a module, such as `shared.keys`, `slot`."""

    module: str
    name: str


@dataclass(frozen=True)
class Module:
    """One module of functions/ or shared/."""

    name: str
    tree: ast.Module
    imported: dict[str, Definition]
    """What each imported name stands for; a whole module is a Definition without a name."""
    defined: dict[str, list[ast.stmt]]
    """Where each top-level name gets its value."""


@cache
def modules() -> dict[str, Module]:
    """Return all modules of functions/ and shared/ by their dotted names."""
    trees = {}
    for folder in ("functions", "shared"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            trees[name] = ast.parse(path.read_text("utf-8"))
    return {
        name: Module(name, tree, _imported(tree, set(trees)), _defined(tree))
        for name, tree in trees.items()
    }


def _imported(tree: ast.Module, known: set[str]) -> dict[str, Definition]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = Definition(alias.name, "")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "Imports name their modules in full."
            base = node.module or ""
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                target = Definition(whole, "") if whole in known else Definition(base, alias.name)
                found[alias.asname or alias.name] = target
    return found


def _defined(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    found: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        for name in _names_given_by(node):
            found.setdefault(name, []).append(node)
    return found


def _names_given_by(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def imports_of(name: str) -> set[str]:
    """Return the dotted names of all modules that a module imports, its own and others'."""
    return {target.module for target in modules()[name].imported.values()}


@cache
def mentioned(start: Definition) -> frozenset[Definition]:
    """Return our own definitions that one definition mentions."""
    module = modules()[start.module]
    found = set()
    for statement in module.defined.get(start.name, ()):
        for node in ast.walk(statement):
            target = resolve(module, node)
            if target and target.name and target.module in modules():
                found.add(target)
    return frozenset(found)


def resolve(module: Module, node: ast.AST) -> Definition | None:
    """Return what a name, or an attribute of an imported module, stands for."""
    if isinstance(node, ast.Name):
        own = Definition(module.name, node.id) if node.id in module.defined else None
        return own or module.imported.get(node.id)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        base = module.imported.get(node.value.id)
        return Definition(base.module, node.attr) if base and not base.name else None
    return None


@cache
def reached_from(start: Definition) -> frozenset[Definition]:
    """Return all that can be reached from a definition, itself included."""
    found = {start}
    waiting = [start]
    while waiting:
        for target in mentioned(waiting.pop()) - found:
            found.add(target)
            waiting.append(target)
    return frozenset(found)


@cache
def reached_by_function(folder: str) -> frozenset[Definition]:
    """Return all that can be reached from anything in a function's module."""
    name = f"functions.{folder}.app"
    own = [Definition(name, defined) for defined in modules()[name].defined]
    return frozenset().union(*map(reached_from, own))


def calls_in(definition: Definition) -> Iterator[ast.Call]:
    """Yield the calls that stand in a definition's own statements."""
    for statement in modules()[definition.module].defined.get(definition.name, ()):
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                yield node
