"""Clients are made while Lambda imports a function, and nowhere else before they are wanted."""

from functools import cache, partial

import pytest

from shared import aws
from shared.aws import create_client, made_at_start


class Maker:
    """Makes numbered clients."""

    def __init__(self) -> None:
        """Begin with none."""
        self.made = 0

    def __call__(self) -> int:
        """Make the next one."""
        self.made += 1
        return self.made


@pytest.mark.parametrize("kind", ["on-demand", "provisioned-concurrency", "snap-start"])
def test_on_lambda_a_client_is_made_at_once_however_the_process_came_to_be(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
    maker = Maker()
    client = made_at_start(cache(maker))
    assert maker.made == 1
    assert [client(), client(), maker.made] == [1, 1, 1]


def test_elsewhere_a_client_waits_until_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_INITIALIZATION_TYPE", raising=False)
    maker = Maker()
    client = made_at_start(cache(maker))
    assert maker.made == 0
    assert [client(), client(), maker.made] == [1, 1, 1]


def test_all_clients_come_from_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    aws._session.cache_clear()
    ask = partial(create_client, tries=2, connect_timeout=1, read_timeout=2)
    services = [ask(name) for name in ("dynamodb", "secretsmanager")]
    assert [one.meta.service_model.service_name for one in services] == [
        *("dynamodb", "secretsmanager"),
    ]
    assert aws._session.cache_info().misses == 1
    aws._session.cache_clear()
