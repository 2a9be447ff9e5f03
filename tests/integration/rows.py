"""The table past the portal's code: what stands in it, and what a test puts there by hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from moto.core.utils import get_service_model

from shared import keys
from shared.keys import Key

Item = dict[str, Any]

_read = TypeDeserializer().deserialize
_write = TypeSerializer().serialize


def _key_of(key: Key) -> dict[str, Any]:
    return {"PK": {"S": key.pk}, "SK": {"S": key.sk}}


def pass_values_on() -> None:
    """Let moto pass attributes' values on as they are written; to be called before it serves.

    It looks for each of their ten members under several spellings otherwise, which is a seventh of
    all that the handlers' tests do.
    """
    model: Any = get_service_model("dynamodb")
    model._service_description["shapes"]["AttributeValue"]["document"] = True


def _is_counter(key: Key) -> bool:
    return keys.kind(key.sk) == "WINDOW"


class Rows:
    """The portal's table, through a client that nobody listens to."""

    def __init__(self, client: Any, table_name: str, schema: Mapping[str, Any]) -> None:  # noqa: ANN401
        """Remember whose table it is, and how it is made."""
        self._client = client
        self._name = table_name
        self._schema = schema

    def make(self) -> None:
        """Make the table, empty."""
        self._client.create_table(TableName=self._name, **self._schema)

    def drop(self) -> None:
        """Remove the table with all that is in it."""
        self._client.delete_table(TableName=self._name)

    def images(self) -> dict[Key, Item]:
        """Return every item as DynamoDB writes it, by key."""
        found = self._client.scan(TableName=self._name, ConsistentRead=True)["Items"]
        by_key = {Key(item["PK"]["S"], item["SK"]["S"]): item for item in found}
        return dict(sorted(by_key.items()))

    def everything(self) -> dict[Key, Item]:
        """Return every item as plain values without its key, by key: the whole table."""
        return {
            key: {name: _read(value) for name, value in image.items() if name not in {"PK", "SK"}}
            for key, image in self.images().items()
        }

    def lasting(self) -> dict[Key, Item]:
        """Return the table but for the counters of limits, which any try leaves behind."""
        return {key: item for key, item in self.everything().items() if not _is_counter(key)}

    def hits(self) -> dict[str, int]:
        """Return what the counters of limits say, by what is counted and the window's seconds.

        `sign-in.60` is the minute's counter of `LIMIT#sign-in#...`; windows and subjects of one
        name are added up.
        """
        found: dict[str, int] = {}
        for key, item in self.everything().items():
            if _is_counter(key):
                name = f"{key.pk.split('#')[1]}.{key.sk.split('#')[1]}"
                found[name] = found.get(name, 0) + int(item["hits"])
        return found

    @contextmanager
    def only_counted(self) -> Iterator[None]:
        """Demand that the block writes nothing but counters of limits."""
        before = self.lasting()
        yield
        assert self.lasting() == before

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Demand that the block writes nothing."""
        before = self.everything()
        yield
        assert self.everything() == before

    def fill(self, images: Mapping[Key, Mapping[str, Any]]) -> None:
        """Write items as `images` told them; DynamoDB takes 25 at once."""
        puts = [{"PutRequest": {"Item": image}} for image in images.values()]
        for first in range(0, len(puts), 25):
            self._client.batch_write_item(RequestItems={self._name: puts[first : first + 25]})

    def put(self, key: Key, item: Item) -> None:
        """Write an item past all conditions."""
        written = {name: _write(value) for name, value in item.items()}
        self._client.put_item(TableName=self._name, Item=_key_of(key) | written)

    def change(self, key: Key, **values: object) -> None:
        """Change some attributes of an item past all conditions."""
        self.put(key, self.everything()[key] | values)

    def remove(self, key: Key) -> None:
        """Remove an item."""
        self._client.delete_item(TableName=self._name, Key=_key_of(key))
