"""How often something may be asked for, how long one waits, and who counts as one network."""

import ipaddress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, strategies as st

from shared import limits
from shared.limits import Limit, Window, by_client, network_of
from tests.unit.builders import MOSCOW, NOW

SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=length) for length in (1, 60, 3600, 86400))


def _within(limit: Limit) -> list[tuple[int, timedelta]]:
    return [(window.most, window.period) for window in limit.windows]


@pytest.mark.parametrize(
    "limit, operation, within",
    [
        (limits.REGISTRATION, "registration", [(10, HOUR)]),
        (limits.RESEND, "resend", [(1, MINUTE), (3, 6 * HOUR)]),
        (limits.RESET, "reset", [(1, MINUTE), (3, 6 * HOUR)]),
        (limits.SIGN_IN, "sign-in", [(5, MINUTE), (30, HOUR)]),
        (limits.PASSWORD, "password", [(5, 15 * MINUTE), (20, DAY)]),
        (limits.NEW_ADDRESS, "new-address", [(5, DAY)]),
        (limits.FAMILY, "family", [(5, DAY)]),
    ],
    ids=lambda value: value.operation if isinstance(value, Limit) else "",
)
def test_each_limit_is_as_documented(
    limit: Limit, operation: str, within: list[tuple[int, timedelta]]
) -> None:
    assert (limit.operation, _within(limit)) == (operation, within)


def test_no_two_operations_share_a_counter() -> None:
    named = [found for found in vars(limits).values() if isinstance(found, Limit)]
    operations = [limit.operation for limit in named]
    operations += [limits.CONFIRMATION, limits.NEW_PASSWORD]
    counters = [*operations, *(by_client(one, 1).operation for one in operations)]
    assert len(set(counters)) == len(counters) == 20


def test_one_network_has_as_many_tries_an_hour_as_the_template_says() -> None:
    assert by_client("sign-in", 120) == Limit("sign-in-client", (Window(120, HOUR),))


# ------------------------------------------------------------------------- windows


@pytest.mark.parametrize(
    "period, now, start, wait",
    [
        (MINUTE, "2026-11-29T09:00:00Z", "2026-11-29T09:00:00Z", 60),
        (MINUTE, "2026-11-29T09:00:01Z", "2026-11-29T09:00:00Z", 59),
        (MINUTE, "2026-11-29T09:00:59Z", "2026-11-29T09:00:00Z", 1),
        (MINUTE, "2026-11-29T09:01:00Z", "2026-11-29T09:01:00Z", 60),
        (HOUR, "2026-11-29T09:59:59Z", "2026-11-29T09:00:00Z", 1),
        (15 * MINUTE, "2026-11-29T09:44:00Z", "2026-11-29T09:30:00Z", 60),
        (6 * HOUR, "2026-11-29T17:59:00Z", "2026-11-29T12:00:00Z", 60),
        (DAY, "2026-11-29T23:59:59Z", "2026-11-29T00:00:00Z", 1),
        (DAY, "2026-12-31T12:00:00Z", "2026-12-31T00:00:00Z", 43200),
    ],
)
def test_a_period_begins_at_a_whole_multiple_of_its_length_and_ends_after_it(
    period: timedelta, now: str, start: str, wait: int
) -> None:
    window, moment = Window(1, period), datetime.fromisoformat(now)
    assert window.start(moment) == datetime.fromisoformat(start)
    assert window.start(moment).tzinfo is UTC
    assert window.wait(moment) == wait


def test_a_period_is_the_same_whatever_the_clocks_zone() -> None:
    window = Window(1, DAY)
    assert window.start(NOW.astimezone(MOSCOW)) == window.start(NOW)
    assert window.wait(NOW.astimezone(MOSCOW)) == window.wait(NOW)


_moments = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))
_periods = st.sampled_from([MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY])


@given(_moments, _periods)
def test_who_waits_as_long_as_told_comes_into_the_next_period_and_no_second_later(
    now: datetime, period: timedelta
) -> None:
    window = Window(1, period)
    wait = window.wait(now)
    assert 1 <= wait <= period.total_seconds()
    assert window.start(now) <= now < window.start(now) + period
    assert window.start(now + timedelta(seconds=wait)) == window.start(now) + period
    assert window.start(now + timedelta(seconds=wait - 1)) == window.start(now)


# ------------------------------------------------------------------------- networks


@pytest.mark.parametrize(
    "address, network",
    [
        ("192.0.2.17", "192.0.2.17"),
        ("192.0.2.18", "192.0.2.18"),
        ("2001:db8::1", "2001:0db8:0000:0000"),
        ("2001:db8::ffff:ffff:ffff:ffff", "2001:0db8:0000:0000"),
        ("2001:DB8:0:0:1::", "2001:0db8:0000:0000"),
        ("2001:db8:0:1::1", "2001:0db8:0000:0001"),
        ("::1", "0000:0000:0000:0000"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("::ffff:192.0.2.17", "192.0.2.17"),
        ("::FFFF:c000:211", "192.0.2.17"),
    ],
)
def test_a_network_is_one_ipv4_address_or_64_bits_of_an_ipv6_one(
    address: str, network: str
) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    "address",
    [
        "",
        "unknown",
        "192.0.2",
        "192.0.2.256",
        "192.0.2.017",
        "192.0.2.17:443",
        "192.0.2.17, 198.51.100.1",
        " 192.0.2.17",
        "192.0.2.17\n",
        "2001:db8::g",
        "1:2:3:4:5:6:7:8:9",
        "3221225985",
        "١٩٢.0.2.17",
        "адрес",
    ],
)
def test_whatever_is_no_address_is_one_network_together(address: str) -> None:
    assert network_of(address) == "unknown"


@given(st.text())
def test_no_text_fails(text: str) -> None:
    assert network_of(text)


@given(st.ip_addresses(v=6), st.ip_addresses(v=6))
@example(ipaddress.IPv6Address("2001:db8::1"), ipaddress.IPv6Address("2001:db8::2"))
@example(ipaddress.IPv6Address("2001:db8::"), ipaddress.IPv6Address("2001:db8:0:1::"))
def test_two_ipv6_addresses_are_one_network_where_their_first_64_bits_are(
    one: ipaddress.IPv6Address, other: ipaddress.IPv6Address
) -> None:
    together = int(one) >> 64 == int(other) >> 64
    mapped = one.ipv4_mapped or other.ipv4_mapped
    assert mapped or (network_of(str(one)) == network_of(str(other))) is together


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_network_written_as_an_ipv6_one(
    address: ipaddress.IPv4Address,
) -> None:
    assert network_of(f"::ffff:{address}") == network_of(str(address)) == str(address)
