"""What the portal costs by docs/costs.md: its prices and assumptions times the units of table.md.

Every function returns the rows of one of the document's tables, as they must stand there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.contract import documents
from tests.contract.documents import Row
from tests.contract.metrics import counted, filtered
from tests.contract.template import gigabytes_of, resources

DOCUMENT = "docs/costs.md"
_MILLION = 1_000_000
_BOOKINGS = 1_000

_OVER_HTTP = {"API", "API, password"}
_MILLISECONDS = {
    "API": "milliseconds of a call",
    "API, password": "milliseconds of a call that hashes a password",
    "stream": "milliseconds of a call",
}
"""By who calls. What a schedule calls does much in one call: a single one is nothing."""
_THE_SAME = "the same call"


@dataclass(frozen=True)
class Deed:
    """An operation of table.md, how often it is done, by which function, and who calls it."""

    operation: str
    times: float
    function: str
    called_by: str

    @property
    def read_units(self) -> float:
        """What all the times read."""
        return self.times * float(_units()[self.operation]["Read units"])

    @property
    def write_units(self) -> float:
        """What all the times write."""
        return self.times * float(_units()[self.operation]["Write units"])

    @property
    def mails(self) -> float:
        """How many mails go; a mail that calls for one is another operation."""
        return self.times if self.operation.startswith("mail ") else 0

    @property
    def cost_of_calls(self) -> float:
        """What all the function's calls cost, where each time is one that counts."""
        if self.called_by not in _MILLISECONDS:
            return 0
        seconds = _assumed(_MILLISECONDS[self.called_by]) / 1000
        memory = seconds * gigabytes_of(self.function) * _price("GB-second of a function, arm64")
        return self.times * (_price("call of a function") + memory)

    def row(self) -> Row:
        """Return the operation as the document has it."""
        return {
            "Operation": self.operation,
            "Times": _number(self.times),
            "Function": f"`{self.function}`",
            "Called by": self.called_by,
            "Read units": _number(self.read_units),
            "Write units": _number(self.write_units),
        }


def _units() -> dict[str, Row]:
    rows = documents.table("docs/table.md", "What an operation costs")
    return {row["Operation"]: row for row in rows}


def _price(name: str) -> float:
    """Return the price of one."""
    (row,) = (row for row in documents.table(DOCUMENT, "Prices") if row["Price"] == name)
    return float(row["USD"]) / (_MILLION if row["For"] == "a million" else 1)


def _assumed(name: str) -> float:
    rows = documents.table(DOCUMENT, "Assumptions")
    (row,) = (row for row in rows if row["Assumption"] == name)
    return float(row["Value"].replace(",", ""))


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _usd(value: float) -> str:
    return f"{value:,.2f}"


# ------------------------------------------------------------------------- a booking


def of_a_booking() -> list[Deed]:
    """Return what is done for one booking, how often and by whom, as the document lists it."""
    rows = documents.table(DOCUMENT, "A booking")
    return [
        Deed(row["Operation"], float(row["Times"]), row["Function"].strip("`"), row["Called by"])
        for row in rows[:-1]
    ]


def table_of_a_booking() -> list[Row]:
    """Return what is done for one booking, and the sums."""
    return _table(of_a_booking())


def of_a_thousand_bookings() -> list[Row]:
    """Return what a thousand bookings cost, service by service."""
    return _table_of_costs(dict(_services(of_a_booking(), _BOOKINGS)))


def _table(deeds: list[Deed]) -> list[Row]:
    sums = Row(
        {
            "Operation": "**in all**",
            "Times": "",
            "Function": "",
            "Called by": "",
            "Read units": _number(sum(one.read_units for one in deeds)),
            "Write units": _number(sum(one.write_units for one in deeds)),
        }
    )
    return [*(one.row() for one in deeds), sums]


def _table_of_costs(costs: dict[str, float]) -> list[Row]:
    """Return the costs and their sum; the sum is that of the exact values."""
    told = {**costs, "**in all**": sum(costs.values())}
    return [{"For": name, "USD": _usd(cost)} for name, cost in told.items()]


def _services(deeds: list[Deed], often: float) -> Iterator[tuple[str, float]]:
    """Yield what each service costs for these deeds, done so often."""
    calls = [one for one in deeds if one.called_by in _MILLISECONDS]
    requests = sum(one.times for one in deeds if one.called_by in _OVER_HTTP)
    reads, writes = sum(one.read_units for one in deeds), sum(one.write_units for one in deeds)
    yield "table", often * (reads * _price("read unit") + writes * _price("write unit"))
    yield "functions", often * sum(one.cost_of_calls for one in deeds)
    yield "API and distribution", often * requests * _request()
    yield "mails", often * sum(one.mails for one in deeds) * _price("mail")
    logged = sum(one.times for one in calls) * _assumed("bytes of log for a call") / 1e9
    yield "logs", often * logged * _price("GB of log")


def _request() -> float:
    """Return the price of one request, with its share of the pages that a visit loads."""
    files = _assumed("files of the site for a request") * _price("request to the distribution")
    gigabytes = _assumed("bytes of pages and answers for a request") / 1e9
    own = _price("request to the API") + _price("request to the distribution")
    return own + files + gigabytes * _price("GB from the distribution")


# ------------------------------------------------------------------ a clinic's month


def bookings_of_a_month() -> float:
    """Return how many tickets are published in a month, which all are taken."""
    a_day = _assumed("adult districts") * _assumed("tickets a day of an adult district")
    a_day += _assumed("child districts") * _assumed("tickets a day of a child district")
    return a_day * _assumed("working days")


def beside_the_bookings() -> list[Deed]:
    """Return what a clinic does in a month besides."""
    return [*_by_the_clock(), *_with_tickets(), *_with_the_register()]


def _by_the_clock() -> Iterator[Deed]:
    districts, days, worked = _districts(), _assumed("days"), _assumed("working days")
    nothing, each = "release with nothing to do", days * districts
    yield Deed(nothing, days, "release_slots", "schedule")
    yield Deed(f"{nothing}, for each district", each, "release_slots", "schedule")
    yield Deed("remind, for each district", each, "send_reminders", "schedule")
    yield Deed("warn of due profiles, the first", worked, "chase_confirmations", "schedule")
    yield Deed("mail to the registry", worked, "send_mail", "stream")


def _with_tickets() -> Iterator[Deed]:
    """Yield the desk's looks at whole days, and what it does with the tickets that stand there."""
    worked, booked = _assumed("working days"), bookings_of_a_month()
    clerks = _assumed("clerks") * worked
    looks = clerks * _assumed("looks at the day of a clerk a day")
    given = booked * _assumed("tickets that the desk gives for one that is booked")
    tickets = booked + given
    seen, further = looks * tickets / worked, looks * (_districts() - 1)
    beyond = "give a ticket beyond the cap, adult district"
    yield Deed("sign in at the desk", clerks, "desk_sign_in", "API, password")
    yield Deed("list a day, one district without tickets", looks, "list_day", "API")
    yield Deed("list a day, for each further district", further, "list_day", _THE_SAME)
    yield Deed("list a day, the first ticket", seen, "list_day", _THE_SAME)
    yield Deed("note an outcome", tickets, "note_outcome", "API")
    yield Deed("find a patient by name, one account", given, "search_patients", "API")
    yield Deed(beyond, given, "give_ticket", "API")
    yield Deed("keep a replaced ticket", given, "archive_tickets", "stream")
    yield Deed("mail about a ticket", given * 2, "send_mail", "stream")
    yield Deed("remind, for each ticket", given, "send_reminders", "schedule")


def _with_the_register() -> Iterator[Deed]:
    lines, consents = _assumed("new lines of the register"), _assumed("consents")
    line = "import, for each further new line of twenty"
    yield Deed(line, lines, "import_patients", _THE_SAME)
    yield Deed("record a consent", consents, "record_consent", "API")
    yield Deed("confirm a profile", consents, "confirm_profile", "API")
    yield Deed("send a document", consents, "send_document", "API")
    yield Deed("mail with a document", consents, "send_mail", "stream")


def _districts() -> float:
    return _assumed("adult districts") + _assumed("child districts")


def table_of_a_month() -> list[Row]:
    """Return what is done besides, and the sums."""
    return _table(beside_the_bookings())


def of_a_month() -> list[Row]:
    """Return what a clinic's month costs: what is done, and what stands."""
    bookings = sum(cost for _, cost in _services(of_a_booking(), bookings_of_a_month()))
    besides = sum(cost for _, cost in _services(beside_the_bookings(), 1))
    return _table_of_costs({"bookings": bookings, "besides": besides, **dict(_standing())})


def _standing() -> Iterator[tuple[str, float]]:
    """Yield what costs by standing in the template."""
    kinds = [one["Type"] for one in resources().values()]
    yield "key", kinds.count("AWS::KMS::Key") * _price("key")
    yield "secrets", kinds.count("AWS::SecretsManager::Secret") * _price("secret")
    yield "metrics of our own", len(counted() | filtered()) * _price("metric of our own")
    yield "alarms", sum(_metrics_of_alarms()) * _price("metric of an alarm")
    yield "dashboard", kinds.count("AWS::CloudWatch::Dashboard") * _price("dashboard")
    stored = _assumed("GB in the table")
    yield "data", stored * (_price("GB in the table") + _price("GB of its past"))


def _metrics_of_alarms() -> Iterable[int]:
    """Return how many metrics each alarm looks at."""
    for one in resources().values():
        if one["Type"] == "AWS::CloudWatch::Alarm":
            metrics = one["Properties"].get("Metrics", [one])
            yield sum("Expression" not in metric for metric in metrics)
