"""The image has all that the product is made of, and runs without rights; docs/decisions/0210 says how it was tried."""

import re
from ipaddress import ip_address

import pytest
import yaml
from django.conf import settings
from django.test import Client

from timetracker import environment
from timetracker.management.doctor import CHECKS

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
    assert "ports" not in app, "whoever can connect from a network of containers is believed"
    assert set(COMPOSE["volumes"]) == {
        volume.partition(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service["volumes"]
        if volume[0] != "."
    }


@pytest.mark.parametrize("caddy", ["10.89.0.3", "172.18.0.3", "192.168.16.3", "fd00::3"])
def test_caddy_is_believed_and_not_everybody(caddy, monkeypatch, settings):
    """Podman and Docker give addresses of these networks; `*` is what doctor warns of."""
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", COMPOSE["services"]["app"]["environment"]["FORWARDED_ALLOW_IPS"])
    trusted = environment.read_networks("FORWARDED_ALLOW_IPS", "")
    assert any(ip_address(caddy) in network for network in trusted)
    assert all(network.is_private for network in trusted)

    settings.HOST, settings.BASE_URL, settings.TRUSTED_PROXIES = "0.0.0.0", "https://time.example.org", trusted
    assert [len(finding) for finding in CHECKS["Proxies"]()] == [1], "a text, and nothing to mend"


def test_the_database_is_in_the_volume_by_default():
    """Written out, since the podman-compose of Debian 12 takes an empty default for the value itself."""
    app = COMPOSE["services"]["app"]
    assert app["environment"]["DATABASE_URL"] == "${DATABASE_URL:-sqlite:////data/timetracker.sqlite3}"
    assert "data:/data" in app["volumes"]


def test_the_image_can_dump_the_postgresql_beside_it():
    (release,) = re.findall(r"^ARG BASE=.*-slim-(\w+)$", CONTAINERFILE, re.MULTILINE)
    (version,) = re.findall(r":(\d+)$", COMPOSE["services"]["postgres"]["image"])
    assert "postgresql-client" in CONTAINERFILE
    assert int(version) <= {"bookworm": 15, "trixie": 17}[release], "pg_dump takes no server newer than itself"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "app:8000"])
def test_the_health_check_asks_for_what_there_is(host):
    (path,) = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", COMPOSE["services"]["app"]["healthcheck"]["test"][-1])
    assert Client().get(path, headers={"host": host}).status_code == 200
