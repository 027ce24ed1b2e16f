"""When a request is whole: told alike however its bytes are cut, and never later than gunicorn would know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timetracker.serving.received import MAX_HEAD, Received

NEXT = b"GET /next HTTP/1.1\r\n"
LIMIT = 1000

WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "no headers": b"GET / HTTP/1.1\r\n\r\n",
    "length 0": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "length": b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab\r\n\r",
    "length of the limit": b"POST / HTTP/1.1\r\ncontent-length:1000\r\n\r\n" + b"x" * LIMIT,
    "no chunk": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks": b"POST / HTTP/1.1\r\ntransfer-encoding:  Chunked \r\n\r\n3\r\na\r\n\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
    "trailers": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n00\r\nOne: 1\r\nTwo: 2\r\n\r\n",
    "a header in the body": b"POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\nContent-Length: 30\r\n",
}

UNKNOWN_END = {
    "too long": b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n",
    "too many digits": b"POST / HTTP/1.1\r\nContent-Length: 1" + b"0" * 30 + b"\r\n\r\n",
    "no number": b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
    "both": b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "other coding": b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "no size": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "negative size": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "long line": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 9000,
    "chunks too long": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFF\r\n" + b"x" * LIMIT,
}


fed = []


@pytest.fixture(autouse=True)
def _files():
    yield
    while fed:
        fed.pop().close()


def feed(content, cuts=()):
    """Feeds the pieces until it is whole; returns it, and what is of the next request."""
    received = Received(LIMIT)
    fed.append(received)
    ends = [*sorted(cuts), len(content)]
    for start, end in zip([0, *ends], ends, strict=False):
        if start < end:
            rest = received.feed(content[start:end])
            if received.is_whole:
                return received, rest + content[end:]
            assert rest == b""
    return received, b""


def read(received, size=100):
    return b"".join(iter(lambda: received.read(size), b""))


@pytest.mark.parametrize("content", WHOLE.values(), ids=WHOLE)
@given(data=st.data())
def test_it_is_whole_with_its_last_byte_and_not_before(content, data):
    cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=8))

    received, rest = feed(content + NEXT, cuts)
    assert (received.is_whole, received.ends_here) == (True, False)
    assert (read(received, data.draw(st.integers(1, 2000))), rest) == (content, NEXT)
    assert received.read(100) == b""

    unfinished, _rest = feed(content[:-1], cuts)
    assert not unfinished.is_whole


@pytest.mark.parametrize("content", UNKNOWN_END.values(), ids=UNKNOWN_END)
@given(data=st.data())
def test_what_looks_wrong_or_too_long_is_answered_and_nothing_follows(content, data):
    received, _rest = feed(content, data.draw(st.lists(st.integers(0, len(content)), max_size=8)))

    assert (received.is_whole, received.ends_here) == (True, True)
    assert read(received).startswith(content.split(b"\r\n\r\n")[0])


def test_a_head_without_an_end_is_left_to_gunicorn():
    received, _rest = feed(b"GET / HTTP/1.1\r\nLong: " + b"x" * MAX_HEAD)

    assert (received.is_whole, received.ends_here) == (True, True)


def test_empty_lines_before_it_are_passed_over():
    received, _rest = feed(b"\r\n\r\n" + WHOLE["no body"], [2])

    assert read(received) == WHOLE["no body"]


def test_the_word_to_go_on_is_expected_only_before_a_body():
    expects = b"Expect: 100-Continue\r\n\r\n"

    assert feed(b"POST / HTTP/1.1\r\nContent-Length: 5\r\n" + expects)[0].expects_continue
    assert not feed(b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n" + expects)[0].expects_continue
    assert not feed(b"POST / HTTP/1.1\r\n" + expects)[0].expects_continue
