"""Starts the server and walks through it in Firefox: `python -m tests.firefox FOLDER`, in which puppeteer-core is."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.server import Server

WALKS = Path(__file__).parent / "walks.mjs"


def main() -> int:
    """Returns what node ended with: 0 when all walks passed."""
    folder = Path(sys.argv[1])
    with Server() as server:  # beside its module, where node looks for it
        return subprocess.run(["node", shutil.copy(WALKS, folder), server.url], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
