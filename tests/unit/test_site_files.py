"""The local stack's site: whole files, cached by their content, compressed where it helps."""

import gzip
from http import HTTPStatus
from pathlib import Path

import pytest

from local import site_files
from local.site_files import Answer

PAGE = "<!doctype html><title>Талоны</title>" + "<p>Талон к участковому врачу.</p>" * 50


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "desk").mkdir(parents=True)
    (root / "index.html").write_text(PAGE, "utf-8")
    (root / "desk" / "day.html").write_text(PAGE + "<p>День</p>", "utf-8")
    (root / "clinic.js").write_text("export const CLINIC = {};", "utf-8")
    (root / "picture.png").write_bytes(b"\x89PNG" * 1000)
    (root / "icon.svg").write_text("<svg/>", "utf-8")
    (root / ".hidden").write_text("hidden", "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return root


def get(site: Path, path: str, **asked: str) -> Answer:
    headers = {name.replace("_", "-"): value for name, value in asked.items()}
    return site_files.answer(site, "GET", path, headers)


@pytest.mark.parametrize(
    "path, kind",
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/desk/day.html", "text/html; charset=utf-8"),
        ("/clinic.js", "text/javascript; charset=utf-8"),
        ("/picture.png", "image/png"),
        ("/icon.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_served_whole_with_its_type(site: Path, path: str, kind: str) -> None:
    found = get(site, path)
    file = site / (path[1:] or "index.html")
    assert (found.status, found.headers["content-type"]) == (HTTPStatus.OK, kind)
    assert found.body == file.read_bytes()
    assert found.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/missing.html",
            "/desk",
            "/desk/",
            "//index.html",
            "/../secret.txt",
            "/desk/../../secret",
        ),
        *("/.hidden", "/index.html\0", "/" + "x" * 300, "/index.html/"),
    ],
)
def test_what_is_no_file_of_the_site_is_not_found(site: Path, path: str) -> None:
    assert get(site, path).status == HTTPStatus.NOT_FOUND


def test_a_link_out_of_the_site_is_not_followed(site: Path) -> None:
    (site / "out.txt").symlink_to(site.parent / "secret.txt")
    assert get(site, "/out.txt").status == HTTPStatus.NOT_FOUND


def test_a_file_is_only_read(site: Path) -> None:
    found = site_files.answer(site, "POST", "/index.html", {})
    assert (found.status, found.headers["allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "GET, HEAD")


def test_the_head_of_a_file_is_that_of_the_whole(site: Path) -> None:
    assert site_files.answer(site, "HEAD", "/", {}) == get(site, "/")


# Cached by its content.


def test_the_tag_is_strong_and_changes_with_the_content_only(site: Path) -> None:
    tag = get(site, "/index.html").headers["etag"]
    assert tag.startswith('"')
    (site / "index.html").touch()
    assert get(site, "/index.html").headers["etag"] == tag
    (site / "index.html").write_text(PAGE + " ", "utf-8")
    assert get(site, "/index.html").headers["etag"] != tag


@pytest.mark.parametrize("known", ["{tag}", "W/{tag}", '"older", {tag}', '"older",{tag}', "*"])
def test_what_the_browser_has_is_not_sent_again(site: Path, known: str) -> None:
    tag = get(site, "/").headers["etag"]
    found = get(site, "/", if_none_match=known.format(tag=tag))
    assert (found.status, found.body) == (HTTPStatus.NOT_MODIFIED, b"")
    assert found.headers == {
        "cache-control": "no-cache",
        "etag": tag,
        "vary": "Accept-Encoding",
    }


@pytest.mark.parametrize("known", ['"older"', "older", ""])
def test_what_has_changed_is_sent_whole(site: Path, known: str) -> None:
    assert get(site, "/", if_none_match=known) == get(site, "/")


# Compressed where it helps.


@pytest.mark.parametrize("asked", ["gzip", "br, gzip;q=0.8", "gzip, deflate, br, zstd"])
def test_a_text_is_compressed_for_whoever_takes_it(site: Path, asked: str) -> None:
    plain, packed = get(site, "/"), get(site, "/", accept_encoding=asked)
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 5
    assert packed.headers == plain.headers | {
        "content-encoding": "gzip",
        "etag": f"W/{plain.headers['etag']}",
    }
    assert plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("asked", ["", "br", "gzip;q=0", "gzip; q=0.0", "identity"])
def test_a_text_goes_as_it_is_to_whoever_takes_it_no_other_way(site: Path, asked: str) -> None:
    found = get(site, "/", accept_encoding=asked)
    assert (found.body.decode(), "content-encoding" in found.headers) == (PAGE, False)


@pytest.mark.parametrize("path", ["/clinic.js", "/picture.png"])
def test_what_compression_would_not_shrink_goes_as_it_is(site: Path, path: str) -> None:
    assert "content-encoding" not in get(site, path, accept_encoding="gzip").headers


def test_a_picture_does_not_vary(site: Path) -> None:
    assert "vary" not in get(site, "/picture.png").headers


def test_a_browser_that_has_the_compressed_file_gets_it_not_again(site: Path) -> None:
    packed = get(site, "/", accept_encoding="gzip")
    tag = packed.headers["etag"]
    found = get(site, "/", accept_encoding="gzip", if_none_match=tag)
    assert (found.status, found.headers["etag"]) == (HTTPStatus.NOT_MODIFIED, tag)
    assert "content-encoding" not in found.headers
