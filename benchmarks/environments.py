"""Environments of Python that a benchmark makes among temporary files, and finds again the next time."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path


def make_environment(name: str, *packages: str) -> Path:
    """Returns the Python of an environment with the packages, which are arguments of pip's `install`."""
    environment = Path(tempfile.gettempdir()) / f"timetracker-benchmarks-{name}"
    python = environment / "bin" / "python"
    if not (environment / "installed").exists():
        print(f"Installing {' '.join(packages)} into {environment.name}", file=sys.stderr)
        venv.create(environment, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *packages], check=True)
        (environment / "installed").touch()
    return python
