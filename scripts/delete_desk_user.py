"""Deletes a user of the registry's desk, and ends their sessions at once.

    python -m scripts.delete_desk_user LOGIN [--stack NAME | --local]

What the user did stays in the audit trail.
"""

import argparse
import sys

from scripts import environment
from shared.ids import DeskLogin
from shared.table import desk_users


def main() -> int:
    """Read the command line, delete the user, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("login")
    environment.add_arguments(parser)
    wanted = parser.parse_args()
    environment.enter(wanted)
    if not desk_users.delete(DeskLogin(wanted.login)):
        print(f"There is no user {wanted.login}.", file=sys.stderr)
        return 1
    print(f"The user {wanted.login} is deleted.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
