"""The ZIP of an export as anyone may have made it: rejected when it is damaged or could exhaust the server."""

import io
import json
import random
import struct
import zipfile

import pytest

from sessions_app import services
from sessions_app.account_export import archive
from sessions_app.models import Kind
from tests.accounts import bring_in
from tests.examples import tries
from tests.factories import WEB, make_guest
from tests.sessions_app.account_export.files import OTHER_ID, SESSION, account_of, all_rows, assert_rejected, zip_of
from timetracker.errors import InvalidInputError

BROKEN = "This file is no ZIP, or is damaged."


def test_what_is_no_export_is_rejected(owner):
    whole = zip_of(SESSION)
    assert_rejected(owner, b"", BROKEN)
    assert_rejected(owner, b"x" * 5000, BROKEN)
    assert_rejected(owner, whole[:-10], BROKEN)
    assert_rejected(owner, whole + b"x", BROKEN)
    assert_rejected(owner, zip_of(account_json=None), "This file should have one account.json, but has 0.")
    assert_rejected(owner, zip_of(sessions_jsonl=None), "This file should have one sessions.jsonl, but has 0.")


def test_a_part_that_is_there_twice_is_rejected(owner):
    file = io.BytesIO(zip_of(SESSION))
    with zipfile.ZipFile(file, "a") as made, pytest.warns(UserWarning, match="Duplicate"):
        made.writestr("sessions.jsonl", b"")

    assert_rejected(owner, file.getvalue(), "This file should have one sessions.jsonl, but has 2.")


def test_ways_of_packing_that_could_exhaust_the_server_are_rejected(owner):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as made:
        made.writestr("account.json", json.dumps(account_of()))
        made.writestr("sessions.jsonl", b"")
    assert_rejected(owner, file.getvalue(), "account.json is encrypted or packed in an unusual way.")

    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as made:
        for number in range(2_000):
            made.writestr(f"{number:05}", b"")
    assert_rejected(owner, many.getvalue(), BROKEN)

    encrypted = bytearray(zip_of(SESSION))
    flags = encrypted.index(b"PK\x01\x02") + 8
    encrypted[flags : flags + 2] = struct.pack("<H", 1)
    assert_rejected(owner, bytes(encrypted), "account.json is encrypted")


def test_parts_have_limits_that_hold_whatever_the_zip_says(owner, monkeypatch):
    monkeypatch.setattr(archive, "MAX_LINES", 2)
    assert_rejected(owner, zip_of(b"", SESSION, SESSION), "sessions.jsonl has more than 2 lines.")
    monkeypatch.setattr(archive, "MAX_BYTES_OF_LINE", 1000)
    assert_rejected(owner, zip_of(b" " * 1001), "sessions.jsonl, line 1: This line is longer than any session can be.")
    monkeypatch.setitem(archive.MAX_BYTES, "sessions.jsonl", 10_000_000)
    bomb = zip_of(b" " * 10_000_001)
    assert len(bomb) < 20_000
    assert_rejected(owner, bomb, "sessions.jsonl is larger than 10 MB.")
    assert_rejected(owner, bomb.replace(struct.pack("<I", 10_000_001), struct.pack("<I", 10)), BROKEN)


def test_damaged_files_are_rejected_or_mean_the_same(owner):
    chance = random.Random(4)
    whole = zip_of(SESSION, {**SESSION, "id": OTHER_ID})
    before = all_rows()
    for _turn in range(tries(400)):
        damaged = bytearray(whole)
        for _time in range(chance.choice([1, 1, 4])):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            summary = bring_in(owner, bytes(damaged))
        except InvalidInputError:
            assert all_rows() == before
        else:
            assert summary.added[Kind.SESSION] == 2
            services.undo_changeset(owner, WEB)
            owner.delete()
            owner = make_guest(id=owner.id, timezone="Europe/Berlin", display_name="Owner")
            assert all_rows()[0] == []
            before = all_rows()
