"""Environment variables: what each may be, and that a wrong one stops the start with a sentence that names the fix"""

import json
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from timetracker import environment

KEY = "0123456789abcdefghijklmnopqrstuvwxyz"

# The variables, and what the sentence says of them.
WRONG = [
    ({"PORT": "http"}, "PORT=http is not a port. Use a whole number from 1 to 65535, such as 8000."),
    ({"PORT": "0"}, "PORT=0 is not a port."),
    ({"PORT": "65536"}, "PORT=65536 is not a port."),
    ({"PORT": "-1"}, "PORT=-1 is not a port."),
    ({"PORT": "٨"}, "PORT=٨ is not a port."),
    ({"HOST": "0.0.0.0"}, "HOST=0.0.0.0 can be reached from other machines, so BASE_URL must say at which address"),
    ({"HOST": "::"}, "Without it, use HOST=127.0.0.1."),
    ({"BASE_URL": "time.example.org"}, "BASE_URL=time.example.org is not an address. Give scheme and host, no path:"),
    ({"BASE_URL": "ftp://time.example.org"}, "BASE_URL=https://time.example.org."),
    ({"BASE_URL": "https://"}, "BASE_URL=https: is not an address."),
    ({"BASE_URL": "https://time.example.org/app"}, "BASE_URL=https://time.example.org/app is not an address."),
    ({"BASE_URL": "https://time.example.org?x"}, "is not an address."),
    ({"BASE_URL": "https://time.example.org#x"}, "is not an address."),
    ({"BASE_URL": "https://time.example.org:0"}, "is not an address."),
    ({"BASE_URL": "https://time.example.org:port"}, "is not an address."),
    ({"BASE_URL": "https://time.example.org:99999"}, "is not an address."),
    ({"BASE_URL": "https://me:secret@time.example.org"}, "is not an address."),
    ({"BASE_URL": "https://*"}, "is not an address."),
    ({"BASE_URL": "https://.example.org"}, "is not an address."),
    ({"BASE_URL": "https://time example.org"}, "is not an address."),
    ({"FORWARDED_ALLOW_IPS": "proxy"}, "FORWARDED_ALLOW_IPS=proxy is not understood: "),
    ({"FORWARDED_ALLOW_IPS": "10.0.0.1/8"}, "Give addresses or networks such as 10.0.0.5,10.1.0.0/16, or *."),
    ({"DATA_DIR": "/dev/null"}, "DATA_DIR=/dev/null cannot be made: File exists."),
    ({"DATA_DIR": "/dev/null/data"}, "Name a folder this user may write to."),
    ({"SECRET_KEY": "short"}, "Give SECRET_KEY (or the file of SECRET_KEY_FILE) at least 32 random characters"),
    ({"SECRET_KEY": "a" * 50}, "The secret key is too short or too plain to protect sign-ins."),
    ({"SECRET_KEY_FILE": "/nowhere/key"}, "SECRET_KEY_FILE=/nowhere/key cannot be read: "),
    ({"SECRET_KEY_FILE": "/dev"}, "Name a readable file."),
    ({"SECRET_KEY_FILE": "/dev/null"}, "The secret key is too short"),
    ({"DATABASE_URL": "mysql://u:p@h/db"}, "DATABASE_URL begins with “mysql:”, which is not supported."),
    (
        {"DATABASE_URL": "$elsewhere"},
        "which is not supported. Use postgresql://user:password@host/name, or leave it unset",
    ),
    ({"DATABASE_URL": "sqlite:///time.sqlite3"}, "names no file. Give its whole path: DATABASE_URL=sqlite:////srv/"),
    ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL=sqlite:// names no file."),
    ({"DATABASE_URL": "sqlite:////nowhere/time.sqlite3"}, "lies in no folder. Make /nowhere, or name another."),
    ({"DATABASE_URL": "postgresql://user:password@host"}, "DATABASE_URL names no database."),
    ({"DATABASE_URL": "postgresql://user:password@host:port/db"}, "DATABASE_URL is not an address."),
    ({"DEBUG": "true"}, "DEBUG=true is not understood. Use one of: on, off."),
    ({"DEBUG": "on", "HOST": "0.0.0.0"}, "HOST=0.0.0.0 can be reached from other machines. Use HOST=127.0.0.1, or"),
    (
        {"DEBUG": "on", "HOST": "::", "BASE_URL": "http://127.0.0.1:8000"},
        "DEBUG=on shows code and data to everybody who can connect, and HOST=:: can be reached",
    ),
    (
        {"DEBUG": "on", "BASE_URL": "https://time.example.org"},
        "BASE_URL=https://time.example.org can be reached from other machines. Leave BASE_URL unset, or use DEBUG=off.",
    ),
    ({"REGISTRATION": "yes"}, "REGISTRATION=yes is not understood. Use one of: open, closed."),
    ({"RATE_LIMITS": "0"}, "RATE_LIMITS=0 is not understood. Use one of: on, off."),
    ({"LOG_LEVEL": "verbose"}, "LOG_LEVEL=verbose is not understood. Use one of: DEBUG, INFO, WARNING, ERROR."),
]


def run(data_dir, *arguments, **variables):
    """Runs manage.py in an environment of nothing but these variables."""
    return subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", *arguments],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(data_dir), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Each of many environments in one process: what `manage.py check` exits with. Settings that fail stay unread.
CHECK_EACH = """
import json, os, runpy, sys
usual, sys.argv = dict(os.environ), ["manage.py", "check"]
for variables in json.loads(sys.stdin.read()):
    os.environ.update(variables)
    try:
        runpy.run_path("manage.py", run_name="__main__")
    except SystemExit as exit:
        print(json.dumps(exit.code))
    for name in variables:
        del os.environ[name]
    os.environ.update(usual)
"""


@pytest.fixture(scope="module")
def sentences(tmp_path_factory):
    """What each of the WRONG environments is told."""
    result = subprocess.run(
        [sys.executable, "-c", CHECK_EACH],
        input=json.dumps([variables for variables, _sentence in WRONG]),
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path_factory.mktemp("data"))},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize("number", range(len(WRONG)), ids=[json.dumps(wrong[0]) for wrong in WRONG])
def test_a_wrong_value_stops_with_a_sentence(sentences, number):
    variables, expected = WRONG[number]
    told = sentences[number]

    assert re.fullmatch(r"timetracker: [^\n]+\.", told)
    assert expected in told
    assert next(iter(variables)) in told
    assert "password" not in told.replace("user:password@host/name", "")


@pytest.mark.parametrize("command", ["check", "migrate", "release"])
def test_no_traceback_is_shown(tmp_path, command):
    result = run(tmp_path, command, PORT="http")

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr == (
        "timetracker: PORT=http is not a port. Use a whole number from 1 to 65535, such as 8000.\n"
    )


SHOW = """
import json
from django.conf import settings as s
print(json.dumps({name: str(getattr(s, name)) for name in dir(s) if name.isupper()}))
"""


def read_settings(data_dir, **variables):
    result = run(data_dir, "shell", "--no-imports", "-c", SHOW, **variables)
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_no_variable_is_needed(tmp_path):
    """But DATA_DIR, so that the test writes nothing here."""
    found = read_settings(tmp_path)

    assert (found["HOST"], found["PORT"], found["BASE_URL"]) == ("127.0.0.1", "8000", "http://127.0.0.1:8000")
    assert found["DEBUG"] == "False"
    assert "CompressedManifest" in found["STORAGES"]
    assert found["ALLOWED_HOSTS"] == "['127.0.0.1', 'localhost', '[::1]']"
    assert found["SESSION_COOKIE_SECURE"] == found["CSRF_COOKIE_SECURE"] == found["SECURE_SSL_REDIRECT"] == "False"
    assert found["SECURE_HSTS_SECONDS"] == "0"
    assert (found["REGISTRATION_IS_OPEN"], found["RATE_LIMITS_ARE_ON"], found["LOG_LEVEL"]) == ("True", "True", "INFO")
    assert str(tmp_path / "timetracker.sqlite3") in found["DATABASES"]


def test_https_makes_cookies_secure(tmp_path):
    found = read_settings(
        tmp_path,
        HOST="0.0.0.0",
        BASE_URL="https://Time.example.org/",
        PORT="80",
        SECRET_KEY=f"${KEY}",
        LOG_LEVEL="debug",
    )

    assert found["BASE_URL"] == "https://Time.example.org"
    assert "'time.example.org'" in found["ALLOWED_HOSTS"]
    assert found["SESSION_COOKIE_SECURE"] == found["CSRF_COOKIE_SECURE"] == found["SECURE_SSL_REDIRECT"] == "True"
    assert found["SESSION_COOKIE_HTTPONLY"] == "True"
    assert int(found["SECURE_HSTS_SECONDS"]) == 365 * 86400
    assert found["SECRET_KEY"] == f"${KEY}"
    assert (found["PORT"], found["LOG_LEVEL"]) == ("80", "DEBUG")
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("variables", [{}, {"HOST": "::1"}, {"HOST": "localhost", "BASE_URL": "http://localhost:8000"}])
def test_debug_is_for_this_machine_only(tmp_path, variables):
    found = read_settings(tmp_path, DEBUG="on", **variables)

    assert found["DEBUG"] == "True"
    assert found["ALLOWED_HOSTS"].startswith("['127.0.0.1', 'localhost', '[::1]'")
    assert "CompressedManifest" not in found["STORAGES"]


@pytest.mark.parametrize(
    "variables", [{"BASE_URL": "https://time.example.org"}, {"BASE_URL": "https://[2001:db8::5]:8443"}]
)
def test_the_deployment_check_is_clean(tmp_path, variables):
    result = run(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **variables)

    assert result.returncode == 0
    assert "no issues (2 silenced)" in result.stdout
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("value", "hostname"),
    [
        ("http://time.example.org", "time.example.org"),
        ("https://time.example.org/", "time.example.org"),
        ("https://time.example.org:8443", "time.example.org"),
        ("http://192.168.1.5:8000", "192.168.1.5"),
        ("http://[2001:db8::5]:8000", "2001:db8::5"),
        ("http://raspberry", "raspberry"),
        ("https://xn--zeit-0ra.example", "xn--zeit-0ra.example"),
    ],
)
def test_a_good_base_url(monkeypatch, value, hostname):
    monkeypatch.setenv("BASE_URL", value)

    url = environment.read_base_url("BASE_URL", host="0.0.0.0")

    assert url.hostname == hostname
    assert url.geturl() == value.rstrip("/")


@pytest.mark.parametrize(
    ("host", "written"), [("::1", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost")]
)
def test_a_loopback_host_needs_no_base_url(monkeypatch, host, written):
    monkeypatch.delenv("BASE_URL", raising=False)

    assert environment.read_base_url("BASE_URL", host=host) is None
    assert environment.format_host(host) == written


@pytest.mark.parametrize("value", ["1", "8000", "65535"])
def test_a_good_port(monkeypatch, value):
    monkeypatch.setenv("PORT", value)

    assert environment.read_port("PORT", 1234) == int(value)


@pytest.mark.parametrize(("value", "choice"), [("open", "open"), ("CLOSED", "closed"), ("", "open"), (None, "open")])
def test_a_good_choice(monkeypatch, value, choice):
    monkeypatch.delenv("REGISTRATION", raising=False)
    if value is not None:
        monkeypatch.setenv("REGISTRATION", value)

    assert environment.read_choice("REGISTRATION", ("open", "closed"), "open") == choice


@pytest.mark.parametrize(
    ("value", "networks"),
    [
        ("", ["127.0.0.1/32", "::1/128"]),
        ("10.0.0.5", ["10.0.0.5/32"]),
        ("10.0.0.5, 10.1.0.0/16,", ["10.0.0.5/32", "10.1.0.0/16"]),
        ("2001:db8::/32", ["2001:db8::/32"]),
        ("*", ["0.0.0.0/0", "::/0"]),
    ],
)
def test_good_proxies(monkeypatch, value, networks):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", value)

    assert environment.read_networks("FORWARDED_ALLOW_IPS", "127.0.0.1,::1") == [ip_network(each) for each in networks]


def test_the_secret_key_is_made_once_and_for_the_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)

    first, second = environment.read_secret_key(tmp_path), environment.read_secret_key(tmp_path)

    assert first == second == (tmp_path / "secret_key").read_text()
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_processes_that_start_at_once_share_a_key(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(environment.read_secret_key, [tmp_path] * 16))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_the_secret_key_may_be_in_a_file(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "mounted").write_text(f"{KEY}\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "mounted"))

    assert environment.read_secret_key(tmp_path / "data") == KEY


def test_the_data_folder_is_made_for_the_owner_only(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new" / "data"))

    path = environment.read_data_dir("DATA_DIR", tmp_path)

    assert path == tmp_path / "new" / "data"
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_folder_that_cannot_be_written_to_is_rejected(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr("os.access", lambda *args: False)  # the tests may run as root, who may write anywhere

    with pytest.raises(ImproperlyConfigured, match=r"^DATA_DIR=.* cannot be written to\. Give this user the right"):
        environment.read_data_dir("DATA_DIR", tmp_path)


def test_sqlite_is_set_up_to_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    unset = environment.read_database("DATABASE_URL", data_dir=tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/other.sqlite3")
    file_name = environment.read_database("DATABASE_URL", data_dir=tmp_path)

    assert unset["NAME"] == f"{tmp_path}/timetracker.sqlite3"
    assert file_name["NAME"] == f"{tmp_path}/other.sqlite3"
    assert unset["ENGINE"] == "timetracker.db.sqlite"
    assert unset["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in unset["OPTIONS"]["init_command"]
    assert "synchronous=FULL" in unset["OPTIONS"]["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql(tmp_path, monkeypatch, scheme):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://mira:p%40ss@db.example:5433/time?sslmode=require")

    found = environment.read_database("DATABASE_URL", data_dir=tmp_path)

    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", 5433, "time")
    assert (found["USER"], found["PASSWORD"]) == ("mira", "p@ss")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"] == {"min_size": 1, "max_size": 8, "timeout": 10}
    assert "statement_timeout=30000" in found["OPTIONS"]["options"]
    assert "lock_timeout=10000" in found["OPTIONS"]["options"]
