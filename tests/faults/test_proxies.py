"""The proxies that are documented, from Debian: they pass on what the server needs, beside 500 slow clients."""

import contextlib
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.client import Caller, FormBrowser
from tests.faults.test_slow_clients import HEAD, MAX_SECONDS, seconds_of_calls
from tests.server import CHECKOUT, Server, free_port

CONFIGURATIONS = CHECKOUT / "docs/proxies"
SILENT = 500
PACKAGES = {"nginx": "nginx-light", "caddy": "caddy"}

pytestmark = pytest.mark.slow(reason="installs proxies, and opens hundreds of connections")


def find_program(name: str) -> str:
    """Installs it from Debian when it is missing; the service that comes with it is not started here."""
    if shutil.which(name, path="/usr/sbin:/usr/bin") is None:
        for command in (("apt-get", "update", "-q"), ("apt-get", "install", "-qy", PACKAGES[name])):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            assert done.returncode == 0, f"{name} is needed, and cannot be installed: {done.stderr[-500:]}"
    return str(shutil.which(name, path="/usr/sbin:/usr/bin"))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(port) -> Iterator[Server]:
    with Server(BASE_URL=f"http://127.0.0.1:{port}") as started:
        yield started


@pytest.fixture(params=PACKAGES)
def proxy(request, server, port, tmp_path) -> Iterator[str]:
    """The address of a proxy that runs the documented configuration, but for names, ports and TLS."""
    program = find_program(request.param)
    arguments = {"nginx": nginx, "caddy": caddy}[request.param](tmp_path, server.url.removeprefix("http://"), port)
    environment = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen((program, *arguments), env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def nginx(folder: Path, upstream: str, port: int) -> list[str]:
    passing = (CONFIGURATIONS / "timetracker_proxy.conf").read_text().replace("127.0.0.1:8000", upstream)
    (folder / "timetracker_proxy.conf").write_text(passing)
    site = (CONFIGURATIONS / "nginx.conf").read_text().replace("/etc/nginx/", f"{folder}/")
    site = re.sub(r"^ *(ssl_certificate|listen \[).*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{name}_temp_path {folder}/{name};\n" for name in names)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; user root;\nevents {{ worker_connections 4096; }}\n"
        f"http {{\naccess_log off;\n{paths}{site}}}\n"
    )
    return ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def caddy(folder: Path, upstream: str, port: int) -> list[str]:
    site = (CONFIGURATIONS / "Caddyfile").read_text()
    site = site.replace("{$SITE:time.example.org}", f"http://127.0.0.1:{port}")
    site = site.replace("{$UPSTREAM:127.0.0.1:8000}", upstream)
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n}}\n{site}")
    return ["run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def test_forms_and_calls_pass(proxy):
    assert "Logo" in FormBrowser(proxy).submit("/", "/timer/start/", name="Logo")
    with contextlib.closing(Caller(proxy)) as caller:
        assert caller.call("GET", "/v1/users/me/timer").status == 200


def test_slow_clients_keep_nobody_waiting(proxy, port):
    with contextlib.closing(Caller(proxy)) as caller, contextlib.ExitStack() as stack:
        head = HEAD.format(token=caller.token)
        for number in range(SILENT):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            client.sendall((b"", head.encode(), f"{head}Content-Length: 1000\r\n\r\n{{".encode())[number % 3])

        assert seconds_of_calls(caller) < MAX_SECONDS
