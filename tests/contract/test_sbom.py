"""What `make sbom` writes: everything that is locked for a server, with its hashes, the same bytes each time."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from support.documents import read
from support.server import ROOT

Parts = dict[tuple[str, str], set[str]]


@pytest.fixture(scope="module")
def sbom(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    written = tmp_path_factory.mktemp("sbom") / "sbom.json"
    recipe = next(line for line in read("Makefile").splitlines() if "cyclonedx-py" in line)
    command = shlex.split(recipe.partition("$(BIN)/")[2].replace("build/sbom.json", str(written)))
    program = Path(sys.executable).with_name(command[0])
    environ = {**os.environ, "PYTHONWARNINGS": "ignore"}
    subprocess.run([program, *command[1:]], cwd=ROOT, env=environ, check=True)  # noqa: S603 - our own command
    return msgspec.json.decode(written.read_bytes(), type=dict[str, Any])


def listed(sbom: dict[str, Any]) -> Parts:
    return {
        (part["name"], part["version"]): {
            each["content"] for reference in part["externalReferences"] for each in reference.get("hashes", ())
        }
        for part in sbom["components"]
    }


def locked(text: str) -> Parts:
    found = re.findall(r"^([a-z0-9.-]+)==(\S+).*?$(.*?)(?=^[a-z]|\Z)", text, re.MULTILINE | re.DOTALL)
    return {(name, version): set(re.findall(r"sha256:([0-9a-f]{64})", rest)) for name, version, rest in found}


def test_everything_that_is_locked_is_in_it_with_its_hashes(sbom: dict[str, Any]) -> None:
    lock = locked(read("requirements.txt"))
    assert len(lock) > 40
    assert all(lock.values())
    assert listed(sbom) == lock


def test_what_is_missing_or_has_another_hash_would_be_found(sbom: dict[str, Any]) -> None:
    parts = listed(sbom)
    lock = locked(read("requirements.txt"))
    name = next(iter(lock))
    assert parts != {key: hashes for key, hashes in lock.items() if key != name}
    assert parts != lock | {name: {"0" * 64}}


def test_it_is_cyclonedx_of_this_program(sbom: dict[str, Any]) -> None:
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.6")
    assert sbom["metadata"]["component"]["name"] == "groundwork"
    assert {part["purl"].partition("@")[0] for part in sbom["components"]} >= {"pkg:pypi/cryptography"}


def test_nothing_in_it_is_another_one_each_time(sbom: dict[str, Any]) -> None:
    assert "serialNumber" not in sbom
    assert "timestamp" not in sbom["metadata"]
