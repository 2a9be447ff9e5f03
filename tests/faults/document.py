"""docs/faults.md: every call of every operation, and what becomes of it under each fault."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from tests.contract import documents
from tests.faults.by_design import BY_DESIGN
from tests.faults.faults import NAMES, Name
from tests.faults.trials import Call, Tried, spans_of

PATH = "docs/faults.md"
TRIED, DESIGNED = "Every call", "What a repeated request finds"
_NAMED = ("Operation", "Function", "Call", "Request")
_NONE, _TO = "–", "–"
_KINDS = {
    "DOCUMENT": "a promised file",
    "PENDING": "a mail's link",
    "RESEND": "a call for a mail",
    "SESSION": "a session",
    "mail": "a mail",
    "message": "a message",
}
_DESIGN = """\
Who repeats a request that had been carried out is mostly answered as the first time, or told 200
for 201. Not so here, and nowhere else. At the desk each request leaves its entry in the audit
trail, a repeated one another entry.
"""
_INTRODUCTION = """\
# Faults

What becomes of every request to DynamoDB, SES, S3, SQS and Secrets Manager that the portal makes,
where AWS fails. Each operation is run as [the table's costs](table.md#what-an-operation-costs)
reckon with it, on the local stack's emulator, with one layer beneath all of AWS's clients. The
layer lets one fault befall one request; then whoever asked asks again, as a page, a schedule, a
stream or a queue does, until there is an answer. What was handed out to the queue is then read,
message by message. In the end all that stands is compared with what one run without a fault leaves:
tickets, accounts, slots, mails, messages, files. Nothing may be missing, nothing may be there twice
but [by design](#what-a-repeated-request-finds), and what was acknowledged must be there.

`make faults` writes this document, and a test fails where it is not what is seen.

| Fault | What happens |
|---|---|
| conflict | a transaction holds the item: DynamoDB refuses the write, and does nothing |
| throttle | the service is asked too often, refuses, and does nothing |
| error | the service answers with a status of 500, and has done nothing |
| request lost | no answer comes in time, and nothing was done |
| answer lost | no answer comes in time, and all was done |
| killed | all was done, and the function ends there: its time ran out, or its machine went |

A cell tells what comes of a fault of **one try** of the request, which AWS's client may repeat by
itself, and of the same fault of **all that is asked from there on** until the operation ends. A
lost answer stands between them for **every try** of this request alone: what is asked next finds
out what was done. «–» cannot be. A batch of which SQS takes but a part has no column:
`tests/faults/test_handed_out.py` tries it.

| Sign | What is answered |
|---|---|
| ✓ | as without a fault: nobody notices |
| ↻ | `try_again`, a failed run, or nothing; asked again, as without a fault |
| ↻… | the same after a wait: a limit's minute, or the lease of a mail that may be under way |
| 200 | this status instead, as the operation finds itself done |
| + | done twice, as [designed](#what-a-repeated-request-finds) |
"""


Seen = Mapping[str, Tried]
"""By operation."""


def text_of(seen: Seen) -> str:
    """Return the whole document."""
    lines = [_INTRODUCTION, f"## {TRIED}\n", *_head(*_NAMED, *NAMES)]
    for operation, tried in seen.items():
        lines += [_line(operation, f"`{tried.function}`", *row) for row in _rows(tried.calls)]
    lines += [f"\n## {DESIGNED}\n", _DESIGN, *_head("Function", "Answer", "Twice", "Why")]
    for function, design in BY_DESIGN.items():
        answers, twice = ", ".join(sorted(design.answers)), _KINDS.get(design.twice or "", "")
        lines.append(_line(f"`{function}`", answers, twice, design.why))
    return "\n".join(lines) + "\n"


def read() -> Seen:
    """Return what the document says."""
    found: dict[str, Tried] = {}
    for row in documents.table(PATH, TRIED):
        cells = {name: row[name].split() for name in NAMES if row[name] != _NONE}
        marks = {
            (name, span): mark
            for name, told in cells.items()
            for span, mark in zip(spans_of(name), told, strict=True)
        }
        first, _, last = row["Call"].partition(_TO)
        times = int(last or first) - int(first) + 1
        (function,) = documents.code(row["Function"])
        before = found.get(row["Operation"], Tried(function, ()))
        calls = (*before.calls, *[Call(row["Request"], marks)] * times)
        found[row["Operation"]] = Tried(before.function, calls)
    return found


def _head(*names: str) -> list[str]:
    return [_line(*names), "|---" * len(names) + "|"]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _rows(calls: Sequence[Call]) -> Iterator[list[str]]:
    """Put calls that follow each other into one row where nothing tells them apart."""
    number = 0
    for call, alike in groupby(calls):
        first, number = number + 1, number + len(list(alike))
        yield [_range(first, number), call.request, *(_cell(call, name) for name in NAMES)]


def _range(first: int, last: int) -> str:
    return f"{first}{_TO}{last}" if last > first else str(first)


def _cell(call: Call, name: Name) -> str:
    told = [call.marks[name, span] for span in spans_of(name) if (name, span) in call.marks]
    return " ".join(told) or _NONE
