"""Every working day: what is due by the next working day is counted, and the desk warned once."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from functions.chase_confirmations import app
from shared import keys
from shared.errors import TryAgain
from tests.integration.clinic import (
    ANNA,
    BORIS,
    Citizen,
    SignedIn,
    attach,
    open_account,
)
from tests.integration.conftest import Clock
from tests.integration.desk import open_desk
from tests.integration.desk_profiles import chase, confirm, record, withdraw
from tests.integration.family_people import GALINA, Meanwhile, set_clock
from tests.integration.rows import Rows
from tests.integration.sent_mails import deliver, send
from tests.integration.stream import Stream
from tests.integration.wire import Wire, operations, refused, timed_out

THURSDAY = (2026, 11, 26, 5)
"""The day on which the profiles of the tests' Monday are due, at eight."""


@pytest.fixture(autouse=True)
def metrics_have_a_namespace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the metrics go where the environment says, whoever imported the function first."""
    monkeypatch.setattr(app.metrics.provider, "namespace", "PatientAccount")


@pytest.fixture
def waiting(anna: SignedIn) -> SignedIn:
    """Let Anna's profile wait since Monday; it is due on Thursday."""
    record(open_desk(), anna.patient_id)
    return anna


def wait(clock: Clock, citizen: Citizen, *moment: int) -> SignedIn:
    """Let somebody else's paper be brought at a moment."""
    attach(citizen)
    who = open_account(citizen)
    set_clock(clock, *moment)
    assert record(open_desk(), who.patient_id, citizen.email).status == 201
    return who


def told(rows: Rows) -> dict[str, dict[str, Any]]:
    """Return what the desk was told, by day."""
    return {key.sk: row for key, row in rows.everything().items() if key.sk.startswith("CHASE#")}


def counted(said: str) -> Iterator[dict[str, Any]]:
    """Yield what the metrics say."""
    for line in said.splitlines():
        found = json.loads(line)
        if "_aws" in found:
            yield found


# --------------------------------------------------------------------------- which day


@pytest.mark.parametrize(
    "moment, expected",
    [
        pytest.param((2026, 11, 24, 5), {"due": 0, "overdue": 0}, id="two days before"),
        pytest.param((2026, 11, 25, 5), {"due": 1, "overdue": 0}, id="the day before"),
        pytest.param(THURSDAY, {"due": 1, "overdue": 0}, id="the due day"),
        pytest.param((2026, 11, 26, 20, 59, 59), {"due": 1, "overdue": 0}, id="up to midnight"),
        pytest.param((2026, 11, 26, 21), {"due": 1, "overdue": 1}, id="the clinic's day after"),
        pytest.param((2026, 12, 14, 5), {"due": 1, "overdue": 1}, id="long after"),
    ],
)
@pytest.mark.usefixtures("waiting")
def test_a_profile_is_counted_from_the_working_day_before_its_due_day(
    clock: Clock, rows: Rows, moment: tuple[int, ...], expected: dict[str, int]
) -> None:
    set_clock(clock, *moment)
    assert chase() == expected
    assert len(told(rows)) == expected["due"]


@pytest.mark.parametrize(
    "brought, fridays, expected",
    [
        pytest.param((2026, 11, 25, 5), (2026, 11, 27, 5), 1, id="due on Monday"),
        pytest.param((2026, 11, 26, 5), (2026, 11, 27, 5), 0, id="due on Tuesday"),
        pytest.param((2026, 12, 28, 5), (2026, 12, 30, 5), 1, id="due after the New Year"),
    ],
)
def test_the_next_working_day_is_the_calendars(
    clock: Clock, brought: tuple[int, ...], fridays: tuple[int, ...], expected: int
) -> None:
    set_clock(clock, *brought)
    wait(clock, BORIS, *brought)
    set_clock(clock, *fridays)
    assert chase() == {"due": expected, "overdue": 0}


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param((2026, 11, 28, 5), id="a Saturday"),
        pytest.param((2026, 11, 28, 21), id="a Sunday in the clinic"),
        pytest.param((2026, 12, 31, 5), id="a day off by decree"),
        pytest.param((2027, 1, 8, 5), id="the January holidays"),
    ],
)
@pytest.mark.usefixtures("waiting")
def test_on_a_day_off_nothing_is_looked_at_or_said(
    clock: Clock,
    rows: Rows,
    wire: Wire,
    capsys: pytest.CaptureFixture[str],
    moment: tuple[int, ...],
) -> None:
    set_clock(clock, *moment)
    capsys.readouterr()
    with rows.unchanged(), wire.listening() as heard:
        assert chase() == {}
    assert operations(heard) == []
    assert list(counted(capsys.readouterr().out)) == []


def test_a_saturday_that_is_worked_is_a_working_day(clock: Clock) -> None:
    set_clock(clock, 2027, 2, 17, 5)
    wait(clock, BORIS, 2027, 2, 17, 5)
    set_clock(clock, 2027, 2, 20, 5)
    assert chase() == {"due": 1, "overdue": 0}


@pytest.mark.usefixtures("waiting")
def test_another_clinics_zone_has_its_own_days(
    clock: Clock, parameters: Callable[..., None]
) -> None:
    set_clock(clock, 2026, 11, 26, 14)
    assert chase() == {"due": 1, "overdue": 0}
    parameters(CLINIC_TIME_ZONE="Asia/Vladivostok")
    assert chase() == {"due": 1, "overdue": 1}


# ------------------------------------------------------------------------ what is said


def test_what_is_due_is_written_down_for_the_day_without_a_name(
    waiting: SignedIn, clock: Clock, rows: Rows
) -> None:
    wait(clock, BORIS, 2026, 11, 24, 6)
    wait(clock, GALINA, 2026, 11, 26, 6)
    set_clock(clock, 2026, 11, 27, 5)
    before = rows.everything()
    assert chase() == {"due": 2, "overdue": 1}
    expires_at = int(clock.now.timestamp()) + 30 * 24 * 3600
    told_today = {
        "due": 2,
        "overdue": 1,
        "first_due_on": "2026-11-26",
        "expires_at": expires_at,
    }
    assert rows.everything() == before | {keys.Key("CLINIC", "CHASE#2026-11-27"): told_today}
    assert waiting.account_id not in str(told_today)


@pytest.mark.parametrize("is_due", [False, True])
def test_the_metrics_say_how_many_none_included(
    waiting: SignedIn, clock: Clock, capsys: pytest.CaptureFixture[str], *, is_due: bool
) -> None:
    if not is_due:
        confirm(open_desk(), waiting.account_id)
    set_clock(clock, 2026, 11, 27, 5)
    capsys.readouterr()
    chase()
    [metric] = counted(capsys.readouterr().out)
    [directive] = metric["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "PatientAccount"
    assert {one["Name"] for one in directive["Metrics"]} == {
        "ConfirmationsDue",
        "ConfirmationsOverdue",
    }
    expected = [float(is_due)]
    assert metric["ConfirmationsDue"] == metric["ConfirmationsOverdue"] == expected


@pytest.mark.usefixtures("anna")
def test_where_nothing_is_due_nobody_is_warned(rows: Rows) -> None:
    with rows.unchanged():
        assert chase() == {"due": 0, "overdue": 0}


def test_a_profile_that_waits_no_longer_is_not_counted(
    waiting: SignedIn, clock: Clock, rows: Rows
) -> None:
    boris = wait(clock, BORIS, 2026, 11, 23, 6)
    set_clock(clock, *THURSDAY)
    confirm(open_desk(), waiting.account_id)
    withdraw(open_desk(), boris.patient_id)
    with rows.unchanged():
        assert chase() == {"due": 0, "overdue": 0}


# ---------------------------------------------------------------------------- the mail


@pytest.mark.usefixtures("waiting")
def test_the_registry_gets_one_mail_a_day_with_counts_and_days_only(
    clock: Clock, rows: Rows, wire: Wire
) -> None:
    set_clock(clock, *THURSDAY)
    stream = Stream(rows)
    chase()
    chase()
    records = stream.records()
    [mail] = deliver(wire, *records, *records)
    assert (mail.to, mail.subject) == ("registry@portal.example", "Профили ждут подтверждения")
    assert mail.text == (
        "Здравствуйте!\n\n"
        "До конца следующего рабочего дня нужно подтвердить профилей: 1.\n\n"
        "Из них уже просрочено: 0.\n\n"
        "Самый ранний срок: 26.11.2026.\n\n"
        "Открыть портал:\nhttps://portal.example/\n\n"
        "Поликлиника № 7\nРегистратура: +7 (000) 000-00-00\n"
    )


@pytest.mark.usefixtures("waiting")
def test_the_next_day_the_registry_is_told_again(clock: Clock, rows: Rows, wire: Wire) -> None:
    stream = Stream(rows)
    sent = []
    for day in (26, 27):
        set_clock(clock, 2026, 11, day, 5)
        chase()
        sent += deliver(wire, *stream.records())
    assert [("просрочено: 1." in mail.text) for mail in sent] == [False, True]


@pytest.mark.usefixtures("waiting")
def test_a_later_run_of_the_day_says_the_metrics_anew_and_mails_nothing(
    clock: Clock, rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    set_clock(clock, *THURSDAY)
    chase()
    clock.move(hours=1)
    wait(clock, BORIS, 2026, 11, 26, 6)
    capsys.readouterr()
    with rows.unchanged():
        assert chase() == {"due": 1, "overdue": 0}
    assert len(list(counted(capsys.readouterr().out))) == 1


def test_an_old_warning_that_expires_is_not_mailed(
    waiting: SignedIn, clock: Clock, rows: Rows, wire: Wire
) -> None:
    set_clock(clock, *THURSDAY)
    chase()
    stream = Stream(rows)
    chased = keys.Key("CLINIC", "CHASE#2026-11-26")
    image = rows.images()[chased]
    rows.change(chased, due=2)
    rows.remove(chased)
    records = [*stream.records(), stream.record(chased, image, image)]
    assert deliver(wire, *records) == send(wire, *records) == []
    assert waiting.account_id not in str(records)


# -------------------------------------------------------------------- races and faults


@pytest.mark.usefixtures("waiting")
def test_a_run_at_the_same_time_warns_once(clock: Clock, rows: Rows, wire: Wire) -> None:
    set_clock(clock, *THURSDAY)
    faster = Meanwhile(rows, chase)
    wire.before("PutItem", faster)
    assert chase() == {"due": 1, "overdue": 0}
    assert rows.everything() == faster.table


def test_an_account_that_the_index_still_lists_is_counted_only_if_it_waits(
    waiting: SignedIn, clock: Clock, rows: Rows, wire: Wire
) -> None:
    set_clock(clock, *THURSDAY)
    faster = Meanwhile(rows, lambda: confirm(open_desk(), waiting.account_id))
    wire.before("BatchGetItem", faster)
    assert chase() == {"due": 0, "overdue": 0}
    assert rows.everything() == faster.table


def test_an_account_that_waits_anew_is_counted_by_its_new_day(
    waiting: SignedIn, clock: Clock, rows: Rows, wire: Wire
) -> None:
    set_clock(clock, *THURSDAY)
    account = keys.account(waiting.account_id)
    faster = Meanwhile(rows, lambda: rows.change(account, profile_due_on="2026-12-01"))
    wire.before("BatchGetItem", faster)
    assert chase() == {"due": 0, "overdue": 0}
    assert rows.everything() == faster.table


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("operation", ["Query", "BatchGetItem", "PutItem"])
def test_a_busy_store_ends_the_run_with_an_error_and_the_next_one_makes_it_good(
    clock: Clock, rows: Rows, wire: Wire, operation: str
) -> None:
    set_clock(clock, *THURSDAY)
    wire.before(operation, refused("ThrottlingException"))
    with rows.unchanged(), pytest.raises(TryAgain):
        chase()
    assert chase() == {"due": 1, "overdue": 0}
    assert len(told(rows)) == 1


@pytest.mark.usefixtures("waiting")
def test_a_warning_whose_answer_was_lost_is_not_given_twice(
    clock: Clock, rows: Rows, wire: Wire
) -> None:
    set_clock(clock, *THURSDAY)
    wire.after("PutItem", timed_out)
    with pytest.raises(TryAgain):
        chase()
    with rows.unchanged():
        assert chase() == {"due": 1, "overdue": 0}


@pytest.mark.usefixtures("waiting")
def test_a_run_is_two_reads_and_one_write(clock: Clock, wire: Wire) -> None:
    set_clock(clock, *THURSDAY)
    with wire.listening() as heard:
        chase()
    assert operations(heard) == ["Query", "BatchGetItem", "PutItem"]
    assert heard[0].body["IndexName"] == "DueIndex"


def test_a_queue_of_many_pages_is_counted_whole(
    waiting: SignedIn, clock: Clock, wire: Wire, log: list[dict[str, object]]
) -> None:
    boris = wait(clock, BORIS, 2026, 11, 23, 6)
    set_clock(clock, *THURSDAY)
    wire.pages_of(1)
    assert chase() == {"due": 2, "overdue": 0}
    [line] = [line for line in log if line["message"] == "chased"]
    assert (line["due"], line["overdue"]) == (2, 0)
    assert ANNA.email not in str(log)
    assert {waiting.account_id, boris.account_id} & set(map(str, line.values())) == set()
