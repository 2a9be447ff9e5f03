"""Makes the layer of dependencies small: takes out what no function can reach.

    python -m scripts.trim_layer FOLDER

FOLDER holds the packages of requirements/runtime.txt as pip has installed them. `make build` calls
this; tests/contract/test_layer.py holds that all functions still find what they need.
"""

import argparse
import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

SERVICES = {"dynamodb", "s3", "secretsmanager", "sesv2", "sqs"}
"""The services that the functions speak to, by botocore's names."""

_UNUSED = (
    "bin",
    "*/tests",
    "**/*.pyi",
    "*.dist-info/RECORD",  # It would name what is no longer there.
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/*.min.*",
    "botocore/data/*/*/examples-1.json*",
    "botocore/data/*/*/paginators-1.*",
    "botocore/data/*/*/waiters-2.json*",
    "dns",  # An address is checked as it is written; nobody is asked whether its server exists.
    "dnspython-*",
    "holidays/financial/*_*.py",
)
_COUNTRY, _LANGUAGE = "russia", "ru"


def trim(packages: Path) -> None:
    """Take out of a folder of installed packages what the functions do not use."""
    for pattern in _UNUSED:
        for found in packages.glob(pattern):
            _delete(found)
    _trim_services(packages / "botocore" / "data")
    _trim_holidays(packages / "holidays")


def _trim_services(data: Path) -> None:
    """Keep the newest description of each service in use, without its documentation.

    botocore reads a description at the start of each process, and `endpoints.json` as well, which
    tells of all services at once. Plain JSON saves unpacking; the layer is packed as a whole.
    """
    prefixes = set()
    for service in filter(Path.is_dir, data.iterdir()):
        if service.name not in SERVICES:
            _delete(service)
            continue
        *old, newest = sorted(service.iterdir())
        for version in old:
            _delete(version)
        for packed in newest.glob("*.json.gz"):
            told = _without_documentation(json.loads(gzip.decompress(packed.read_bytes())))
            _write(packed.with_suffix(""), told)
            packed.unlink()
        prefixes.add(_read(newest / "service-2.json")["metadata"]["endpointPrefix"])
    endpoints = _read(data / "endpoints.json")
    for partition in endpoints["partitions"]:
        partition["services"] = _only(partition["services"], prefixes.__contains__)
    _write(data / "endpoints.json", endpoints)


def _trim_holidays(package: Path) -> None:
    """Keep one country: the package imports all of them to ask one."""
    countries = package / "countries"
    for module in countries.glob("*.py"):
        if module.stem not in {"__init__", _COUNTRY}:
            _delete(module)
    lines = (countries / "__init__.py").read_text("utf-8").splitlines()
    kept = [line for line in lines if line.startswith(f"from holidays.countries.{_COUNTRY} ")]
    (countries / "__init__.py").write_text("\n".join([*kept, ""]), "utf-8")
    for language in (package / "locale").iterdir():
        if language.name != _LANGUAGE:
            _delete(language)


def _without_documentation(value: Any) -> Any:  # noqa: ANN401 - JSON is any value
    """Empty the sentences; botocore wants them there, and a member may be called so too."""
    if isinstance(value, dict):
        emptied = {"documentation": ""} if isinstance(value.get("documentation"), str) else {}
        return {name: _without_documentation(part) for name, part in value.items()} | emptied
    return [_without_documentation(part) for part in value] if isinstance(value, list) else value


def _only(told: Mapping[str, Any], wanted: Callable[[str], bool]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if wanted(name)}


def _read(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return told


def _write(file: Path, told: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(told, separators=(",", ":"), ensure_ascii=False), "utf-8")


def _delete(found: Path) -> None:
    if found.is_dir():
        shutil.rmtree(found)
    else:
        found.unlink()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Take out of the layer what no function reaches.")
    parser.add_argument("folder", type=Path)
    trim(parser.parse_args().folder)
