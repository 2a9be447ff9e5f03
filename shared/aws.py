"""Clients of AWS's services, each made once in a process, by botocore alone.

boto3 would be a fifth of a function's start, and nothing of it is used.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from botocore.config import Config
from botocore.session import Session, get_session

from shared.settings import is_on_lambda

MakerT = TypeVar("MakerT", bound=Callable[[], Any])


def made_at_start(client: MakerT) -> MakerT:
    """Have a cached client made on Lambda while the function's module is imported.

    That is before the first request and on a whole processor, and where functions start from a
    snapshot, the client comes with it: docs/decisions/0029-clients-are-made-at-the-start.md.
    Elsewhere a client waits until it is wanted: nobody needs an account to import a module.
    """
    if is_on_lambda():
        client()
    return client


def create_client(
    service: str,
    *,
    tries: int,
    connect_timeout: int,
    read_timeout: int,
    besides: Config | None = None,
) -> Any:  # noqa: ANN401 - each has its own type
    """Return a new client of a service, which is asked nothing yet.

    `tries` is how often a request is sent at most; timeouts are in seconds, for each try; `besides`
    is what else is to be configured.
    """
    retries: Any = {"mode": "standard", "total_max_attempts": tries}
    config = Config(connect_timeout=connect_timeout, read_timeout=read_timeout, retries=retries)
    return _session().create_client(service, config=config.merge(besides) if besides else config)


@cache
def _session() -> Session:
    return get_session()
