"""Makes the demo's user of the desk; run as a program, in the environment of a function.

It prints how to sign in, as JSON: the password and the key of the one-time codes are drawn here.
"""

import json
import secrets

from scripts.create_desk_user import create

LOGIN = "registry"


def main() -> None:
    """Make the user and tell."""
    password = secrets.token_urlsafe(12)
    totp_secret = create(LOGIN, password)
    print(json.dumps({"login": LOGIN, "password": password, "totp_secret": totp_secret}))


if __name__ == "__main__":
    main()
