"""Checks the locked dependencies: known vulnerabilities, licences, and a bill of materials (CycloneDX).

`python -m tests.supply audit | licences | sbom FILE`; `script/audit` and `script/sbom` run these.
"""

import importlib.metadata
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
PAGE = ROOT / "docs/dependencies.md"
_HEAD = """# What it depends on

What `requirements.txt` installs on a server, with the licence that each package names. Made by
`.venv/bin/python -m tests.supply licences` from the packages themselves. `script/sbom FILE` writes the same as a bill
of materials (CycloneDX), with the hashes of the lock; `script/audit` asks for known holes.

| Package | Version | Licence |
|---|---|---|
"""
SECONDS = 10


def read_lock() -> dict[str, str]:
    """Returns the version of each package in the lock, including those for other systems."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", LOCK.read_text(), re.MULTILINE))


def find_licence(name: str) -> str:
    """Returns the licence of a package, "not installed here" for one of another system."""
    try:
        metadata: Any = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed here"
    classifiers = [each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier", []) if each[:7] == "License"]
    text = (metadata.get("License") or "").strip()
    return metadata.get("License-Expression") or ", ".join(classifiers) or text.partition("\n")[0] or "unknown"


def format_page() -> str:
    """Returns the page of all dependencies and their licences."""
    return _HEAD + "".join(f"| {name} | {version} | {find_licence(name)} |\n" for name, version in read_lock().items())


def describe_audit(report: Any) -> tuple[int, list[str]]:
    """Returns the exit status and the lines for a report of pip-audit: 1 for any vulnerability.

    If the service knows none of the packages, nothing was checked, and the lines say so.
    """
    packages = report["dependencies"]
    checked = [each for each in packages if "skip_reason" not in each]
    holes = [(each, hole) for each in checked for hole in each["vulns"]]
    if holes:
        return 1, [
            f"{each['name']} {each['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
            for each, hole in holes
        ]
    if not checked:
        return 0, ["NOT CHECKED: the service of known holes cannot be reached from here. Run it where it can."]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    return 0, [
        f"No known holes in {len(checked)} packages.",
        *([f"Not checked: {', '.join(skipped)}."] if skipped else []),
    ]


def audit() -> int:
    """Asks PyPI for known vulnerabilities of the packages in the lock, without installing anything."""
    done = subprocess.run(
        (sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-r", LOCK, "--timeout", str(SECONDS),
         "--format", "json", "--progress-spinner", "off"),
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    try:
        status, lines = describe_audit(json.loads(done.stdout))
    except ValueError:
        is_away = "ConnectionError" in done.stderr or "Timeout" in done.stderr
        status, lines = (0, describe_audit({"dependencies": []})[1]) if is_away else (1, [done.stderr.strip()])
    print(*lines, sep="\n")
    return status


def save_sbom(path: Path) -> int:
    """Writes the bill of materials. The same lock gives the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        # Copied under a plain name, since the path would be part of the bill.
        lock = Path(folder, "requirements.txt")
        lock.write_bytes(LOCK.read_bytes())
        return subprocess.run(
            (sys.executable, "-m", "cyclonedx_py", "requirements", lock, "--output-reproducible", "--of", "JSON",
             "--pyproject", ROOT / "pyproject.toml", "--mc-type", "application", "-o", path),
            check=False,
        ).returncode  # fmt: skip


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["audit"]:
            sys.exit(audit())
        case ["licences"]:
            PAGE.write_text(format_page())
        case ["sbom", path]:
            sys.exit(save_sbom(Path(path)))
        case _:
            sys.exit(__doc__)
