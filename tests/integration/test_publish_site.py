"""What publishing the site does to its bucket: nothing twice, nothing too early, nothing left."""

import re
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from scripts import environment, publish_site
from scripts.publish_site import SITE, clinic_module, files
from shared.settings import settings
from tests.integration.wire import CutOff, Wire, cut_off, operations

BUCKET = "portal-site"
NAMES = {"SiteBucket": BUCKET}


@pytest.fixture(autouse=True)
def bucket() -> Iterator[Any]:
    """Make the site's bucket anew."""
    made = boto3.resource("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    yield made
    made.objects.all().delete()
    made.delete()


@pytest.fixture(autouse=True, name="distribution")
def made_distribution() -> str:
    """Make a distribution."""
    behaviour = {"TargetOriginId": "site", "ViewerProtocolPolicy": "https-only"}
    origin = {"Id": "site", "DomainName": f"{BUCKET}.s3.amazonaws.com"}
    config = {
        "CallerReference": uuid4().hex,
        "Origins": {"Quantity": 1, "Items": [origin | {"S3OriginConfig": _NO_IDENTITY}]},
        "DefaultCacheBehavior": behaviour,
        "Comment": "",
        "Enabled": True,
    }
    client: Any = boto3.client("cloudfront")
    return str(client.create_distribution(DistributionConfig=config)["Distribution"]["Id"])


_NO_IDENTITY = {"OriginAccessIdentity": ""}


@pytest.fixture(name="site")
def small_site(tmp_path: Path) -> Path:
    """Make a site of a page, a style and two modules."""
    (tmp_path / "desk").mkdir()
    for name, text in {
        "clinic.js": "the repository's own",
        "index.html": "<!doctype html>",
        "style.css": "main {}",
        "desk/day.js": "export {};",
        "desk/day.html": "<!doctype html>",
    }.items():
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def publish(
    site: Path,
    distribution: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Any:  # noqa: ANN401 - a function
    """Return what publishes that site, and returns what the script says."""
    names = NAMES | {"Distribution": distribution}

    def physical_id(_: Namespace, logical_id: str) -> str:
        return names[logical_id]

    monkeypatch.setattr(environment, "enter", lambda _: None)
    monkeypatch.setattr(environment, "physical_id", physical_id)
    monkeypatch.setattr(publish_site, "SITE", site)
    monkeypatch.setattr(sys, "argv", ["publish_site"])

    def run() -> str:
        assert publish_site.main() == 0
        return capsys.readouterr().out

    return run


@pytest.fixture(name="s3")
def tapped(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Let the script have one client of S3, and listen to it."""
    client, make = boto3.client("s3"), boto3.client
    wire = _Wire()
    untap = wire.tap(client)
    monkeypatch.setattr(boto3, "client", lambda name: client if name == "s3" else make(name))
    yield wire
    untap()


class _Wire(Wire):
    """Like the others' wire, but S3's bodies are files and no JSON."""

    def _on_request(self, model: Any, params: dict[str, Any], **kept: object) -> Any:  # noqa: ANN401
        path = params["url_path"].removeprefix(f"/{BUCKET}").removeprefix("/")
        said = {"body": '{"key": "%s"}' % path}  # noqa: UP031 - braces
        return super()._on_request(model, said, **kept)


def told(published: int, removed: int, unchanged: int) -> str:
    counted = f"{published} files published, {removed} removed, {unchanged} unchanged"
    return f"{counted}: https://portal.example\n"


def keys(bucket: Any) -> set[str]:  # noqa: ANN401 - a resource
    return {found.key for found in bucket.objects.all()}


def invalidated(distribution: str) -> list[set[str]]:
    """Return the paths of each invalidation."""
    client = boto3.client("cloudfront")
    listed: Any = client.list_invalidations(DistributionId=distribution)["InvalidationList"]
    found = []
    for one in listed.get("Items", []):
        whole: Any = client.get_invalidation(DistributionId=distribution, Id=one["Id"])
        found.append(set(whole["Invalidation"]["InvalidationBatch"]["Paths"]["Items"]))
    return found


def test_the_whole_site_is_published_and_the_second_time_nothing(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
    distribution: str,
) -> None:
    assert publish() == told(5, 0, 0)
    assert keys(bucket) == {
        *("clinic.js", "index.html", "style.css", "desk/day.js", "desk/day.html"),
    }
    once = {found.key: found.last_modified for found in bucket.objects.all()}
    everything = {f"/{key}" for key in once} | {"/"}
    assert invalidated(distribution) == [everything]
    assert publish() == told(0, 0, 5)
    assert {found.key: found.last_modified for found in bucket.objects.all()} == once
    assert invalidated(distribution) == [everything]


@pytest.mark.parametrize(
    "key, kind",
    [
        ("index.html", "text/html; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("desk/day.js", "text/javascript; charset=utf-8"),
    ],
)
def test_a_file_is_kept_by_browsers_and_asked_about_each_time(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
    site: Path,
    key: str,
    kind: str,
) -> None:
    publish()
    found = bucket.Object(key).get()
    assert (found["ContentType"], found["CacheControl"]) == (kind, "no-cache")
    assert found["Body"].read() == (site / key).read_bytes()


def test_what_changed_is_published_and_what_went_is_removed(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
    site: Path,
    distribution: str,
) -> None:
    publish()
    (site / "style.css").write_text("main { color: black }", "utf-8")
    (site / "desk/day.html").unlink()
    (site / "new.txt").write_text("new", "utf-8")
    assert publish() == told(2, 1, 3)
    assert keys(bucket) == {"clinic.js", "index.html", "style.css", "desk/day.js", "new.txt"}
    assert {"/style.css", "/new.txt", "/desk/day.html"} in invalidated(distribution)


def test_a_file_that_would_be_served_another_way_is_published_again(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish()
    monkeypatch.setitem(publish_site.KINDS, ".css", "text/css")
    assert publish() == told(1, 0, 4)
    assert bucket.Object("style.css").get()["ContentType"] == "text/css"


def test_a_file_that_somebody_else_put_there_is_replaced_or_removed(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
) -> None:
    bucket.put_object(Key="index.html", Body=b"<!doctype html>")
    bucket.put_object(Key="notes.txt", Body=b"")
    assert publish() == told(5, 1, 0)
    assert "notes.txt" not in keys(bucket)


def test_modules_and_styles_go_first_then_pages_and_at_the_end_what_is_no_more(
    publish: Any,  # noqa: ANN401
    s3: Wire,
    bucket: Any,  # noqa: ANN401
) -> None:
    bucket.put_object(Key="a.html", Body=b"")
    with s3.listening() as heard:
        publish()
    written = [one for one in heard if one.operation in {"PutObject", "DeleteObject"}]
    assert operations(written) == ["PutObject"] * 5 + ["DeleteObject"]
    assert [one.body["key"] for one in written] == [
        *("clinic.js", "desk/day.js", "style.css", "desk/day.html", "index.html", "a.html"),
    ]


@pytest.mark.parametrize("after", range(5))
def test_cut_off_anywhere_it_is_simply_run_again(
    publish: Any,  # noqa: ANN401
    s3: Wire,
    bucket: Any,  # noqa: ANN401
    site: Path,
    after: int,
) -> None:
    s3.before("PutObject", *[None] * after, cut_off)
    with pytest.raises(CutOff):
        publish()
    assert len(keys(bucket)) == after
    assert publish() == told(5 - after, 0, after)
    assert keys(bucket) == {one.key for one in files(site, settings())}


def test_a_kind_that_nobody_has_chosen_stops_everything_before_the_first_file(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
    site: Path,
) -> None:
    (site / "aaa.docx").write_bytes(b"")
    with pytest.raises(KeyError, match="docx"):
        publish()
    assert keys(bucket) == set()


# --------------------------------------------------------------------- the clinic's own


def test_the_pages_are_told_the_stacks_own_clinic(
    publish: Any,  # noqa: ANN401
    bucket: Any,  # noqa: ANN401
    parameters: Any,  # noqa: ANN401
) -> None:
    publish()
    parameters(
        CLINIC_NAME='Поликлиника "На горке" \\ №1\u2028',
        REGISTRY_PHONE="8 800 100",
        CLINIC_TIME_ZONE="Asia/Omsk",
    )
    assert publish() == told(1, 0, 4)
    text = bucket.Object("clinic.js").get()["Body"].read().decode()
    assert text == (
        "// The clinic as its patients know it; publishing writes the stack's own parameters here."
        "\n\nexport const CLINIC = {\n"
        '  name: "Поликлиника \\"На горке\\" \\\\ №1\u2028",\n'
        '  registryPhone: "8 800 100",\n'
        '  timeZone: "Asia/Omsk",\n'
        "};\n"
    )


def test_the_real_site_can_be_published() -> None:
    read = files(SITE, settings())
    assert {file.key for file in read} == {
        path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()
    }
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.digest) for file in read)
    (clinic,) = [file for file in read if file.key == "clinic.js"]
    assert clinic.content.decode() == clinic_module(settings())
