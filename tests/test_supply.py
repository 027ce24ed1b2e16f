"""What the product is made of: listed, and known holes are not taken for none"""

import json

import pytest

from tests import supply

DJANGO = {"name": "django", "version": "5.2.0", "vulns": []}
HOLE = {**DJANGO, "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["5.2.9"]}]}
SKIPPED = {"name": "typst", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "status", "begin"),
    [
        ([DJANGO], 0, "No known holes in 1 packages."),
        ([DJANGO, SKIPPED], 0, "No known holes in 1 packages."),
        ([DJANGO, HOLE], 1, "django 5.2.0: PYSEC-2026-1, mended in 5.2.9"),
        ([SKIPPED], 0, "NOT CHECKED"),
        ([], 0, "NOT CHECKED"),
    ],
)
def test_holes(packages, status, begin):
    found, lines = supply.describe_audit({"dependencies": packages})

    assert (found, lines[0].startswith(begin)) == (status, True)


def test_every_dependency_is_listed_with_its_licence():
    lines = supply.PAGE.read_text().splitlines()
    listed = dict(
        line.strip("| ").split(" | ")[:2] for line in lines if line.startswith("| ") and "Version" not in line
    )

    assert listed == supply.read_lock(), "Make it anew: .venv/bin/python -m tests.supply licences"
    assert "unknown" not in supply.PAGE.read_text()


@pytest.mark.slow(reason="runs a program that takes seconds to start")
def test_a_bill_of_materials(tmp_path):
    for name in ("one", "two"):
        assert supply.save_sbom(tmp_path / name) == 0

    found = json.loads((tmp_path / "one").read_text())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert found["bomFormat"] == "CycloneDX"
    assert {each["name"]: each["version"] for each in found["components"]} == supply.read_lock()
    assert "/" not in json.dumps([each.get("bom-ref") for each in found["components"]])
