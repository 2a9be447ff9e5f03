"""The table's modules talk to a client that answers from a script, and never truly sleep."""

import pytest

from shared.table import store
from tests.unhurried import Unhurried
from tests.unit.table.fake_client import FakeClient


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeClient:
    """Put a scripted client in the place of DynamoDB's."""
    scripted = FakeClient()
    monkeypatch.setattr(store, "client", lambda: scripted)
    monkeypatch.setattr(store, "time", Unhurried(scripted.slept.append))
    return scripted
