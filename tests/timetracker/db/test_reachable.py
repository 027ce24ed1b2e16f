"""A database that cannot be used stops the start with one sentence, which says where it was looked for and why"""

import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tests.server import GUNICORN, free_port
from timetracker import environment
from timetracker.db.reachable import require_database

SENTENCE = (
    "The database time at {host}, port {port}, cannot be used: {reason}. "
    "Start it, or correct the parts of DATABASE_URL: postgresql://user:password@host/name."
)


@pytest.fixture
def tell(monkeypatch, tmp_path):
    """Returns a function that returns what is said of the database of a URL, which cannot be used."""

    def told(url):
        monkeypatch.setenv("DATABASE_URL", url)
        with pytest.raises(ImproperlyConfigured, match=r"\A[^\n]+\Z") as raised:
            require_database(environment.read_database("DATABASE_URL", data_dir=tmp_path))
        assert "hunter2" not in str(raised.value)
        return str(raised.value)

    return told


@pytest.fixture
def server(request):
    """The port of a server that gives one answer, nothing for b"", and hangs up for None."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer():
        connection, _address = listener.accept()
        connection.settimeout(3)  # longer than who connects waits
        with connection, contextlib.suppress(TimeoutError):
            if request.param is not None:
                connection.recv(1000)
                connection.sendall(request.param)
                connection.recv(1000)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.close()
    thread.join(5)


def error_packet(code, message):
    """An error as PostgreSQL sends it in answer to the first message."""
    fields = b"SFATAL\0VFATAL\0" + f"C{code}\0M{message}\0".encode() + b"\0"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields


REASONS = {
    'password authentication failed for user "mira"': "28P01",
    'database "time" does not exist': "3D000",
    'role "mira" does not exist': "28000",
    "the database system is starting up": "57P03",
    "sorry, too many clients already": "53300",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("server", "reason"),
    [
        *((error_packet(code, reason), reason) for reason, code in REASONS.items()),
        (b"", "connection timeout expired"),
        (None, "server closed the connection unexpectedly"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "expected authentication request from server, but received H"),
    ],
    indirect=["server"],
    ids=[*REASONS, "silent", "hangs up", "another server"],
)
def test_what_the_server_says_is_said(tell, server, reason):
    told = tell(
        f"postgresql://mira:hunter2@127.0.0.1:{server}/time?sslmode=disable&gssencmode=disable&connect_timeout=2"
    )

    assert told == SENTENCE.format(host="127.0.0.1", port=server, reason=reason)


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_port_where_nothing_listens(tell, host):
    port = free_port()

    told = tell(f"postgresql://mira:hunter2@{host}:{port}/time")

    assert told == SENTENCE.format(host=host, port=port, reason="Connection refused")


@pytest.mark.django_db
def test_a_host_that_is_not_there(tell):
    assert tell("postgresql://mira:hunter2@no-such-host.invalid/time").startswith(
        "The database time at no-such-host.invalid, port 5432, cannot be used: "
    )
    assert tell(f"postgresql://mira:hunter2@{'a' * 64}/time") == SENTENCE.format(
        host="a" * 64, port=5432, reason="no host can have this name"
    )


# Django opens the file before it finds that out, and leaves it open until Python frees it (told since 3.13).
@pytest.mark.filterwarnings("ignore:unclosed database:ResourceWarning")
@pytest.mark.django_db
def test_a_file_that_is_no_database(tell, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Mira, " * 100)

    assert tell(f"sqlite:///{tmp_path}/letter.txt") == (
        f"The database {tmp_path}/letter.txt is damaged: file is not a database. "
        "Restore the newest backup: manage.py restore FILE, which keeps this one."
    )
    assert "unable to open database file" in tell(f"sqlite:///{tmp_path}")
    gc.collect()


@pytest.mark.django_db
def test_the_database_of_the_tests_can_be_used_and_one_beside_it_cannot(tell):
    database = settings.DATABASES["default"]

    require_database(database)
    if database["ENGINE"] == "django.db.backends.postgresql":
        with pytest.raises(ImproperlyConfigured, match='cannot be used: database "no_such_name" does not exist'):
            require_database({**database, "NAME": "no_such_name"})
        assert "pool" in database["OPTIONS"]
        check_that_letters_must_be_known(database)


def check_that_letters_must_be_known(database) -> None:
    """SQL_ASCII takes any bytes: lengths count bytes there, and what folds or sorts is only what ASCII has."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute("CREATE DATABASE without_letters TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        try:
            with pytest.raises(ImproperlyConfigured) as raised:
                require_database({**database, "NAME": "without_letters"})
        finally:
            server.execute("DROP DATABASE without_letters")

    assert str(raised.value) == (
        "The database without_letters has the encoding SQL_ASCII, and UTF8 is needed. "
        "Make another, createdb --template=template0 --locale=C --encoding=UTF8 NEW, "
        "bring over what this one holds with pg_dump OLD | psql NEW, and name it in DATABASE_URL."
    )


MANAGE = (sys.executable, "manage.py")


@pytest.mark.parametrize(
    "command",
    [
        (*MANAGE, "release"),
        (*MANAGE, "migrate"),
        (*MANAGE, "dumpdata"),
        (*MANAGE, "check", "--database", "default"),
        GUNICORN,
    ],
    ids=["release", "migrate", "dumpdata", "check", "gunicorn"],
)
def test_the_start_stops_with_one_sentence(tmp_path, command):
    port = free_port()

    result = subprocess.run(
        command,
        env={
            "PATH": os.environ["PATH"],
            "DATA_DIR": str(tmp_path),
            "PORT": str(free_port()),
            "DATABASE_URL": f"postgresql://mira:hunter2@127.0.0.1:{port}/time",
            "PYTHONWARNINGS": "ignore:No directory at",  # of static files, in a checkout where none were collected yet
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    told = [line for line in (result.stdout + result.stderr).splitlines() if "[INFO] Starting gunicorn" not in line]
    assert told == [f"timetracker: {SENTENCE.format(host='127.0.0.1', port=port, reason='Connection refused')}"]
    assert result.returncode == 1


@pytest.mark.parametrize("arguments", [("check",), ("help",), ("migrate", "--help")])
def test_what_asks_no_database_needs_none(tmp_path, arguments):
    result = subprocess.run(
        [*MANAGE, *arguments],
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://127.0.0.1:1/time"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (result.returncode, result.stderr) == (0, "")
