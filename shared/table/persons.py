"""How a person's data stand inside items."""

from datetime import date

from shared.patients import Person
from shared.table.store import Item


def to_item(person: Person) -> Item:
    """Write a person as a map."""
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": person.birth_date.isoformat(),
    }


def from_item(item: Item) -> Person:
    """Read a person back."""
    return Person(
        last_name=item["last_name"],
        first_name=item["first_name"],
        middle_name=item["middle_name"],
        birth_date=date.fromisoformat(item["birth_date"]),
    )
