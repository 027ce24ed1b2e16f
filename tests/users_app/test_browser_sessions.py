import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client

from tests.factories import instant, make_account
from users_app.browser_sessions import SessionStore
from users_app.models import BrowserSession, hash_secret

NOW = instant("2026-11-23T09:00Z")
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


def start(client, **headers):
    client.get("/")
    return client.post("/timer/start/", {"id": str(uuid4()), "name": "Logo"}, headers=headers)


def cookie_of(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_row_of_the_table_opens_nothing(client, db):
    start(client)
    (row,) = BrowserSession.objects.all()
    cookie = cookie_of(client)
    assert row.session_key == hash_secret(cookie)
    assert cookie not in {row.session_key, row.session_data}

    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.session_key
    assert ">Logo<" not in thief.get("/").text
    assert ">Logo<" in client.get("/").text


def test_a_row_knows_its_user_and_browser(client, db):
    start(client, user_agent=AGENT + "x" * 500)
    (row,) = BrowserSession.objects.select_related("user")
    assert row.user.is_guest
    assert row.agent == (AGENT + "x" * 500)[:300]
    assert row.last_seen_at == NOW


def test_a_planted_cookie_is_replaced(client, db):
    planted = SessionStore()
    planted["zone"] = "chosen before"
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key

    start(client)

    assert cookie_of(client) != planted.session_key
    assert not SessionStore().exists(planted.session_key)
    assert ">Logo<" not in Client(headers={"cookie": f"sessionid={planted.session_key}"}).get("/").text


def test_ending_is_at_once(client, db):
    start(client)
    BrowserSession.objects.all().delete()
    assert ">Logo<" not in client.get("/").text


def test_it_is_seen_every_quarter_of_an_hour(client, db, clock):
    start(client)
    client.get("/")  # says what was done, which is stored
    for minutes, seen in ((14, 0), (15, 15), (29, 15), (31, 31)):
        clock.move_to(NOW + timedelta(minutes=minutes))
        client.get("/")
        assert BrowserSession.objects.get().last_seen_at == NOW + timedelta(minutes=seen)


def test_rows_go_with_their_user(client, db):
    user = make_account()
    client.force_login(user)
    user.delete()
    assert not BrowserSession.objects.exists()


def test_keys_are_hashed_by_asynchronous_calls_as_well(transactional_db):
    async def use():
        store = SessionStore()
        await store.aset("zone", "UTC")
        await store.acreate()
        read = SessionStore(store.session_key)
        assert await read.aget("zone") == "UTC"
        assert await read.aexists(store.session_key)
        assert not await read.aexists(hash_secret(store.session_key))
        await read.adelete()
        await sync_to_async(connections.close_all)()  # those of the thread
        return store.session_key

    key = asyncio.run(use())
    assert not SessionStore().exists(key)
    assert not BrowserSession.objects.exists()
