"""Makes a user of the registry's desk, or gives one a new password and a new key.

    python -m scripts.create_desk_user LOGIN [--stack NAME | --local]

The password is asked for twice, or read from standard input where that is no terminal. The key of
the one-time codes is shown once, for an authenticator app. All sessions of the user end.
"""

import argparse
import getpass
import re
import sys

from scripts import environment
from shared import clock, passwords
from shared.desk import LOGIN, DeskUser
from shared.ids import DeskLogin
from shared.keyring import totp_key_of
from shared.password_rules import MAX_LENGTH, MIN_LENGTH, is_common
from shared.second_factor import provisioning_uri
from shared.settings import settings
from shared.table import desk_users

_LOGIN = re.compile(LOGIN, re.ASCII)


class Unfit(Exception):
    """The login or the password cannot be used; the message says why."""


def create(login: str, password: str) -> str:
    """Write the user, and return the key of the one-time codes in base32. Raises Unfit."""
    if not _LOGIN.fullmatch(login):
        raise Unfit("A login has 3 to 40 small Latin letters, digits and, further on, hyphens.")
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Unfit(f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.")
    if is_common(password):
        raise Unfit("This password is too common.")
    seed = clock.new_id()
    key = totp_key_of(DeskLogin(login), seed)
    user = DeskUser(DeskLogin(login), passwords.hash_password(password), seed, code_step=0)
    desk_users.put(user)
    return key


def main() -> int:
    """Read the command line, make the user, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("login", help="such as anna-petrova")
    environment.add_arguments(parser)
    wanted = parser.parse_args()
    environment.enter(wanted)
    try:
        key = create(wanted.login, _asked_password())
    except Unfit as exc:
        print(exc, file=sys.stderr)
        return 1
    print(f"The user {wanted.login} can sign in now. This is shown once:")
    print(f"Key of the one-time codes: {key}")
    uri = provisioning_uri(key, wanted.login, settings().clinic_name)
    print(f"For an authenticator app: {uri}")
    return 0


def _asked_password() -> str:
    """Ask for a password without showing it. Raises Unfit where both are not the same."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise Unfit("These are two passwords.")
    return password


if __name__ == "__main__":
    sys.exit(main())
