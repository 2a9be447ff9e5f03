"""What the portal costs by docs/costs.md: its prices and assumptions times the units of table.md.

Every function returns the rows of one of the document's tables, as they must stand there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.contract import documents
from tests.contract.documents import Row
from tests.contract.metrics import counted, filtered
from tests.contract.template import resources

DOCUMENT = "docs/costs.md"
_MILLION = 1_000_000
_BOOKINGS = 1_000

_OVER_HTTP = {"API", "API, password"}
_MEMORY_GB = {"API": 0.5, "API, password": 1.0, "stream": 1.0}
_MILLISECONDS = {
    "API": "milliseconds of a call",
    "API, password": "milliseconds of a call that hashes a password",
    "stream": "milliseconds of a call",
}
"""By who calls. What a schedule calls does much in one call: a single one is nothing."""
_THE_SAME = "the same call"


@dataclass(frozen=True)
class Deed:
    """An operation of table.md, how often it is done, and who calls it."""

    operation: str
    times: float
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

    def row(self) -> Row:
        """Return the operation as the document has it."""
        return {
            "Operation": self.operation,
            "Times": _number(self.times),
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
    """Return what is done for one booking; only how often is taken from the document."""
    rows = documents.table(DOCUMENT, "A booking")
    return [Deed(row["Operation"], float(row["Times"]), row["Called by"]) for row in rows[:-1]]


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
    calls = [one for one in deeds if one.called_by in _MEMORY_GB]
    requests = sum(one.times for one in deeds if one.called_by in _OVER_HTTP)
    reads, writes = sum(one.read_units for one in deeds), sum(one.write_units for one in deeds)
    yield "table", often * (reads * _price("read unit") + writes * _price("write unit"))
    yield "functions", often * sum(one.times * _call(one.called_by) for one in calls)
    yield "API and distribution", often * requests * _request()
    yield "mails", often * sum(one.mails for one in deeds) * _price("mail")
    logged = sum(one.times for one in calls) * _assumed("bytes of log for a call") / 1e9
    yield "logs", often * logged * _price("GB of log")


def _call(called_by: str) -> float:
    """Return the price of one call of a function."""
    seconds = _assumed(_MILLISECONDS[called_by]) / 1000
    gigabyte_seconds = seconds * _MEMORY_GB[called_by]
    return _price("call of a function") + gigabyte_seconds * _price(
        "GB-second of a function, arm64"
    )


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
    districts = _assumed("adult districts") + _assumed("child districts")
    days, worked = _assumed("days"), _assumed("working days")
    clerks = _assumed("clerks") * worked
    looks = clerks * _assumed("looks at the day of a clerk a day")
    tickets = bookings_of_a_month()
    given = tickets * _assumed("tickets that the desk gives for one that is booked")
    lines = _assumed("new lines of the register")
    consents = _assumed("consents")
    return [
        Deed("release with nothing to do", days, "schedule"),
        Deed("release with nothing to do, for each district", days * districts, "schedule"),
        Deed("remind, for each district", days * districts, "schedule"),
        Deed("warn of due profiles, the first", worked, "schedule"),
        Deed("mail to the registry", worked, "stream"),
        Deed("sign in at the desk", clerks, "API, password"),
        Deed("list a day, one district without tickets", looks, "API"),
        Deed("list a day, for each further district", looks * (districts - 1), _THE_SAME),
        Deed("note an outcome", tickets, "API"),
        Deed("find a patient by name, one account", given, "API"),
        Deed("give a ticket beyond the cap, adult district", given, "API"),
        Deed("import, for each further new line of twenty", lines, _THE_SAME),
        Deed("record a consent", consents, "API"),
        Deed("confirm a profile", consents, "API"),
        Deed("send a document", consents, "API"),
        Deed("mail with a document", consents, "stream"),
    ]


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
