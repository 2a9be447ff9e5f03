"""Publishes site/ to the stack's bucket: what has changed, and nothing else.

    python -m scripts.publish_site [--stack NAME | --local]

A browser keeps each file and asks each time whether it is still the same. Modules and styles go
first, pages last, and what is no longer in site/ goes at the end. Cut off, it is simply run again.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from scripts import environment
from shared import clock
from shared.settings import Settings, settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SITE = Path(__file__).resolve().parents[1] / "site"
CLINIC = "clinic.js"
"""The one file that is written here: the stack's own parameters."""

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_CACHED = "no-cache"
"""Kept, and asked about each time: no page ever meets a module of another publication."""
_DIGEST = "digest"


@dataclass(frozen=True)
class File:
    """One file as it is published."""

    key: str
    """Its path in site/, such as `desk/index.html`."""
    content: bytes

    @property
    def kind(self) -> str:
        """Return the media type. Raises KeyError for one that nobody has chosen yet."""
        return KINDS[Path(self.key).suffix]

    @property
    def digest(self) -> str:
        """Return what tells this content, served this way, from any other."""
        served = f"{self.kind}\0{_CACHED}\0".encode()
        return hashlib.sha256(served + self.content).hexdigest()


@dataclass(frozen=True)
class Published:
    """What a publication has done."""

    uploaded: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def main() -> int:
    """Read the command line, publish, and return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    environment.add_arguments(parser)
    wanted = parser.parse_args()
    environment.enter(wanted)
    bucket = environment.physical_id(wanted, "SiteBucket")
    done = publish(files(SITE, settings()), bucket)
    invalidate(environment.physical_id(wanted, "Distribution"), [*done.uploaded, *done.removed])
    print(
        f"{len(done.uploaded)} files published, {len(done.removed)} removed, "
        f"{done.unchanged} unchanged: {settings().site_address}"
    )
    return 0


def clinic_module(clinic: Settings) -> str:
    """Write the module that tells the pages of the clinic; JSON's texts are JavaScript's too."""
    told = {
        "name": clinic.clinic_name,
        "registryPhone": clinic.registry_phone,
        "timeZone": clinic.zone.key,
    }
    lines = (f"  {name}: {json.dumps(text, ensure_ascii=False)},\n" for name, text in told.items())
    return (
        "// The clinic as its patients know it; publishing writes the stack's own parameters here."
        f"\n\nexport const CLINIC = {{\n{''.join(lines)}}};\n"
    )


def files(site: Path, clinic: Settings) -> list[File]:
    """Read the site as this clinic's patients get it, in the order of publishing."""
    own = {CLINIC: clinic_module(clinic).encode()}
    return sorted(_read(site, own), key=lambda file: (file.kind == KINDS[".html"], file.key))


def _read(site: Path, own: Mapping[str, bytes]) -> Iterator[File]:
    for path in site.rglob("*"):
        key = path.relative_to(site).as_posix()
        if path.is_file():
            yield File(key, own.get(key) or path.read_bytes())


def publish(wanted: list[File], bucket: str) -> Published:
    """Make the bucket hold these files, served this way, and no others."""
    client = boto3.client("s3")
    standing = _standing(client, bucket)
    new = [file for file in wanted if standing.get(file.key) != file.digest]
    for file in new:
        client.put_object(
            Bucket=bucket,
            Key=file.key,
            Body=file.content,
            ContentType=file.kind,
            CacheControl=_CACHED,
            Metadata={_DIGEST: file.digest},
        )
    old = sorted(standing.keys() - {file.key for file in wanted})
    for key in old:
        client.delete_object(Bucket=bucket, Key=key)
    return Published(tuple(file.key for file in new), tuple(old), len(wanted) - len(new))


def _standing(client: "S3Client", bucket: str) -> dict[str, str]:
    """Return the digests of the files that are there, by their keys."""
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
    heads = {key: client.head_object(Bucket=bucket, Key=key) for key in keys}
    return {key: head["Metadata"].get(_DIGEST, "") for key, head in heads.items()}


def invalidate(distribution: str, keys: list[str]) -> None:
    """Let the distribution forget these files. It would ask for them again in a second anyway."""
    if not keys:
        return
    paths = [f"/{key}" for key in keys] + ["/"] * ("index.html" in keys)
    boto3.client("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": len(paths), "Items": paths},
            "CallerReference": clock.new_id(),
        },
    )


if __name__ == "__main__":
    sys.exit(main())
