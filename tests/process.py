"""What a function's process keeps between requests, forgotten: this process begins anew."""

from shared import aws, document_files, keyring, postbox, release_queue
from shared.settings import settings
from shared.table import districts, store


def begin_anew() -> None:
    """Read the environment anew, and make all clients anew, as a process that has just begun."""
    owners = (store, postbox, document_files, keyring, release_queue)
    for kept in (settings, aws._session, *(owner.client for owner in owners)):
        kept.cache_clear()
    forget_what_was_read()


def forget_what_was_read() -> None:
    """Read keys and districts anew, as a process that has just begun."""
    forget_keys()
    districts.forget_shown_districts()


def forget_keys() -> None:
    """Read keys anew, as after a while."""
    for kept in (keyring._secret, keyring._origin_keys, keyring._origin_keys_at):
        kept.cache_clear()
