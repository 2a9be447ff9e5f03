"""The walks take place in the same cloud as the handlers' own tests."""

from tests.integration.conftest import (
    _patience,
    argon,
    clock,
    cloud,
    log,
    parameters,
    rows,
    shared_rows,
)

__all__ = ["_patience", "argon", "clock", "cloud", "log", "parameters", "rows", "shared_rows"]
