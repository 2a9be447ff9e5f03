"""How measurements read: ratios, aims, the table, the document and its charts."""

import json
from functools import partial
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench import chart, document
from bench.document import Section
from bench.figures import Aim, Figure, rows, table
from bench.turns import ratio, taken

MET = Figure("sign_in", 1.42, "×", Aim("≤", 1.5), 1.38, 1.47, "580 ms ÷ 408 ms")
MISSED = Figure("book_ticket <x>", 1.61, "×", Aim("≤", 1.5), 1.51, 1.7)
TOSS_UP = Figure("list_day", 1.61, "×", Aim("≤", 1.5), 1.4, 1.7)
MEMORY = Figure("memory of sign_in", 48.0, "MB")


def _section(*figures: Figure, name: str = "start_up", reason: str = "") -> Section:
    missed = {MISSED.name: reason} if reason else {}
    return Section(name, "Start-up", "How it is measured.", "On one machine.", figures, missed)


def test_a_ratio_is_the_median_of_the_pairs_so_one_disturbed_pair_does_not_count() -> None:
    found = ratio([2.0, 2.0, 2.0, 90.0, 2.0], [1.0, 1.0, 1.0, 1.0, 1.0])
    assert found.value == 2.0
    assert found.low <= found.value <= found.high


def test_a_thing_compared_with_itself_has_the_ratio_one() -> None:
    same = [0.4, 0.5, 0.45]
    found = ratio(same, same)
    assert (found.low, found.value, found.high) == (1.0, 1.0, 1.0)


def test_of_two_each_is_first_in_every_other_turn() -> None:
    done: list[str] = []

    def doing(name: str) -> str:
        done.append(name)
        return name

    for turn in (0, 1):
        found = taken(partial(doing, "own"), partial(doing, "other"), turn)
        assert found == (["own"] * 2, ["other"] * 2)
    assert done == ["own", "other", "other", "own", "other", "own", "own", "other"]


def test_what_was_not_measured_in_turns_is_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        ratio([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    "relation, value, is_met",
    [("≤", 1.5, True), ("≤", 1.51, False), ("=", 1.5, True), ("=", 1.49, False)],
)
def test_an_aim_is_met_up_to_its_very_value(relation: str, value: float, *, is_met: bool) -> None:
    aim = Aim(relation, 1.5)  # type: ignore[arg-type]
    assert aim.is_met_by(value) is is_met
    assert Figure("x", value, "×", aim).misses is not is_met


def test_the_table_shows_each_figure_with_its_aim_and_what_became_of_it() -> None:
    lines = table([MET, MISSED, MEMORY]).splitlines()
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert cells[2:] == [
        ["sign_in", "1.42 ×", "1.38 to 1.47", "≤ 1.5", "met", "580 ms ÷ 408 ms"],
        ["book_ticket <x>", "1.61 ×", "1.51 to 1.7", "≤ 1.5", "**missed**", ""],
        ["memory of sign_in", "48 MB", "", "", "", ""],
    ]


@pytest.mark.parametrize(
    "low, value, high, verdict",
    [
        (1.3, 1.4, 1.5, "met"),
        (1.3, 1.4, 1.51, "met, within the noise"),
        (1.5, 1.6, 1.7, "**missed**, within the noise"),
        (1.51, 1.6, 1.7, "**missed**"),
        (None, 1.6, None, "**missed**"),
    ],
)
def test_a_verdict_is_a_toss_up_where_the_interval_meets_the_aim_at_one_end_only(
    low: float | None, value: float, high: float | None, verdict: str
) -> None:
    assert Figure("x", value, "×", Aim("≤", 1.5), low, high).verdict == verdict
    assert Figure("control", value, "×", None, low, high).verdict == ""


@pytest.mark.parametrize(
    "value, read",
    [
        *((1.5, "1.5"), (1.501, "1.501"), (1.4999, "1.4999"), (1.49999, "1.49999")),
        *((1.51, "1.51"), (1.494, "1.49")),
    ],
)
def test_a_value_beside_its_aim_never_reads_as_the_aim(value: float, read: str) -> None:
    ((_, measured, interval, *_),) = rows([Figure("x", value, "×", Aim("≤", 1.5), value, 1.6)])
    assert (measured, interval) == (f"{read} ×", f"{read} to 1.6")


def test_a_large_number_beside_its_aim_has_decimals_too() -> None:
    ((_, measured, *_),) = rows([Figure("x", 1004.4, "requests", Aim("≤", 1004))])
    assert measured == "1004.400 requests"


def test_what_is_missed_within_the_noise_is_told_as_such() -> None:
    assert f"Missed: {TOSS_UP.name}. By less than the noise" in _section(TOSS_UP).text()


@pytest.mark.parametrize("reason, told", [("It is young.", "It is young."), ("", "Not explained")])
def test_a_missed_aim_is_told_with_its_reason_or_that_there_is_none_yet(
    reason: str, told: str
) -> None:
    text = _section(MET, MISSED, reason=reason).text()
    assert f"Missed: book_ticket <x>. {told}" in text
    assert "Missed: sign_in" not in text


def test_the_chart_draws_ratios_only_and_is_well_formed() -> None:
    section = _section(MET, MISSED, TOSS_UP, MEMORY)
    assert section.drawn == [MET, MISSED, TOSS_UP]
    root = ET.fromstring(chart.chart(section.title, section.drawn))  # noqa: S314 - our own text
    kinds = [one.get("class") for one in root if one.get("class")]
    bars = [kind for kind in kinds if kind not in {"interval", "aim"}]
    assert (bars, len(kinds)) == (["bar", "missed", "missed unsure"], 9)


def test_a_section_that_is_measured_again_takes_the_place_of_its_own_figures_in_the_order(
    tmp_path: Path,
) -> None:
    (tmp_path / "pictures").mkdir()
    order = ("start_up", "size")
    document.write([_section(MEMORY, name="size")], order, tmp_path)
    document.write([_section(MISSED)], order, tmp_path)
    document.write([_section(MET)], order, tmp_path)
    kept = json.loads((tmp_path / "benchmarks.json").read_text("utf-8"))
    assert [(one["name"], one["figures"][0]["name"]) for one in kept] == [
        ("start_up", "sign_in"),
        ("size", "memory of sign_in"),
    ]
    text = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert "book_ticket" not in text
    assert "![Start-up](pictures/bench-start-up.svg)" in text
    assert [file.name for file in (tmp_path / "pictures").iterdir()] == ["bench-start-up.svg"]


def test_the_document_and_its_charts_are_what_is_written_of_the_figures_that_are_kept(
    tmp_path: Path,
) -> None:
    kept = document.DOCS / "benchmarks.json"
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    (tmp_path / "pictures").mkdir()
    document.write([], [one["name"] for one in json.loads(kept.read_text("utf-8"))], tmp_path)
    for file in ["benchmarks.json", "benchmarks.md", *_charts(tmp_path)]:
        assert (tmp_path / file).read_text("utf-8") == (document.DOCS / file).read_text("utf-8")
    assert _charts(tmp_path) == _charts(document.DOCS)


def _charts(docs: Path) -> list[str]:
    return sorted(f"pictures/{file.name}" for file in (docs / "pictures").glob("bench-*.svg"))
