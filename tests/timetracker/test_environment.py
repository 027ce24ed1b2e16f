"""Environment variables: what each may be, and that a wrong one stops the start with a sentence that names the fix"""

import json
import os
import re
import stat
import string
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
from django.conf import settings
from django.contrib import auth
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import Client

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
    ({"BASE_URL": "https://time..example.org"}, "is not an address."),
    ({"BASE_URL": "https://time_example.org"}, "is not an address."),
    ({"BASE_URL": "https://time.example.org:443:443"}, "is not an address."),
    ({"BASE_URL": "https://192.168.1.256"}, "is not an address."),
    ({"BASE_URL": "https://time.example.7"}, "is not an address."),
    ({"BASE_URL": "https://[fe80::1%eth0]"}, "is not an address."),
    ({"BASE_URL": "https://[2001:db8::5"}, "is not an address."),
    ({"BASE_URL": "https://[time.example.org]"}, "is not an address."),
    ({"BASE_URL": "https://zeit☃.example"}, "is not an address."),
    ({"BASE_URL": f"https://{'a' * 64}.example"}, "is not an address."),
    ({"BASE_URL": "https://time example.org"}, "is not an address."),
    ({"API_ORIGINS": "*"}, "API_ORIGINS=* is every website there is. Name those whose scripts may call the API:"),
    ({"API_ORIGINS": "a.example"}, "API_ORIGINS=a.example is not an origin. Give scheme and host, no path, with"),
    ({"API_ORIGINS": "https://a.example/app"}, "API_ORIGINS=https://a.example,https://b.example."),
    ({"API_ORIGINS": "https://a.example, https://*.b.example"}, "API_ORIGINS=https://*.b.example is not an origin."),
    ({"API_ORIGINS": "https://a.example https://b.example"}, "is not an origin."),
    ({"API_ORIGINS": "null"}, "API_ORIGINS=null is not an origin."),
    ({"API_ORIGINS": "file://"}, "API_ORIGINS=file:// is not an origin."),
    ({"API_ORIGINS": "https://me:secret@a.example"}, "is not an origin."),
    ({"FORWARDED_ALLOW_IPS": "proxy"}, "FORWARDED_ALLOW_IPS=proxy is not understood: "),
    ({"FORWARDED_ALLOW_IPS": "10.0.0.1/8"}, "Give addresses or networks such as 10.0.0.5,10.1.0.0/16, or *."),
    ({"DATA_DIR": "/dev/null"}, "DATA_DIR=/dev/null cannot be made: File exists."),
    ({"DATA_DIR": "/dev/null/data"}, "Name a folder this user may write to."),
    ({"SECRET_KEY": "short"}, "Give SECRET_KEY (or the file of SECRET_KEY_FILE) at least 32 random characters"),
    ({"SECRET_KEY": "a" * 50}, "The secret key is too short or too plain to protect sign-ins."),
    ({"SECRET_KEY": KEY[:31]}, "It has fewer than 32 characters. Give SECRET_KEY"),
    ({"SECRET_KEY": KEY[:15] * 3}, "It has fewer than 16 different characters."),
    ({"SECRET_KEY": "your-secret-key-goes-here-0123456789"}, "It has “secret” in it, as examples have."),
    ({"SECRET_KEY": f"{KEY}-CHANGE-ME"}, "It has “change” in it"),
    ({"SECRET_KEY": f"{KEY}.eXaMpLe"}, "It has “example” in it"),
    ({"SECRET_KEY": f"django-insecure-{KEY}"}, "It has “insecure” in it"),
    ({"SECRET_KEY": f"Put-Your-Own-Here-{KEY}"}, "It has “your” in it"),
    (
        {"SECRET_KEY_FALLBACKS": f"{KEY},short"},
        "SECRET_KEY_FALLBACKS has a key that has fewer than 32 characters (number 2)",
    ),
    (
        {"SECRET_KEY_FALLBACKS": f"your-{KEY}"},
        "has “your” in it, as examples have (number 1), with which anybody could",
    ),
    ({"SECRET_KEY_FALLBACKS": f"{KEY} {KEY[:31]},{'a' * 40}"}, "has fewer than 16 different characters (number 2)"),
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
    ({"DATABASE_URL": "postgresql://user:password@host:0/db"}, "DATABASE_URL is not an address."),
    ({"DATABASE_URL": "postgresql://user:password@host:65536/db"}, "DATABASE_URL is not an address."),
    ({"DATABASE_URL": "postgresql://user:password@host/d%00b"}, "DATABASE_URL is not an address."),
    ({"DATABASE_URL": "postgresql://user:password@host/d\nb"}, "DATABASE_URL is not an address."),
    ({"DATABASE_URL": "postgresql://user:password@one:5432,two:port/db"}, "DATABASE_URL is not an address."),
    ({"DATABASE_URL": "postgresql://user:password@host/db?sslmod=require"}, 'invalid connection option "sslmod".'),
    ({"DATABASE_URL": "postgresql://user:pass/word@host/db"}, "Write / as %2F, ? as %3F, # as %23, @ as %40"),
    ({"DATABASE_URL": "postgresql://user:12/word@host/db"}, "DATABASE_URL can be read in two ways"),
    ({"DATABASE_URL": "postgresql://user:12/34@host/db"}, "Write / as %2F"),
    ({"DATABASE_URL": "postgresql://user:12?word@host/db"}, "? as %3F"),
    ({"DATABASE_URL": "postgresql://user:?host=evil&@host/db"}, "? as %3F"),
    ({"DATABASE_URL": "postgresql://user:12#word@host/db"}, "# as %23"),
    ({"DATABASE_URL": "postgresql://user:pass@word@host/db"}, "@ as %40"),
    ({"DATABASE_URL": "postgresql://user:pass@word/x@host/db"}, "@ as %40"),
    ({"DATABASE_URL": "postgresql://us/er:password@host/db"}, "Write / as %2F"),
    ({"DATABASE_URL": "postgresql://user:pass[word@host/db"}, "[ as %5B"),
    ({"DATABASE_URL": "postgresql://user:pass%word@host/db"}, "% as %25"),
    ({"DATABASE_URL": "postgresql://user:password%2@host/db"}, "% as %25"),
    ({"DATABASE_URL": "postgresql://user:pass word@host/db"}, "a blank as %20"),
    ({"DATABASE_URL": "postgresql://user:password@host/db#1"}, "# as %23"),
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
    ({"ADMIN_SECOND_FACTOR": "on"}, "ADMIN_SECOND_FACTOR=on is not understood. Use one of: off, required."),
    (
        {"EMAIL_URL": "mail.example.org"},
        "EMAIL_URL is not understood. Use an address such as smtp+tls://user:secret@mail.",
    ),
    ({"EMAIL_URL": "smtp://"}, "EMAIL_URL names no server. Use an address such as smtp+tls://user:secret@mail."),
    ({"EMAIL_URL": "smtp://mail.example.org:port"}, "EMAIL_URL is not understood."),
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
    assert not re.search("pass.?word|12.34", told.replace("user:password@host/name", ""))
    assert KEY[:15] not in told


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
    assert "BundlingStorage" in found["STORAGES"]
    assert found["ALLOWED_HOSTS"] == "['127.0.0.1', 'localhost', '[::1]']"
    assert found["SESSION_COOKIE_SECURE"] == found["CSRF_COOKIE_SECURE"] == found["SECURE_SSL_REDIRECT"] == "False"
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")
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

    assert found["BASE_URL"] == "https://time.example.org"
    assert found["CSRF_TRUSTED_ORIGINS"] == "['https://time.example.org', 'https://time.example.org.']"
    assert "'time.example.org'" in found["ALLOWED_HOSTS"]
    assert found["SESSION_COOKIE_SECURE"] == found["CSRF_COOKIE_SECURE"] == found["SECURE_SSL_REDIRECT"] == "True"
    assert found["SESSION_COOKIE_HTTPONLY"] == "True"
    assert (found["SESSION_COOKIE_NAME"], found["CSRF_COOKIE_NAME"]) == ("__Host-sessionid", "__Host-csrftoken")
    assert int(found["SECURE_HSTS_SECONDS"]) == 365 * 86400
    assert found["SECRET_KEY"] == f"${KEY}"
    assert (found["PORT"], found["LOG_LEVEL"]) == ("80", "DEBUG")
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize("variables", [{}, {"HOST": "::1"}, {"HOST": "localhost", "BASE_URL": "http://localhost:8000"}])
def test_debug_is_for_this_machine_only(tmp_path, variables):
    found = read_settings(tmp_path, DEBUG="on", **variables)

    assert found["DEBUG"] == "True"
    assert found["ALLOWED_HOSTS"].startswith("['127.0.0.1', 'localhost', '[::1]'")
    assert "BundlingStorage" not in found["STORAGES"]


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
    ("value", "written"),
    [
        ("https://Time.Example.org", "https://time.example.org"),
        ("HTTPS://TIME.EXAMPLE.ORG/", "https://time.example.org"),
        ("https://time.example.org:443", "https://time.example.org"),
        ("https://time.example.org:0443/", "https://time.example.org"),
        ("https://time.example.org:", "https://time.example.org"),
        ("https://time.example.org:80", "https://time.example.org:80"),
        ("http://time.example.org:80", "http://time.example.org"),
        ("http://time.example.org:443", "http://time.example.org:443"),
        ("https://time.example.org.", "https://time.example.org"),
        ("https://time.example.org.:443", "https://time.example.org"),
        (" https://time.example.org\n", "https://time.example.org"),
        ("https://zeit-für.example", "https://xn--zeit-fr-s2a.example"),
        ("https://ZEIT-FÜR.example", "https://xn--zeit-fr-s2a.example"),
        ("https://zeit-fu\u0308r.example", "https://xn--zeit-fr-s2a.example"),
        ("https://XN--ZEIT-FR-S2A.example", "https://xn--zeit-fr-s2a.example"),
        ("https://straße.example", "https://xn--strae-oqa.example"),
        ("https://日本語。example", "https://xn--wgv71a119e.example"),
        ("https://ti\u00adme.example", "https://time.example"),
        ("http://192.168.001.5:8000", "http://192.168.1.5:8000"),
        ("http://127.1:8000", "http://127.0.0.1:8000"),
        ("http://0x7F.0.0.1", "http://127.0.0.1"),
        ("http://[2001:DB8:0:0:0:0:0:5]:80", "http://[2001:db8::5]"),
        ("https://[2001:db8::0005]:443", "https://[2001:db8::5]"),
        ("https://[::FFFF:192.0.2.1]:8443", "https://[::ffff:c000:201]:8443"),
        ("http://[0:0:0:0:0:0:0:1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_base_url_is_written_as_browsers_write_it(monkeypatch, value, written):
    monkeypatch.setenv("BASE_URL", value)

    url = environment.read_base_url("BASE_URL", host="0.0.0.0")

    assert url.geturl() == written
    assert environment.format_host(url.hostname) in written


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        ("https://Time.example.org:8443", ["https://time.example.org:8443", "https://time.example.org.:8443"]),
        ("http://192.168.1.5:80", ["http://192.168.1.5"]),
        ("https://[2001:DB8::5]:443", ["https://[2001:db8::5]"]),
    ],
)
def test_forms_come_from_the_base_url_also_with_a_dot_at_its_end(monkeypatch, value, origins):
    monkeypatch.setenv("BASE_URL", value)

    assert environment.trusted_origins(environment.read_base_url("BASE_URL", host="0.0.0.0")) == origins


@pytest.mark.parametrize(
    ("host", "written"), [("::1", "[::1]"), ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost")]
)
def test_a_loopback_host_needs_no_base_url(monkeypatch, host, written):
    monkeypatch.delenv("BASE_URL", raising=False)

    assert environment.read_base_url("BASE_URL", host=host) is None
    assert environment.format_host(host) == written


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("", "127.0.0.1"),
        ("LocalHost", "localhost"),
        ("[::1]", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("[2001:DB8::5]", "2001:db8::5"),
        ("0.0.0.0", "0.0.0.0"),
    ],
)
def test_where_to_listen_is_read_as_a_socket_takes_it(monkeypatch, value, host):
    monkeypatch.setenv("HOST", value)

    assert environment.read_host("HOST", "127.0.0.1") == host


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
    ("value", "origins"),
    [
        ("", []),
        (" , ", []),
        ("https://a.example", ["https://a.example"]),
        ("https://a.example/, http://localhost:5173", ["https://a.example", "http://localhost:5173"]),
        ("HTTPS://A.Example:443,https://a.example.", ["https://a.example"]),
        ("https://zeit.müller.example", ["https://zeit.xn--mller-kva.example"]),
        ("http://[::1]:3000", ["http://[::1]:3000"]),
    ],
)
def test_good_origins(monkeypatch, value, origins):
    monkeypatch.setenv("API_ORIGINS", value)

    assert environment.read_origins("API_ORIGINS") == origins


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


def test_a_server_for_mail(monkeypatch):
    monkeypatch.delitem(environment.values.env.ENVIRON, "EMAIL_URL", raising=False)
    assert environment.read_mail("EMAIL_URL") is None
    monkeypatch.setitem(environment.values.env.ENVIRON, "EMAIL_URL", "smtp+tls://user:pass%40word@mail.example.org:587")
    found = environment.read_mail("EMAIL_URL")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_USE_TLS"]) == ("mail.example.org", 587, True)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("user", "pass@word")


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


@pytest.mark.parametrize("number", range(10))
def test_a_key_that_is_made_never_looks_like_an_example(tmp_path, monkeypatch, number):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = environment.read_secret_key(tmp_path)

    assert not re.search("[aeiou]", key, re.IGNORECASE)
    monkeypatch.setenv("SECRET_KEY", key)
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{key},{KEY}")
    assert environment.read_secret_key(tmp_path) == key
    assert environment.read_fallback_keys("SECRET_KEY_FALLBACKS") == [key, KEY]


def test_a_key_made_before_holds_whatever_word_chance_put_in_it(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    key = f"{string.ascii_letters}{string.digits}_-your_yOuR-chnge_zyxwvu"
    assert len(key) == 86
    (tmp_path / "secret_key").write_text(key)

    assert environment.read_secret_key(tmp_path) == key


@pytest.mark.parametrize("text", [f"your-secret-{KEY}", "your-secret-key-goes-here-".ljust(86, "x")])
def test_a_key_put_by_hand_into_the_data_folder_is_read_like_any_other(tmp_path, monkeypatch, text):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "secret_key").write_text(text)

    with pytest.raises(ImproperlyConfigured, match="too plain to protect sign-ins"):
        environment.read_secret_key(tmp_path)


@pytest.mark.parametrize(
    ("value", "keys"),
    [(None, []), ("", []), (KEY, [KEY]), (f" {KEY}, {KEY[::-1]}, ", [KEY, KEY[::-1]]), (f"${KEY}", [f"${KEY}"])],
)
def test_keys_of_before(monkeypatch, value, keys):
    monkeypatch.delenv("SECRET_KEY_FALLBACKS", raising=False)
    if value is not None:
        monkeypatch.setenv("SECRET_KEY_FALLBACKS", value)

    assert environment.read_fallback_keys("SECRET_KEY_FALLBACKS") == keys


@pytest.mark.django_db
def test_who_is_signed_in_stays_so_while_the_key_of_before_is_a_fallback(settings, django_user_model):
    client, request = Client(), HttpRequest()
    user = django_user_model.objects.create()
    client.force_login(user)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = KEY, [settings.SECRET_KEY]

    request.session = client.session
    assert auth.get_user(request) == user
    settings.SECRET_KEY_FALLBACKS = []
    assert auth.get_user(request) == user  # what was signed with the old key is now signed with the new one
    request.session = client.session
    assert not auth.get_user(request).is_authenticated


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
    assert "wal_autocheckpoint=4000" in unset["OPTIONS"]["init_command"]


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


@pytest.mark.parametrize(
    ("url", "host", "port", "user", "password", "database"),
    [
        ("mira:p%2Fa%3Fs%23s%40%25@db.example/time", "db.example", "", "mira", "p/a?s#s@%", "time"),
        ("mira:p:a$s&s+;=@db.example/time", "db.example", "", "mira", "p:a$s&s+;=", "time"),
        ("mi%40ra:@db.example/ti%2Fme+", "db.example", "", "mi@ra", "", "ti/me+"),
        ("mira:pass@[2001:db8::5]:5433/time", "2001:db8::5", 5433, "mira", "pass", "time"),
        ("mira:pass@one,two:5433/time", "one,two", "5432,5433", "mira", "pass", "time"),
        ("mira@%2Fvar%2Frun/time", "/var/run", "", "mira", "", "time"),
        ("//var/run/postgresql/time", "/var/run/postgresql", "", "", "", "time"),
        ("/time", "", "", "", "", "time"),
    ],
)
def test_every_part_of_a_database_url_is_read_as_meant(
    tmp_path, monkeypatch, url, host, port, user, password, database
):
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{url}")

    found = environment.read_database("DATABASE_URL", data_dir=tmp_path)

    assert (found["HOST"], found["PORT"], found["NAME"]) == (host, port, database)
    assert (found["USER"], found["PASSWORD"]) == (user, password)
