"""The image has all that the product is made of, and runs without rights; docs/decisions/0210 says how it was tried."""

import re

import pytest
import yaml
from django.conf import settings
from django.test import Client

CONTAINERFILE = (settings.BASE_DIR / "Containerfile").read_text()
COMPOSE = yaml.safe_load((settings.BASE_DIR / "compose.yaml").read_text())
# What an operator's server needs none of.
LEFT_OUT = {"benchmarks", "docs", "tests"}


def copied():
    """What the image gets of the checkout."""
    lines = re.findall(r"^COPY (.+) \S+$", CONTAINERFILE, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def test_all_code_is_in_the_image_and_none_of_it_is_ignored():
    folders = {path.parent.name for path in settings.BASE_DIR.glob("*/__init__.py")} | {"templates", "static"}
    assert folders - LEFT_OUT <= copied()
    assert all((settings.BASE_DIR / name).exists() for name in copied())
    ignored = (settings.BASE_DIR / ".containerignore").read_text().split()
    assert {f"!{name.partition('/')[0]}" for name in copied()} == {each for each in ignored if each[0] == "!"}


def test_it_runs_without_rights():
    assert re.search(r"^USER 10001$", CONTAINERFILE, re.MULTILINE)
    app = COMPOSE["services"]["app"]
    assert (app["read_only"], app["cap_drop"], app["tmpfs"]) == (True, ["ALL"], ["/tmp"])
    assert "ports" not in app, "FORWARDED_ALLOW_IPS=* believes everybody who can connect"
    assert set(COMPOSE["volumes"]) == {
        volume.partition(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service["volumes"]
        if volume[0] != "."
    }


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "app:8000"])
def test_the_health_check_asks_for_what_there_is(host):
    (path,) = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", COMPOSE["services"]["app"]["healthcheck"]["test"][-1])
    assert Client().get(path, headers={"host": host}).status_code == 200
