"""Why the local stack could not start, in one line for the person at the terminal."""


class BrokenStart(Exception):
    """The stack is of no use as it stands; what is kept in its folder has not been touched."""
