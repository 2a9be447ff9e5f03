"""docs/asvs.md: every requirement of ASVS 5.0 is accounted for, and every proof is there."""

import ast
import re
from functools import cache
from itertools import chain

from tests.contract import documents
from tests.contract.template import ROOT, resources, template

_DOCUMENT = "docs/asvs.md"
_SECURITY = "docs/security.md"
_OPERATIONS = "docs/operations.md"
_WITHOUT_A_TEST = {"AWS", "a document", "nothing", "read"}
_MET_IN_NO_ONE_PLACE = {"nothing", "all modules", "all modules, all pages"}
_KEYS = {"AWS::KMS::Key", "AWS::SecretsManager::Secret"}

_SECTIONS = [
    *((1, 1, 2), (1, 2, 9), (1, 3, 11), (1, 4, 3), (1, 5, 2)),
    *((2, 1, 3), (2, 2, 3), (2, 3, 4), (2, 4, 1)),
    *((3, 1, 0), (3, 2, 2), (3, 3, 4), (3, 4, 6), (3, 5, 5), (3, 6, 0), (3, 7, 2)),
    *((4, 1, 3), (4, 2, 1), (4, 3, 2), (4, 4, 4)),
    *((5, 1, 1), (5, 2, 3), (5, 3, 2), (5, 4, 3)),
    *((6, 1, 3), (6, 2, 12), (6, 3, 4), (6, 4, 4), (6, 5, 5), (6, 6, 3), (6, 7, 0), (6, 8, 4)),
    *((7, 1, 3), (7, 2, 4), (7, 3, 2), (7, 4, 5), (7, 5, 2), (7, 6, 2)),
    *((8, 1, 2), (8, 2, 3), (8, 3, 1), (8, 4, 1)),
    *((9, 1, 3), (9, 2, 4)),
    *((10, 1, 2), (10, 2, 2), (10, 3, 4), (10, 4, 11), (10, 5, 5), (10, 6, 2), (10, 7, 3)),
    *((11, 1, 2), (11, 2, 3), (11, 3, 3), (11, 4, 4), (11, 5, 1), (11, 6, 1), (11, 7, 0)),
    *((12, 1, 3), (12, 2, 2), (12, 3, 4)),
    *((13, 1, 1), (13, 2, 5), (13, 3, 2), (13, 4, 5)),
    *((14, 1, 2), (14, 2, 4), (14, 3, 3)),
    *((15, 1, 3), (15, 2, 3), (15, 3, 7), (15, 4, 0)),
    *((16, 1, 1), (16, 2, 5), (16, 3, 4), (16, 4, 3), (16, 5, 3)),
    *((17, 1, 1), (17, 2, 4), (17, 3, 2)),
]
"""Chapter, section, and how many requirements of levels 1 and 2 it has; those of level 3 follow."""


def _required() -> set[str]:
    counted = [(f"{one}.{two}", count) for one, two, count in _SECTIONS]
    return {f"{section}.{number}" for section, count in counted for number in range(1, count + 1)}


@cache
def _rows() -> list[documents.Row]:
    """Return the rows of all chapters."""
    headings = re.findall(r"^## (V[0-9]+ .+)$", documents.text(_DOCUMENT), re.MULTILINE)
    return list(chain.from_iterable(documents.table(_DOCUMENT, heading) for heading in headings))


def _met() -> list[str]:
    return [row["Id"].removesuffix(" *3*") for row in _rows()]


def _deviations() -> list[str]:
    rows = documents.table(_SECURITY, "Deviations")
    return [row["Requirement"].split()[0] for row in rows]


def _not_here() -> list[str]:
    return [one for row in documents.table(_DOCUMENT, "Not here") for one in row["What"].split()]


def test_the_standard_has_253_requirements_of_levels_1_and_2() -> None:
    assert len(_required()) == 253


def test_every_requirement_of_levels_1_and_2_is_met_deviated_from_or_not_here() -> None:
    left_out = tuple(f"{one}." for one in _not_here())
    not_here = {one for one in _required() if f"{one}.".startswith(left_out)}
    assert _required() - set(_met()) - set(_deviations()) == not_here


def test_no_requirement_is_named_twice_and_none_is_made_up() -> None:
    named = [*_met(), *_deviations(), *_not_here()]
    assert len(named) == len(set(named))
    sections = {(chapter, section) for chapter, section, _ in _SECTIONS}
    for one in [*_met(), *_deviations()]:
        chapter, section, number = map(int, one.split("."))
        assert (chapter, section) in sections, one
        assert 1 <= number <= 16


def test_what_is_of_level_3_says_so() -> None:
    beyond = {one for one in _met() if one not in _required()}
    assert beyond == {
        row["Id"].removesuffix(" *3*") for row in _rows() if row["Id"].endswith(" *3*")
    }


def test_a_chapters_rows_stand_in_their_order() -> None:
    numbers = [tuple(map(int, one.split("."))) for one in _met()]
    assert numbers == sorted(numbers)


@cache
def _tests_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _is_there(proof: str) -> bool:
    """Tell whether there is a test such as `unit/mail::nothing_that_is_said_becomes_markup`."""
    module, _, name = proof.partition("::")
    folder, _, subject = module.rpartition("/")
    return f"test_{name}" in _tests_of(f"tests/{folder}/test_{subject}.py")


def test_every_requirement_is_proved_by_tests_that_exist_or_says_why_not() -> None:
    for row in _rows():
        proofs = documents.code(row["Proof"])
        assert proofs or row["Proof"] in _WITHOUT_A_TEST, row["Id"]
        assert [proof for proof in proofs if not _is_there(proof)] == [], row["Id"]


def test_every_section_of_operations_that_names_commands_is_tried() -> None:
    sections = documents.text(_OPERATIONS).split("\n## ")[1:]
    commanding = {one.partition("\n")[0] for one in sections if "```" in one}
    rows = documents.table(_OPERATIONS, "What is tried")
    assert commanding - {row["Section"].partition("]")[0].lstrip("[") for row in rows} == set()


def test_what_operations_are_tried_by_exists() -> None:
    for row in documents.table(_OPERATIONS, "What is tried"):
        proofs = documents.code(row["Tried by"])
        assert proofs
        assert [proof for proof in proofs if not _is_there(proof)] == [], row["Section"]


def test_every_requirement_is_met_somewhere_that_exists() -> None:
    known = {*resources(), *template()["Parameters"]}
    for row in _rows():
        named = documents.code(row["Met in"])
        assert named or row["Met in"] in _MET_IN_NO_ONE_PLACE, row["Id"]
        assert [one for one in named if one not in known and not (ROOT / one).exists()] == []


def test_every_key_of_the_template_is_documented_and_no_other() -> None:
    own = {name for name, one in resources().items() if one["Type"] in _KEYS}
    for path, heading in ((_SECURITY, "Keys and algorithms"), (_OPERATIONS, "The keys")):
        told = [documents.code(row["Key"])[0] for row in documents.table(path, heading)]
        assert sorted(told) == sorted(own)
