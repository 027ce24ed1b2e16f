"""Clients that are generated from docs/openapi.json do the main job, and linters of such descriptions find nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import CHECKOUT

PACKAGES = ["openapi-python-client==0.29.1", "httpx", "attrs", "python-dateutil"]
"""In an environment of their own: what they need is not what the product needs."""

NODE_PACKAGES = [
    "openapi-typescript@7.13.0",
    "openapi-fetch@0.17.0",
    "typescript@5.9.3",
    "@redocly/cli@2.77.0",
    "@stoplight/spectral-cli@6.16.3",
]
STRICT = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--target", "es2022"]
DESCRIPTION = CHECKOUT / "docs/openapi.json"

SPECTRAL_RULES = {
    "extends": ["spectral:oas"],
    "rules": {
        "info-contact": "off",  # whoever runs a server
        "oas3-operation-security-defined": "off",  # from OpenAPI 3.1 on a bearer token may have scopes
    },
}


def run(*command: str | Path, **options) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.slow(reason="installs the generator, and generates a client")
def test_the_main_job(server, tmp_path):
    programs = tmp_path / "environment/bin"
    run(sys.executable, "-m", "venv", tmp_path / "environment")
    run(programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES)
    run(
        programs / "openapi-python-client", "generate", "--meta", "none",
        "--path", DESCRIPTION, "--output-path", tmp_path / "timetracker_client",
    )  # fmt: skip

    printed = run(
        programs / "python", CHECKOUT / "tests/docs/main_job.py",
        env={"HOST": server.url, "PYTHONPATH": str(tmp_path), "PATH": os.environ["PATH"]},
    )  # fmt: skip

    assert printed == "done\n"


@pytest.fixture(scope="module")
def node_packages(tmp_path_factory):
    """A folder with the packages, whose programs `npx` finds."""
    assert shutil.which("npm"), (
        "npm was not found. Install it: script/setup --all does, or on Debian apt-get install npm"
    )
    folder = tmp_path_factory.mktemp("node")
    run("npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_PACKAGES, cwd=folder)
    return folder


@pytest.mark.slow(reason="installs the generator, and generates a client")
def test_the_main_job_in_typescript(server, node_packages):
    run("npx", "openapi-typescript", DESCRIPTION, "--output", "schema.d.ts", cwd=node_packages)
    (node_packages / "job.mts").write_text((CHECKOUT / "tests/docs/main_job.ts").read_text())
    run("npx", "tsc", *STRICT, "--module", "nodenext", "job.mts", cwd=node_packages)

    assert run("node", "job.mjs", cwd=node_packages, env={"HOST": server.url, "PATH": os.environ["PATH"]}) == "done\n"


@pytest.mark.slow(reason="installs the linter")
def test_redocly_finds_nothing(node_packages):
    # What is public and asks for nothing cannot go wrong: the description, its page and the links have no 4XX.
    found = run(
        "npx", "redocly", "lint", DESCRIPTION, "--extends", "recommended-strict",
        "--skip-rule", "operation-4xx-response", "--format", "json", cwd=node_packages,
    )  # fmt: skip
    assert json.loads(found)["problems"] == []


@pytest.mark.slow(reason="installs the linter")
def test_spectral_finds_nothing(node_packages):
    (node_packages / "rules.json").write_text(json.dumps(SPECTRAL_RULES))
    found = run(
        "npx", "spectral", "lint", DESCRIPTION, "--ruleset", "rules.json",
        "--fail-severity", "hint", "--format", "json", "--quiet", cwd=node_packages,
    )  # fmt: skip
    assert found.strip() in {"", "[]"}
