"""Log lines can be shown to a stranger: no tokens, no addresses of feeds, no cookies, no names of sessions"""

import io
import json
import logging
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import IntegrityError
from django.test import Client
from gunicorn.app.base import Application

from sessions_app import services
from sessions_app.models import TimeSession
from tests.conftest import ApiClient
from tests.factories import make_token, start_session
from tests.server import Server
from timetracker import logs
from users_app.models import make_secret
from users_app.services.feeds import issue_feed

SECRET_NAME, SECRET_NOTE = "Merger of Alpha and Beta", "Call them\n\n  File at noon\nnobody may know"


@pytest.fixture
def log():
    """What the configured handler writes, at its most talkative."""
    root = logging.getLogger()
    (handler,) = (each for each in root.handlers if isinstance(each.formatter, logs.PrivateFormatter))
    written, level = io.StringIO(), root.level
    usual = handler.setStream(written)
    root.setLevel(logging.DEBUG)
    yield written
    root.setLevel(level)
    handler.setStream(usual)


def format_error(error, message="Unhandled error"):
    """The lines of a record about an exception, as the formatter writes them."""
    record = logging.LogRecord(
        "name", logging.ERROR, "path", 1, message, None, (type(error), error, error.__traceback__)
    )
    logs.RequestIdFilter().filter(record)
    return logs.PrivateFormatter("{levelname} [{request_id}] {message}", style="{").format(record)


def raised(message, cause=None, suppressed=None):
    try:
        try:
            if suppressed is not None:
                raise suppressed
            raise IntegrityError(message) from cause
        except ValueError:
            raise IntegrityError(message)  # noqa: B904 - the chain of exceptions is what is logged
    except IntegrityError as error:
        return error


REJECTED = 'new row for relation "session" violates check constraint "session_end_not_before_start"'


@pytest.mark.parametrize(
    "detail",
    [
        "DETAIL:  Failing row contains (1, secret name).",
        "DETAIL:  Failing row contains (1, secret\nof many\nlines).",
        "DETAIL:  Failing row contains (1, secret\n\nafter a blank line, secret).",
        "DETAIL:  Failing row contains (1, x\n  File secret\nTraceback secret, 2).",
        "DETAIL:  Key (name)=(secret) already exists.\nCONTEXT:  SQL statement secret",
        "CONTEXT:  unnamed portal parameter $1 = 'secret'",
        "LINE 1: INSERT INTO session VALUES ('secret', 'an\n                                    ^",
        "LINE 12: ...secret...\n  ^\nDETAIL:  secret",
    ],
)
@pytest.mark.parametrize("how", ["alone", "as cause", "as context", "in the message"])
def test_values_of_rows_are_left_out(detail, how):
    message = f"{REJECTED}\n{detail}\n"
    match how:
        case "alone":
            written = format_error(raised(message))
        case "as cause":
            written = format_error(raised("what Django says", ValueError(message)))
        case "as context":
            written = format_error(raised("what Django says", suppressed=ValueError(message)))
        case _:
            written = format_error(raised("what Django says"), f"It failed: {message}")

    assert "secret" not in written
    assert "after a blank line" not in written
    assert REJECTED in written
    assert "(values left out)" in written
    assert "Traceback (most recent call last):" in written
    assert how == "alone" or "IntegrityError: what Django says" in written


def test_other_lines_are_kept():
    written = format_error(raised("a plain message"), "DETAILS: of one line")

    assert "DETAILS: of one line" in written
    assert "IntegrityError: a plain message" in written
    assert "left out" not in written


FEED = make_secret("ttf_")
SHARE = make_secret("tts_")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (f"GET /feeds/{FEED}.ics 200", "GET /feeds/(left out) 200"),
        (f"Not Found: /feeds/{FEED[:20]}", "Not Found: /feeds/(left out)"),
        (f"GET /shared/{SHARE}/ 200", "GET /shared/(left out) 200"),
        ("Not Found: /shared/tts_mistyped", "Not Found: /shared/(left out)"),
        (f"the link {SHARE}", "the link tts_(left out)"),
        (f"/Feeds/{FEED}.ics", "/Feeds/ttf_(left out).ics"),
        (f"/v1/{make_secret()}/x", "/v1/tt_(left out)/x"),
        ("/signin/password/abc/cz1-0f/", "/signin/password/(left out)"),
        ("/settings/email/Mg:1x:abc/", "/settings/email/(left out)"),
        ("/signin/password/", "/signin/password/"),
        ("/settings/email/", "/settings/email/"),
        ("/feeds/", "/feeds/"),
        ("/settings/calendar/0f8fad5b-d9cd-469f-a165-70867728950e/revoke/",) * 2,
        ("the name tt_long or ttf_short",) * 2,
        ("GET /v1/users/mira.b+x@example.org/sessions 404", "GET /v1/users/(left out)/sessions 404"),
        ("/v1/users/mira%40example.org/", "/v1/users/(left out)/"),
        ("Invalid HTTP_HOST header: 'mira@example.org'.", "Invalid HTTP_HOST header: '(left out)'."),
        ("{'email': <mira@example.org>}", "{'email': <(left out)>}"),
        ("    @wraps(f)\n    a @ b",) * 2,
    ],
    ids=[
        "feed",
        "part",
        "share",
        "mistyped share",
        "share elsewhere",
        "other",
        "token",
        "reset",
        "confirmation",
        "no-reset",
        "no-confirmation",
        "no-secret",
        "id",
        "names",
        "e-mail",
        "quoted e-mail",
        "e-mail for a host",
        "e-mail among others",
        "no e-mail",
    ],
)
def test_what_looks_like_a_secret_is_left_out(text, written):
    record = logging.LogRecord("name", logging.INFO, "path", 1, "%s", (text,), None)

    assert logs.PrivateFormatter().format(record) == written


def test_a_long_line_takes_no_long_time():
    for text in ("a" * 100_000, "a@" * 50_000, "%40" * 30_000):
        record = logging.LogRecord("name", logging.INFO, "path", 1, "%s", (text,), None)
        begin = time.process_time()
        logs.PrivateFormatter().format(record)
        assert time.process_time() - begin < 1


def test_a_feed_that_fails(owner, log, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("of the machine")

    secret = issue_feed(owner)[1]
    monkeypatch.setattr("sessions_app.views.feeds.calendar_lines", fail)

    response = Client(raise_request_exception=False).get(f"/feeds/{secret}.ics")

    lines = log.getvalue()
    assert response.status_code == 500
    assert "Internal Server Error: /feeds/(left out)" in lines
    assert "RuntimeError: of the machine" in lines
    assert secret[4:] not in lines


class ConfiguredApplication(Application):
    """As much of gunicorn as reads its configuration."""

    def init(self, parser, opts, args):
        pass

    def load_config(self):
        self.load_config_from_file(str(settings.BASE_DIR / "timetracker" / "gunicorn.conf.py"))


def test_gunicorn_writes_no_secret_and_no_row(capsys):
    cfg = ConfiguredApplication().cfg
    logger = cfg.logger_class(cfg)
    answer = SimpleNamespace(status="200 OK", sent=12, headers=[("X-Request-Id", "request-of-the-test")])
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": f"/feeds/{FEED}.ics?name=Merger",
        "PATH_INFO": f"/feeds/{FEED}.ics",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }

    logger.access(answer, SimpleNamespace(headers=[]), environ, timedelta(milliseconds=5))
    rejected = raised(f"{REJECTED}\nDETAIL:  Failing row contains (1, {SECRET_NAME}).")
    logger.error("Error handling request %s", environ["RAW_URI"], exc_info=rejected)

    written = capsys.readouterr()
    assert written.out.endswith(" GET /feeds/(left out) 200 12 bytes 5 ms [request-of-the-test]\n")
    assert "[ERROR] Error handling request /feeds/(left out)" in written.err
    assert REJECTED in written.err
    for hidden in (FEED[4:], "Merger"):
        assert hidden not in written.out + written.err


@pytest.mark.django_db
def test_a_row_that_the_database_rejects(owner, log, monkeypatch):
    set_derived_fields = TimeSession.set_derived_fields

    def derive_wrongly(session):
        set_derived_fields(session)
        session.duration_seconds += 1

    monkeypatch.setattr(TimeSession, "set_derived_fields", derive_wrongly)
    times = {"start": "2026-11-23T08:00:00Z", "end": "2026-11-23T09:00:00Z"}
    secret = make_token(owner)

    response = ApiClient(secret)(
        "POST", "/v1/users/me/session", {**times, "sessionName": SECRET_NAME, "note": SECRET_NOTE}
    )

    lines = log.getvalue()
    assert response.status_code == 500
    assert "session_duration_is_end_minus_start" in lines
    assert response["X-Request-Id"] in lines
    for hidden in ("Merger", "Alpha", "Call them", "at noon", "nobody may know", secret, secret[3:]):
        assert hidden not in lines


@pytest.mark.django_db
def test_a_request_that_fails(owner, log, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("of the machine")

    session = start_session(owner, "2026-11-23T08:00:00Z", SECRET_NAME, note=SECRET_NOTE)
    monkeypatch.setattr(services, "put_session", fail)
    monkeypatch.setattr("sessions_app.api.sessions.search_sessions", fail)
    secret = make_token(owner)
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    cookie = client.cookies["sessionid"].value

    headers = {"Authorization": f"Bearer {secret}", "X-Request-Id": "request-of-the-test"}
    response = client.put(
        f"/v1/users/me/sessions/{session.id}",
        {"start": "2026-11-23T08:00:00Z", "end": None, "sessionName": SECRET_NAME, "note": SECRET_NOTE},
        content_type="application/json",
        headers=headers,
    )
    of_query = client.get("/v1/users/me/sessions?q=Merger", headers=headers)

    lines = log.getvalue()
    assert response.status_code == of_query.status_code == 500
    assert "RuntimeError: of the machine" in lines
    assert "ERROR timetracker.api.problems [request-of-the-test] Unhandled error" in lines
    assert all("[request-of-the-test]" in line for line in lines.splitlines() if line.startswith("20"))
    for hidden in ("Merger", "nobody may know", secret, secret[3:], cookie):
        assert hidden not in lines


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/users/me/session", {"start": "2026-11-23T08:00:00Z", "end": "x", "sessionName": SECRET_NAME}),
        ("POST", "/v1/users/me/timer/start", {"sessionName": SECRET_NAME}),
        ("POST", "/v1/users/me/timer/start", {"sessionName": SECRET_NAME + "\x00"}),
        ("GET", "/v1/users/me/sessions?name=Merger", None),
        ("GET", "/v1/nothing?name=Merger", None),
    ],
)
def test_requests_that_do_not_fail_are_as_discreet(owner, log, method, path, body):
    secret = make_token(owner)

    ApiClient(secret)(method, path, body)

    assert "Merger" not in log.getvalue()
    assert secret[3:] not in log.getvalue()


def test_lines_outside_a_request(log):
    token = logs.request_id.set("-")
    logging.getLogger("anything").warning("Something happened")
    logs.request_id.reset(token)

    assert log.getvalue().endswith("WARNING anything [-] Something happened\n")


@pytest.mark.django_db
def test_a_host_that_is_rejected_is_reported(log):
    Client().get("/v1/nothing", headers={"Host": "evil.example"})

    assert "The host 'evil.example' was asked for, which is not that of BASE_URL" in log.getvalue()


def test_errors_of_python_itself_are_written(log):
    try:
        sys.exit(3)
    except SystemExit:
        logging.getLogger("anything").exception("Stopped")

    assert "SystemExit: 3" in log.getvalue()


def test_a_line_of_json_leaves_out_the_same(caplog):
    feed = f"/feeds/{make_secret('ttf_')}.ics"
    record = logging.LogRecord("django.request", logging.ERROR, "x.py", 1, "Broken “%s” %s", ("ä\n", feed), None)
    record.request_id = "abcdefgh"

    line = logs.JsonFormatter().format(record)

    assert "\n" not in line
    found = json.loads(line)
    assert found.pop("time").endswith("+00:00")
    assert found == {
        "level": "ERROR",
        "logger": "django.request",
        "request_id": "abcdefgh",
        "message": "Broken “ä\n” /feeds/(left out)",
    }


def test_a_request_in_json():
    atoms = {
        "m": "GET",
        "U": '/feeds/secret"',
        "s": "200",
        "B": 10,
        "M": 3,
        "{x-request-id}o": "abcdefgh",
        "q": "name=Logo",
    }
    record = logging.LogRecord("gunicorn.access", logging.INFO, "x.py", 1, "%(m)s %(U)s", (atoms,), None)

    found = json.loads(logs.JsonFormatter().format(record))

    del found["time"]
    assert found == {
        "level": "INFO",
        "logger": "gunicorn.access",
        "method": "GET",
        "path": "/feeds/(left out)",
        "status": 200,
        "bytes": 10,
        "ms": 3,
        "request_id": "abcdefgh",
    }


@pytest.mark.slow(reason="starts a server")
def test_each_line_of_a_server_is_an_object():
    with Server(LOG_FORMAT="json", WEB_CONCURRENCY="1") as server:
        lines = [json.loads(line) for line in server.log.splitlines()]
    assert any("Timetracker is ready" in line.get("message", "") for line in lines)
