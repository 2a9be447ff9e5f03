"""The documents say what is there: operations, functions, parameters, commands, paths and links."""

import re
from pathlib import Path

import pytest

from shared.routes import ROUTES
from tests.contract import documents
from tests.contract.template import ROOT, events, folder_of, folders, routes, template

each_document = pytest.mark.parametrize("path", documents.documents(), ids=str)

_DECISIONS = "docs/decisions"
decisions = sorted((ROOT / _DECISIONS).glob("*.md"))


def test_the_readme_lists_exactly_the_operations_that_exist() -> None:
    listed = {
        tuple(documents.code(row["Operation"])[0].split()): documents.code(row["Function"])[0]
        for row in documents.table("README.md", "Operations")
    }
    assert listed == {
        (method, path): folder_of(routes()[method, path])
        for path, methods in ROUTES.items()
        for method in methods
    }


def test_the_readmes_picture_shows_every_function_and_nothing_that_is_not_there() -> None:
    (picture,) = documents.fenced("README.md", "mermaid")
    _, _, rest = picture.partition("subgraph functions")
    drawn, _, _ = rest.partition(" end\n")
    assert set(drawn.split()) == folders()
    kinds = {resource["Type"] for resource in template()["Resources"].values()}
    for name, kind in {
        "CloudFront": "AWS::CloudFront::Distribution",
        "S3": "AWS::S3::Bucket",
    }.items():
        assert (name in picture) == (kind in kinds)


def test_the_readmes_picture_shows_what_calls_each_function() -> None:
    (picture,) = documents.fenced("README.md", "mermaid")
    arrows = [line.split("-->") for line in picture.splitlines() if "-->" in line]
    drawn = {kind: _drawn_from(arrows, beginning) for kind, beginning in _CALLERS.items()}
    assert drawn == {kind: {folder_of(owner) for owner, _ in events(kind)} for kind in _CALLERS}


_CALLERS: dict[str, tuple[str, ...]] = {
    "HttpApi": ("api ",),
    "ScheduleV2": ("morning", "evening"),
    "DynamoDB": ("table -- ",),
    "SQS": ("release_slots -- ",),
    "EventBridgeRule": ("send_mail --> ses", 'client -- "presigned"'),
}
"""What calls functions, and how its arrows begin in the picture."""


def _drawn_from(arrows: list[list[str]], beginning: tuple[str, ...]) -> set[str]:
    lines = [parts for parts in arrows if "-->".join(parts).strip().startswith(beginning)]
    return {name.strip() for parts in lines for name in parts[-1].split("&")}


_SPOKEN = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def test_the_architecture_counts_what_the_template_has() -> None:
    kinds = [resource["Type"] for resource in template()["Resources"].values()]
    told = " ".join(documents.text("docs/architecture.md").split())
    api, table = kinds.count("AWS::Serverless::HttpApi"), kinds.count("AWS::DynamoDB::Table")
    schedules, readers = len(list(events("ScheduleV2"))), len(list(events("DynamoDB")))
    assert (
        f"{len(folders())} functions, {_SPOKEN[table]} table, {_SPOKEN[api]} HTTP API, "
        f"{_SPOKEN[schedules]} schedules, {_SPOKEN[readers]} readers of one stream, "
        f"{_SPOKEN[len(list(events('SQS')))]} reader of a queue, "
        f"{_SPOKEN[kinds.count('AWS::S3::Bucket')]} buckets, "
        f"{_SPOKEN[kinds.count('AWS::CloudFront::Distribution')]} distribution:"
    ) in told


def test_the_glossary_explains_the_words_of_the_house() -> None:
    words = [row["Word"] for row in documents.table("README.md", "Glossary")]
    assert words == [
        *("patient", "holder", "guardian", "invitation", "member", "district"),
        *("slot", "ticket", "consent", "desk"),
    ]


def test_the_parameters_are_the_templates_own() -> None:
    listed = {
        documents.code(row["Parameter"])[0]: (row["Default"], row["Meaning"])
        for row in documents.table("docs/operations.md", "Parameters")
    }
    assert listed == {
        name: (str(told["Default"]), told["Description"])
        for name, told in template()["Parameters"].items()
    }


@each_document
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in documents.links(path):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        found = (ROOT / path.parent / target).resolve() if target else ROOT / path
        assert found.exists(), link
        assert not anchor or anchor in documents.anchors(found), link


@each_document
def test_every_path_that_is_named_exists(path: Path) -> None:
    for name in re.findall(
        r"`((?:docs|functions|local|requirements|scripts|shared|site|tests)/[\w./-]+)`",
        documents.prose(path),
    ):
        assert (ROOT / name).exists(), name


@each_document
def test_every_command_of_make_exists(path: Path) -> None:
    makefile = documents.text("Makefile")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z]+)", documents.text(path), re.MULTILINE)
    assert set(named) <= targets


def test_decisions_are_numbered_one_after_another() -> None:
    assert [path.name[:4] for path in decisions] == [
        f"{number:04}" for number in range(1, len(decisions) + 1)
    ]


@pytest.mark.parametrize("path", decisions, ids=[path.stem for path in decisions])
def test_a_decision_is_short_and_names_its_price(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 30
    assert lines[0].startswith(f"# {path.name[:4]} ")
    assert any(line.startswith("**Price.** ") for line in lines)
