"""A client that openapi-python-client generates from docs/openapi.json does the main job."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.server import CHECKOUT

PACKAGES = ["openapi-python-client==0.29.1", "httpx", "attrs", "python-dateutil"]
"""In an environment of their own: what they need is not what the product needs."""


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
        "--path", CHECKOUT / "docs/openapi.json", "--output-path", tmp_path / "timetracker_client",
    )  # fmt: skip

    printed = run(
        programs / "python", CHECKOUT / "tests/docs/main_job.py",
        env={"HOST": server.url, "PYTHONPATH": str(tmp_path), "PATH": os.environ["PATH"]},
    )  # fmt: skip

    assert printed == "done\n"
