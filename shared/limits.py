"""Limits: how often an operation may be asked for, and how long to wait where it was too often.

Whatever a stranger could use up is counted for the address or account *and* the network that asks,
so nobody can lock somebody else out: from another network the owner is served as before.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address


@dataclass(frozen=True)
class Window:
    """So many times within one period; periods begin at whole multiples of their length."""

    most: int
    period: timedelta

    def start(self, now: datetime) -> datetime:
        """Return when the period that holds this moment began."""
        seconds = int(self.period.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)

    def wait(self, now: datetime) -> int:
        """Return the seconds until the next period begins."""
        return int((self.start(now) + self.period - now).total_seconds())


@dataclass(frozen=True)
class Limit:
    """What is counted, and in which periods; the shorter ones stand first."""

    operation: str
    windows: tuple[Window, ...]


_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

REGISTRATION = Limit("registration", (Window(10, _HOUR),))
"""Registrations of one address from one network."""

_MAILS = (Window(1, _MINUTE), Window(3, timedelta(hours=6)))
RESEND = Limit("resend", _MAILS)
RESET = Limit("reset", _MAILS)
"""Mails that one network asks for to one address."""

CONFIRMATION = "confirmation"
NEW_PASSWORD = "new-password"  # noqa: S105 - the name of an operation
"""Operations of mailed links: the tokens cannot be guessed, and only the network is counted."""

SIGN_IN = Limit("sign-in", (Window(5, _MINUTE), Window(30, _HOUR)))
"""Wrong passwords for one address from one network; the wait grows from a minute to an hour."""

DESK_SIGN_IN = Limit("desk-sign-in", SIGN_IN.windows)
"""Wrong passwords and codes for one login of the desk from one network."""

PASSWORD = Limit("password", (Window(5, timedelta(minutes=15)), Window(20, _DAY)))
"""Wrong passwords within one account's own session."""

NEW_ADDRESS = Limit("new-address", (Window(5, _DAY),))
"""Mails to new addresses that one account asks for."""

FAMILY = Limit("family", (Window(5, _DAY),))
"""Tries to add a relative, of one address and of one holder whom the register confirms: it is not
to be guessed at (R5), and an account that is erased and opened again has no new tries."""


def by_client(operation: str, most_per_hour: int) -> Limit:
    """Return the limit of one network for one operation; the template says how much."""
    return Limit(f"{operation}-client", (Window(most_per_hour, _HOUR),))


def network_of(address: str) -> str:
    """Return the network that a client's address stands for: one IPv4, or an IPv6 /64.

    Whatever is no address is one network of its own.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        network = parsed.packed[:8].hex(":", 2)
        return network if parsed.ipv4_mapped is None else str(parsed.ipv4_mapped)
    return str(parsed)
