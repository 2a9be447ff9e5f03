"""Erases an account whose owner asks for that on paper and cannot sign in any more.

    python -m scripts.erase_account ADDRESS [--stack NAME | --local]

The same goes and stays as when the owner does it (docs/security.md). All sessions end at once, and
a mail to the address tells of it.
"""

import argparse
import sys

from pydantic import TypeAdapter, ValidationError

from scripts import environment
from shared import clock
from shared.api import session_key
from shared.email_field import Email
from shared.errors import SignInFailed
from shared.keyring import email_key_of
from shared.table import accounts, erasure


def erase(address: str) -> bool:
    """Erase the account of an address, as `Email` reads it; tell whether there was one.

    Raises SignInFailed or WrongPassword if the password is changed meanwhile, SessionRequired if
    the account goes meanwhile, TryAgain.
    """
    now, account = clock.now(), accounts.find_by_address(email_key_of(address))
    if account is None:
        return False
    # Only an open session erases: this one ends with the account, and nobody learns its secret.
    session = session_key(account.account_id, clock.new_secret())
    accounts.open_session(account, session, now, SignInFailed())
    erasure.erase(account, session, now)
    return True


def main() -> int:
    """Read the command line, erase the account, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("address")
    environment.add_arguments(parser)
    wanted = parser.parse_args()
    environment.enter(wanted)
    try:
        address = TypeAdapter(Email).validate_python(wanted.address)
    except ValidationError:
        print("This is no address.", file=sys.stderr)
        return 1
    if not erase(address):
        print("No account has this address.", file=sys.stderr)
        return 1
    print("The account is erased.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
