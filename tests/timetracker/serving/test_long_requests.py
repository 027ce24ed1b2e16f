"""What takes long is known by its first line, and one at a time is answered"""

import pytest
from django.urls import URLPattern, get_resolver

from timetracker.serving.long_requests import MAX_OF_ONE, MAX_WAITING, Line, LineFullError

LONG = [
    b"GET /v1/users/me/export HTTP/1.1",
    b"HEAD /v1/users/0198aaaa-0000-7000-8000-000000000001/export?x HTTP/1.1",
    b"POST /v1/users/me/imports HTTP/1.1",
    b"GET /v1/users/me/reports/timesheet?from=2026-01-01 HTTP/1.1",
    b"GET /v1/users/me/reports/summary?from=&to=&format=csv HTTP/1.1",
    b"GET /v1/users/me/reports/summary?format=xlsx&from= HTTP/1.1",
    b"POST /imports/ HTTP/1.1",
    b"POST /imports/0198aaaa-0000-7000-8000-000000000001/run/ HTTP/1.1",
    b"POST /export/import/ HTTP/1.1",
    b"GET /%65xport/ HTTP/1.1",
    b"GET http://127.0.0.1:8000/export/ HTTP/1.1",
]
SHORT = [
    b"",
    b"GET / HTTP/1.1",
    b"GET /imports/ HTTP/1.1",
    b"GET /reports/?format=csv HTTP/1.1",
    b"GET /timesheet/ HTTP/1.1",
    b"GET /v1/users/me/reports/summary?from=&to= HTTP/1.1",
    b"GET /v1/users/me/reports/summary?reformat=csv HTTP/1.1",
    b"GET /v1/users/me/reports/summary?format=json HTTP/1.1",
    b"GET /v1/users/me/sessions?q=/export/ HTTP/1.1",
    b"POST /v1/users/me/timer/start HTTP/1.1",
]


def is_long(first_line):
    line = Line()
    line.must_wait("one", b"GET /export/ HTTP/1.1", b"")
    return line.must_wait("another", first_line, b"")


@pytest.mark.parametrize("first_line", LONG)
def test_long(first_line):
    assert is_long(first_line)


@pytest.mark.parametrize("first_line", SHORT)
def test_short(first_line):
    assert not is_long(first_line)


def limited_paths():
    for include in get_resolver().url_patterns:
        if str(include.pattern) != "":
            continue
        for each in include.url_patterns:
            view = each.callback if isinstance(each, URLPattern) else None
            while view is not None:
                if getattr(view, "__code__", None) and "limit_downloads" in view.__code__.co_qualname:
                    yield "/" + str(each.pattern).replace("<str:format>", "csv")
                view = getattr(view, "__wrapped__", None)


def test_every_page_that_makes_a_file_is_long():
    paths = list(limited_paths())
    assert {"/export/", "/timesheet.pdf"} < set(paths)
    assert [path for path in paths if not is_long(f"GET {path}?from= HTTP/1.1".encode())] == []


def test_one_at_a_time_in_turn():
    line, export = Line(), b"GET /export/ HTTP/1.1"
    assert not line.must_wait("first", export, b"ada")
    assert line.must_wait("second", export, b"bo")
    assert not line.must_wait("short", b"GET / HTTP/1.1", b"ada")
    assert line.next_after("short") is None
    assert line.next_after("first") == "second"
    assert line.next_after("second") is None
    assert not line.must_wait("third", export, b"ada")


def test_the_many_requests_of_one_let_others_go_first():
    line, export, asked = Line(), b"GET /export/ HTTP/1.1", ["ada 0", "ada 1", "ada 2", "ada 3", "bo", "cy"]
    for each in asked:
        line.must_wait(each, export, each[:3].encode())

    order = asked[:1]
    while (following := line.next_after(order[-1])) is not None:
        order.append(following)
    assert order == ["ada 0", "bo", "ada 1", "cy", "ada 2", "ada 3"]


def test_one_may_have_a_few_in_line():
    line, export = Line(), b"GET /export/ HTTP/1.1"
    for number in range(1 + MAX_OF_ONE):
        line.must_wait(number, export, b"ada")

    with pytest.raises(LineFullError):
        line.must_wait("one more", export, b"ada")
    assert not line.must_wait("short", b"GET / HTTP/1.1", b"ada")
    assert line.must_wait("bo", export, b"bo")
    assert line.next_after(0) == "bo"
    assert line.next_after("bo") == 1
    assert line.must_wait("ada again", export, b"ada")


def test_all_together_may_be_as_many():
    line, export = Line(), b"GET /export/ HTTP/1.1"
    for number in range(1 + MAX_WAITING):
        line.must_wait(number, export, b"%d" % number)

    with pytest.raises(LineFullError):
        line.must_wait("one more", export, b"of another")
    assert line.next_after(0) == 1
    assert line.must_wait("one more", export, b"of another")
