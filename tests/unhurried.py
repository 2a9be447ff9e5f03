"""A module's own time whose pauses nobody sits out; the threads beside a test sleep as ever."""

import time
from collections.abc import Callable


class Unhurried:
    """Stands where a module has imported `time`."""

    monotonic, time = staticmethod(time.monotonic), staticmethod(time.time)

    def __init__(self, instead: Callable[[float], None] = lambda _: None) -> None:
        """Call `instead` with the seconds of each pause."""
        self.sleep = instead
