"""The process's environment: the emulator's settings, and nothing of the user's own cloud."""

import logging
import os
from collections.abc import Iterable
from pathlib import Path

HOST = "127.0.0.1"
REGION = "eu-central-1"
CONCURRENCY = 1000
"""Functions at work at once: an AWS account's own limit, where the emulator takes the memory's."""

_FOREIGN_PREFIXES = (
    "AWS_",
    "BOTO",
    "CLOUDTRAIL_",
    "DOCKER_",
    "IOT_",
    "LAMBDA_",
    "LOCALSTACK_",
    "MINISTACK_",
    "S3_",
    "SFTP_",
    "SMTP_",
)
_FOREIGN_NAMES = (
    *("AUTH", "EDGE_PORT", "LOG_LEVEL", "SERVICES", "USE_SSL"),
    # A function sees its own artefact and the installed packages; bytecode is kept for the next.
    *("PYTHONPATH", "PYTHONDONTWRITEBYTECODE"),
)
_PROXIES = ("ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY")


def enter(folder: Path, port: int) -> None:
    """Make this process's environment the stack's own.

    Must run before the emulator is imported: it reads the environment while it is imported.
    """
    for name in foreign(os.environ):
        del os.environ[name]
    os.environ |= _emulator(folder, port) | client(endpoint_url(port))


def foreign(names: Iterable[str]) -> list[str]:
    """Pick the variables that could lead a client or the emulator away from this machine."""
    return [
        name
        for name in names
        if name.startswith(_FOREIGN_PREFIXES) or name in _FOREIGN_NAMES or name.upper() in _PROXIES
    ]


def endpoint_url(port: int) -> str:
    """Return the one address of the stack: site, API and AWS interfaces."""
    return f"http://{HOST}:{port}"


def client(endpoint: str) -> dict[str, str]:
    """Return what makes any AWS client speak to the stack and to nothing else."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


def _emulator(folder: Path, port: int) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": "localhost",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(folder / "tmp"),
        "LAMBDA_EXECUTOR": "local",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(CONCURRENCY),
        # These two listen on every interface of the machine unless they are told not to.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # The emulator tidies up containers where it finds a Docker; it shall find none.
        "DOCKER_HOST": f"unix://{folder / 'no-docker'}",
    }


def log_to(path: Path) -> None:
    """Send all logs of this process to a file: the terminal shows only our own few lines."""
    logging.basicConfig(
        filename=path,
        filemode="w",
        encoding="utf-8",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        force=True,
    )
    logging.captureWarnings(capture=True)
    for name in ("ses", "ses-v2"):  # They log every recipient, and no log holds an address.
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("httpx", "httpcore", "botocore"):
        logging.getLogger(name).setLevel(logging.WARNING)
