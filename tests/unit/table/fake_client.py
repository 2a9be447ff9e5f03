"""A DynamoDB client that answers from a script, for the failures that no emulator can show."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Request = tuple[str, dict[str, Any]]


class TransactionCanceled(ClientError):
    """What the client raises for a transaction that was cancelled."""


class FakeClient:
    """Gives its answers one by one, raising those that are errors, and notes each request."""

    class exceptions:  # noqa: N801 - so it is called in every AWS client
        """The errors that the code catches by name."""

        TransactionCanceledException = TransactionCanceled

    def __init__(self) -> None:
        """Begin with nothing to answer."""
        self.requests: list[Request] = []
        self.slept: list[float] = []
        self._script: list[dict[str, Any] | Exception] = []

    def answers(self, *script: dict[str, Any] | Exception) -> None:
        """Answer the coming requests like this, in this order."""
        self._script = [*script]

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        """Return an operation of the client; every one answers the next line of the script."""

        def answer(**request: Any) -> dict[str, Any]:  # noqa: ANN401 - as the client takes it
            self.requests.append((operation, request))
            line = self._script.pop(0)
            if isinstance(line, Exception):
                raise line
            return line

        return answer


def client_error(code: str, status: int, **more: object) -> ClientError:
    """Return an error of the service as botocore raises it."""
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response | more, "Operation")


def cancelled(*reasons: dict[str, Any]) -> TransactionCanceled:
    """Return the answer to a transaction that was cancelled for these reasons, one for each leg."""
    response: Any = {
        "Error": {"Code": "TransactionCanceledException"},
        "ResponseMetadata": {"HTTPStatusCode": 400},
        "CancellationReasons": [*reasons],
    }
    return TransactionCanceled(response, "TransactWriteItems")
