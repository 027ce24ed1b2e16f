"""Starts the server and walks through it in Firefox: `python -m tests.firefox FOLDER`, in which puppeteer-core is."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.server import Server

HERE = Path(__file__).parent


def main() -> int:
    """Returns what node ended with: 0 when all walks passed."""
    folder = Path(sys.argv[1])
    for module in HERE.glob("*.mjs"):  # beside puppeteer-core, where node looks for it
        shutil.copy(module, folder)
    with Server() as server:
        return subprocess.run(["node", folder / "walks.mjs", server.url], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
