"""The stream may tell anything twice and in any order: every mail goes once."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from local.stream import Record, _event_record
from shared.patients import Person
from tests.stack import portal
from tests.stack.portal import PASSWORD, SignedIn
from tests.stack.running import RunningStack

SENDER = "SendMailFunction"
CONFIRMATION = "Подтвердите адрес электронной почты"
TAKEN, MOVED, CANCELLED = "Запись подтверждена", "Запись перенесена", "Запись отменена"
REMINDER, INVITATION, RESET = "Напоминание о записи", "Приглашение в состав семьи", "Новый пароль"
RELATIVE = Person("Образцова", "Старшая", None, portal.ADULT)
KINDS = ("PENDING#", "RESET", "MEMBER#", "PATIENT", "ACCOUNT")


class Stream:
    """What the table's stream tells from now on."""

    def __init__(self, stack: RunningStack) -> None:
        """Stand behind the last change."""
        self._client = stack.aws("dynamodbstreams")
        (stream,) = self._client.list_streams(TableName=stack.card.table_name)["Streams"]
        self._arn = stream["StreamArn"]
        (shard,) = self._client.describe_stream(StreamArn=self._arn)["StreamDescription"]["Shards"]
        self._place = self._client.get_shard_iterator(
            StreamArn=self._arn, ShardId=shard["ShardId"], ShardIteratorType="LATEST"
        )["ShardIterator"]

    def records(self) -> list[Record]:
        """Return what was told since, of the items that mails are about, as a function gets it."""
        return [one for one in self._read() if _sort_key(one).startswith(KINDS)]

    def _read(self) -> Iterator[Record]:
        while True:
            answer = self._client.get_records(ShardIterator=self._place, Limit=1000)
            self._place = answer["NextShardIterator"]
            if not answer["Records"]:
                return
            yield from (_event_record(record, self._arn) for record in answer["Records"])


def _sort_key(record: Record) -> str:
    return str(record["dynamodb"]["Keys"]["SK"]["S"])


def hand_over(stack: RunningStack, records: list[Record]) -> list[str]:
    """Hand records to the mail function; return the numbers of those that it wants again."""
    answer = stack.invoke(SENDER, {"Records": records})
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def mails_to(stack: RunningStack, *addresses: str) -> Counter[tuple[str, str]]:
    found = stack.api.get(stack.card.mail_url).json()
    return Counter((one["to"], one["subject"]) for one in found if one["to"] in addresses)


def live_through_all_mails(stack: RunningStack) -> tuple[SignedIn, SignedIn, str]:
    """Let each mail be called for once; return who asks, whom they invite, and a new address."""
    district, number = portal.new_district_without_hours(), portal.new_policy_number()
    who, asked = portal.new_signed_in(district), portal.new_signed_in(district, RELATIVE, number)
    email = f"first-{who.email}"
    form = portal.form_of(portal.new_policy_number(), portal.SOMEBODY)
    stack.ask("POST /api/registrations", form | {"email": email, "password": PASSWORD})
    stack.ask("POST /api/password-resets", {"email": who.email})
    stack.ask("POST /api/family", portal.form_of(number, RELATIVE), who.cookie)
    ticket_id = portal.take(stack, who, portal.publish(district, 1, 1)[0])
    later = portal.publish(district, 5, 1)[0]
    stack.mail(who.email, TAKEN)
    stack.invoke("SendRemindersFunction", {})
    stack.mail(who.email, REMINDER)
    address = f"/api/tickets/{ticket_id}"
    stack.ask(f"PUT {address}", {"slot_id": later.place.slot_id}, who.cookie)
    stack.ask(f"DELETE {address}", cookie=who.cookie)
    return who, asked, email


def test_changes_told_again_and_in_another_order_send_each_mail_once(stack: RunningStack) -> None:
    stream = Stream(stack)
    who, asked, email = live_through_all_mails(stack)
    records = stream.records()
    assert {"PENDING", "RESET", "MEMBER", "PATIENT"} <= {
        _sort_key(one).partition("#")[0] for one in records
    }

    # The stack itself delivers the last of them meanwhile.
    orders = [records[::-1], records * 2, random.sample(records, len(records))]
    portal.at_once(lambda order: hand_over(stack, order), orders, len(orders))

    subjects = (TAKEN, MOVED, CANCELLED, REMINDER, RESET)
    for subject in subjects:
        stack.mail(who.email, subject)
    stack.mail(asked.email, INVITATION)
    stack.mail(email, CONFIRMATION)
    assert hand_over(stack, records[::-1] * 2) == []
    assert mails_to(stack, who.email, asked.email, email) == Counter(
        [(who.email, subject) for subject in subjects]
        + [(asked.email, INVITATION), (email, CONFIRMATION)]
    )


def test_changes_that_come_in_a_wrong_order_at_first_send_each_mail_once(
    stack: RunningStack,
) -> None:
    """The stream never tells them so: the records are of another ticket that nobody has seen."""
    stream = Stream(stack)
    who, asked, email = live_through_all_mails(stack)
    stack.mail(who.email, CANCELLED)
    stack.mail(asked.email, INVITATION)
    stack.mail(email, CONFIRMATION)
    before = mails_to(stack, who.email, asked.email, email)
    strange = [_made_strange(one) for one in stream.records()]

    wanted_again = hand_over(stack, [*strange[::-1], *strange])

    assert wanted_again == []
    told = mails_to(stack, who.email, asked.email, email) - before
    # A reminder of a ticket that does not stand is not sent.
    assert told == Counter(
        [(who.email, subject) for subject in (TAKEN, MOVED, CANCELLED, RESET)]
        + [(asked.email, INVITATION), (email, CONFIRMATION)]
    )


def _made_strange(record: Record) -> Record:
    """Return a record with another ticket, registration, reset or invitation in the same place."""
    told: dict[str, Any] = json.loads(json.dumps(record))
    for image in ("OldImage", "NewImage"):
        item = told["dynamodb"].get(image, {})
        for part in (item, item.get("ticket", {}).get("M", {})):
            for name in {"ticket_id", "reset_id", "invitation_id"} & part.keys():
                part[name]["S"] = _turned(part[name]["S"])
    for part in (told["dynamodb"]["Keys"], told["dynamodb"].get("NewImage", {})):
        if part.get("SK", {}).get("S", "").startswith("PENDING#"):
            part["SK"]["S"] = f"PENDING#{_turned(part['SK']['S'].removeprefix('PENDING#'))}"
    return told


def _turned(name: str) -> str:
    """Return another id, of the same patient where it is a ticket's."""
    owner, point, drawn = name.rpartition(".")
    return f"{owner}{point}{drawn[::-1]}"
