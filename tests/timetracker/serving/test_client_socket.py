"""Whether a client is still there, without taking what it sent"""

import socket

import pytest

from timetracker.serving.client_socket import ClientSocket, UnsentBudget


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    client = ClientSocket(ours, UnsentBudget())
    yield client, theirs
    client.release()
    theirs.close()


def test_who_waits_is_there(ends):
    assert not ends[0].has_disconnected()


def test_who_sends_the_next_request_is_there_and_it_is_kept(ends):
    client, theirs = ends
    theirs.sendall(b"GET / HTTP/1.1\r\n")
    assert not client.has_disconnected()
    assert client.receive() == b"GET / HTTP/1.1\r\n"


def test_who_closed_has_left(ends):
    client, theirs = ends
    theirs.close()
    assert client.has_disconnected()
