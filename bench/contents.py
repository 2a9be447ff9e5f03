"""Tables of many sizes that hold the same few people, within the emulator of this process.

The others are made of those few: the same items under other keys. They are put where the emulator
keeps its items, past AWS's interface, as a million requests would take too long.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from importlib import import_module
from itertools import cycle, islice
from typing import Any

from shared import keys
from shared.keys import Key

Image = Mapping[str, Any]

MIX = {
    "PATIENT": 1,
    "ACCOUNT": 1,
    "MEMBER": 1,
    "SESSION": 1,
    "OWNER": 1,
    "TICKET": 2,
    "SLOT": 2,
    "ENTRY": 1,
}
"""How many of ten items are of each kind."""


def by_kind(models: Mapping[Key, Image]) -> dict[str, Image]:
    """Return the first item of each kind."""
    found: dict[str, Image] = {}
    for key, image in models.items():
        found.setdefault(keys.kind(key.sk), image)
    return found


def others(models: Mapping[Key, Image]) -> Iterator[Image]:
    """Yield items of the usual mix without end, ten for each person, each person apart."""
    found = by_kind(models)
    mix = [(found[kind], place) for kind, many in MIX.items() for place in range(many)]
    for number, (model, place) in enumerate(cycle(mix)):
        whose = f"{model['PK']['S']}.{number // len(mix)}"
        listed = {name: {"S": whose} for name in ("name_key", "due_list") if name in model}
        sort_key = model["SK"]["S"] + "." * place
        yield {**model, "PK": {"S": whose}, "SK": {"S": sort_key}, **listed}


class Contents:
    """What the emulator's table may hold: one content for each size."""

    def __init__(self, table_name: str, models: Mapping[Key, Image]) -> None:
        """Begin with the table as it is, which holds the models."""
        self._emulator = vars(import_module("ministack.services.dynamodb"))
        self._name = table_name
        self._models = models
        self.kinds = by_kind(models)
        """The models by their kind."""
        self._first = self._emulator["_tables"][table_name]

    def grown(self, size: int) -> Any:  # noqa: ANN401 - the emulator's own kind of table
        """Return a table of so many items: those that stand, and others."""
        items = defaultdict(dict, deepcopy(dict(self._first["items"])))
        found = sum(map(len, items.values()))
        table = {**self._first, "items": items}
        self.add(table, islice(others(self._models), size - found))
        return table

    def add(self, table: Any, images: Iterable[Image]) -> None:  # noqa: ANN401 - as above
        """Put more items in a table."""
        for image in images:
            table["items"][image["PK"]["S"]][image["SK"]["S"]] = image
        self._emulator["_items_replaced"](table)

    def use(self, table: Any) -> None:  # noqa: ANN401 - as above
        """Let the emulator work on this table."""
        self._emulator["_tables"][self._name] = table
