"""CPU that one request takes in the process of the server, median of many, in milliseconds.

    python -m benchmarks.cpu                            on SQLite
    python -m tests.postgres python -m benchmarks.cpu   on PostgreSQL

Requests go through WSGI as the server passes them on, with all middleware; the socket is left out. All kinds take
turns, so that whatever else the machine does befalls each of them. `--profile "GET month"` prints where one kind spends
its time.
"""

import argparse
import cProfile
import gc
import io
import json
import os
import pstats
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import connection  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Template  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from django.urls import ResolverMatch  # noqa: E402

from tests.factories import make_guest, make_token, start_session  # noqa: E402
from tests.many_sessions import add_sessions, analyze  # noqa: E402
from timetracker.wsgi import application  # noqa: E402
from users_app.browser_sessions import SessionStore  # noqa: E402
from users_app.models import User  # noqa: E402

MONTH_ROWS = 300
WRITES = ["save", "stop", "start", "batch of 100"]
Headers = dict[str, str]


def make_tracker(count: int, now: datetime) -> tuple[User, Headers, Headers]:
    """Returns a user of `count` sessions, ten a day, with one that runs, and what a script and a browser send."""
    user = make_guest(timezone="Europe/Berlin")
    each = timedelta(days=30) / MONTH_ROWS
    add_sessions(user, count, until=now, over=each * count)
    start_session(user, (now - timedelta(hours=1)).isoformat(), "Runs")
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["renewed_on"] = now.date().isoformat()
    session.save()
    return user, {"Authorization": f"Bearer {make_token(user)}"}, {"Cookie": f"sessionid={session.session_key}"}


def send(
    method: str, path: str, headers: Headers, body: Any = None, *, to: Any = application
) -> tuple[int, Headers, bytes]:
    """Sends a request through WSGI; returns status, headers and body of the answer."""
    content = b"" if body is None else json.dumps(body).encode()
    path, _mark, query = path.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(content)),
        "CONTENT_TYPE": "application/json" if content else "",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(content),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    told: list[Any] = []
    answer: Iterable[bytes] = to(environ, lambda status, names: told.extend((status, names)))  # type: ignore[arg-type, return-value]
    found = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return int(told[0].split()[0]), dict(told[1]), found


def kinds(token: Headers, cookie: Headers, now: datetime) -> dict[str, Callable[[], tuple[int, Headers, bytes]]]:
    """Returns the requests that are measured, by name."""
    month = f"{now:%Y-%m-%d}"
    times = {"start": (now - timedelta(hours=2)).isoformat(), "end": (now - timedelta(hours=1)).isoformat()}
    gets = {
        "healthz": ("/healthz", {}),
        "timer": ("/v1/users/me/timer", token),
        "day": ("/v1/users/me/sessions", token),
        "week": ("/v1/users/me/sessions?duration=week", token),
        "month": (f"/v1/users/me/sessions?duration=month&date={month}&limit=500", token),
        # A day that both users have ten sessions of.
        "old day": (f"/v1/users/me/sessions?date={now - timedelta(days=90):%Y-%m-%d}", token),
        "changes": ("/v1/users/me/changes?limit=1", token),
        "page Today": ("/", cookie),
        "page Week": ("/week/", cookie),
        "page Month": ("/month/", cookie),
        "page Reports": ("/reports/", cookie),
        "page Settings": ("/settings/", cookie),
    }
    found: dict[str, Callable[[], tuple[int, Headers, bytes]]] = {
        name: lambda path=path, headers=headers: send("GET", path, headers)  # type: ignore[misc]
        for name, (path, headers) in gets.items()
    }
    for name in ("timer", "day", "week", "month"):
        path, headers = gets[name]
        tag = send("GET", path, headers)[1].get("ETag", "")
        found[f"{name}, known"] = lambda path=path, headers=headers, tag=tag: send(  # type: ignore[misc]
            "GET", path, {**headers, "If-None-Match": tag}
        )
    for name in [each for each in gets if each.startswith("page ")]:
        path, headers = gets[name]
        found[f"constant {name}"] = constant_template(len(send("GET", path, headers)[2]))
    # Saves end years before, so that they change no period that is read.
    found["save"] = lambda: send(
        "POST", "/v1/users/me/session", token, {**times, "id": str(uuid4()), "sessionName": "Work"} | _long_ago()
    )
    # In this order, so that something runs while the others are measured: else what was answered is sent again.
    found["stop"] = lambda: send("POST", "/v1/users/me/timer/stop", token)
    found["start"] = lambda: send("POST", "/v1/users/me/timer/start", token, {"sessionName": "Work"})
    together = {
        "operations": [{"op": "create", "body": {**_long_ago(), "sessionName": "Work"}} for _each in range(100)]
    }
    found["batch of 100"] = lambda: send("POST", "/v1/users/me/sessions/batch", token, together)
    return found


def _long_ago() -> dict[str, str]:
    return {"start": "2001-03-02T08:00:00Z", "end": "2001-03-02T09:30:00Z"}


def constant_template(size: int) -> Callable[[], tuple[int, Headers, bytes]]:
    """Returns a request for a view that renders a constant template of a size, behind the same middleware."""
    template = Template("x" * size)

    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render(Context({"request": request})))

    handler = WSGIHandler()
    handler.resolve_request = lambda _request: ResolverMatch(view, (), {})  # type: ignore[method-assign]
    return lambda: send("GET", "/", {}, to=handler)


def measure(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Returns the median of the CPU time of each call in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    gc.collect()
    reads = [name for name in calls if name not in WRITES]
    for group in (reads, WRITES):
        for name in group * rounds:
            if name in reads:
                calls[name]()  # so that the one before, which may be large, leaves nothing to collect
            begun = time.process_time()
            calls[name]()
            times[name].append((time.process_time() - begun) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--profile", metavar="KIND")
    options = parser.parse_args()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        now = datetime.now(UTC).replace(microsecond=0)
        trackers = {count: make_tracker(count, now) for count in options.counts}
        analyze()
        calls = {count: kinds(token, cookie, now) for count, (_user, token, cookie) in trackers.items()}
        for each in calls.values():
            for name, call in each.items():
                status = call()[0]
                assert status in {200, 201, 304}, (name, status)
        if options.profile:
            show_profile(calls[options.counts[0]][options.profile])
            return
        # Reads first, and with the tags of now: what is written changes them.
        results = {count: measure(kinds(*tracker[1:], now), options.rounds) for count, tracker in trackers.items()}
        print(f"{connection.vendor}, CPU of a request in ms, median of {options.rounds}")
        print(f"{'sessions':24}" + "".join(f"{count:>12,}" for count in results))
        for name in next(iter(results.values())):
            print(f"{name:24}" + "".join(f"{result[name]:12.2f}" for result in results.values()))
    finally:
        runner.teardown_databases(databases)


def show_profile(call: Callable[[], object]) -> None:
    """Prints where 200 calls spend their time."""
    profile = cProfile.Profile()
    profile.enable()
    for _number in range(200):
        call()
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(70)


if __name__ == "__main__":
    main()
