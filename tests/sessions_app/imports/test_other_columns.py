"""A table of no known tool that comes again with other columns adds nothing; what only resembles its rows does"""

from dataclasses import replace

import pytest

from sessions_app import services
from sessions_app.imports.likeness import are_similar, minutes_of, traits_of
from sessions_app.models import ImportIdentity
from tests.factories import WEB
from tests.sessions_app.imports.bring_in import bring_in, plan
from tests.sessions_app.imports.reading import sessions
from tests.sessions_app.services.states import not_deleted


@pytest.fixture(autouse=True)
def _now(clock):
    """It is always `NOW`."""


TABLE = """\
Date,Start,End,Client,What
2026-03-02,09:00:10,10:00:20,Acme,Call
2026-03-14,23:00:00,01:30:00,Bolt,Night
2026-03-15,09:00:00,09:30:00,,Mail
"""
CHANGED = {
    "fewer columns": """\
Date,Start,End,What
2026-03-02,09:00:10,10:00:20,Call
2026-03-14,23:00:00,01:30:00,Night
2026-03-15,09:00:00,09:30:00,Mail
""",
    "more columns": """\
Date,Start,End,Hours,Client,What,Tags
2026-03-02,09:00:10,10:00:20,1,Acme,Call,x
2026-03-14,23:00:00,01:30:00,2.5,Bolt,Night,y
2026-03-15,09:00:00,09:30:00,0.5,,Mail,
""",
    "a column with another meaning": """\
Date,Start,End,Project,What
2026-03-02,09:00:10,10:00:20,Acme,Call
2026-03-14,23:00:00,01:30:00,Bolt,Night
2026-03-15,09:00:00,09:30:00,,Mail
""",
    "lengths in place of ends": """\
Date;Start;Hours;Client;What
02.03.2026;09:00:10;1:00:10;Acme;Call
14.03.2026;23:00;2:30;Bolt;Night
15.03.2026;09:00;0:30;;Mail
""",
    "no seconds": """\
What,Client,End,Start,Date
Call,Acme,10:00 AM,9:00 AM,3/2/2026
Night,Bolt,1:30 AM,11:00 PM,3/14/2026
Mail,,9:30 AM,9:00 AM,3/15/2026
""",
}


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("is_changed_first", [True, False])
def test_the_same_rows_with_other_columns_are_known(owner, change, is_changed_first):
    first, second = (CHANGED[change], TABLE) if is_changed_first else (TABLE, CHANGED[change])

    assert bring_in(owner, first, timezone="Europe/Berlin").counts["created"] == 3
    assert plan(owner, second, timezone="Asia/Tokyo").created == 0
    assert bring_in(owner, second, timezone="Asia/Tokyo").counts["unchanged"] == 3
    assert bring_in(owner, first).counts["unchanged"] == 3


@pytest.mark.parametrize("change", CHANGED)
def test_two_tables_at_once_are_one(owner, change):
    assert plan(owner, TABLE, CHANGED[change]).created == 3
    assert bring_in(owner, TABLE, CHANGED[change]).counts["created"] == 3


HEAD = "Date,Start,End,Client,What\n"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (f"{HEAD}2026-03-02,09:00,10:00,Acme,Call\n", f"{HEAD}2026-03-02,09:00,10:00,Bolt,Call\n"),
        (f"{HEAD}2026-03-02,09:00,10:00,Acme,Call\n", "Date,Start,End,What\n2026-03-02,09:00,10:00,Mail\n"),
        (
            f"{HEAD}2026-03-02,09:00,10:00,Acme,Call\n",
            "Date,Start,End,Client,What,Tags\n2026-03-02,09:00,10:00,Bolt,Call,x\n",
        ),
        (
            f"{HEAD}2026-03-02,09:00,10:00,Acme,Call\n",
            "Date,Start,End,What,Tags\n2026-03-02,09:00,10:00,Call,x\n",
        ),
        (f"{HEAD}2026-03-02,09:00:10,09:00:40,Acme,Call\n", f"{HEAD}2026-03-02,09:00:45,09:00:58,Acme,Call\n"),
        (f"{HEAD}2026-03-02,09:00,10:00,Acme,Call\n", "Date,Start,End,What\n2026-03-02,09:00,10:01,Call\n"),
        ("Date,Hours,What,Client\n2026-03-02,1.5,Call,Acme\n", "Date,Hours,What\n2026-03-02,1.5,Call\n"),
        ("Date,Start,End\n2026-03-02,09:00,10:00\n", "Date,Start,End,What\n2026-03-02,09:00,10:00,Call\n"),
        (
            "Start,End,What,Client\n2026-03-02T09:00Z,2026-03-02T10:00Z,Call,Acme\n",
            "Start,End,What\n2026-03-02 09:00,2026-03-02 10:00,Call\n",
        ),
        (
            "Date,Start,End,Timezone,What,Client\n2026-03-02,09:00,10:00,Asia/Tokyo,Call,Acme\n",
            "Date,Start,End,What\n2026-03-02,09:00,10:00,Call\n",
        ),
    ],
    ids=[
        "another client", "another text", "another client beside more columns", "each has a text of its own",
        "other seconds", "another end", "hours of a day", "no texts", "other kinds of times", "a zone in the row",
    ],
)  # fmt: skip
def test_other_rows_are_others(owner, first, second):
    bring_in(owner, first, timezone="Europe/Berlin")

    assert plan(owner, second, timezone="Europe/Berlin").created == 1
    assert bring_in(owner, second, timezone="Europe/Berlin").counts["created"] == 1


@pytest.mark.parametrize("is_new_first", [True, False])
def test_a_row_is_known_as_one_session_only(owner, is_new_first):
    known, new = "2026-03-02,09:00,10:00,,Call\n", "2026-03-02,09:00,10:00,Acme,Call\n"
    bring_in(owner, HEAD + known)

    done = bring_in(owner, HEAD + (new + known if is_new_first else known + new))

    assert (done.counts["created"], done.counts["unchanged"]) == (1, 1)


def test_equal_rows_are_counted(owner):
    less = "Date,Start,End,What\n" + "2026-03-02,09:00,10:00,Call\n" * 2
    bring_in(owner, f"{HEAD}2026-03-02,09:00,10:00,Acme,Call\n")

    done = bring_in(owner, less)

    assert (done.counts["created"], done.counts["unchanged"]) == (1, 1)


def test_what_came_in_before_rows_had_traits_is_known(owner):
    bring_in(owner, TABLE)
    ImportIdentity.objects.filter(identity__regex="^[mv]").delete()

    assert bring_in(owner, TABLE).counts["unchanged"] == 3


def test_what_was_deleted_here_does_not_come_back_with_other_columns(owner):
    bring_in(owner, TABLE)
    services.delete_session(owner, WEB, not_deleted(owner)[0].id)

    counts = bring_in(owner, CHANGED["fewer columns"]).counts

    assert (counts["created"], counts["deleted"], counts["unchanged"]) == (0, 1, 2)


def test_what_was_undone_comes_in_with_other_columns(owner):
    services.undo_changeset(owner, WEB, bring_in(owner, TABLE).changeset_id)

    assert bring_in(owner, CHANGED["more columns"]).counts["created"] == 3


def test_an_import_is_done_again_beside_another_at_the_same_times(owner):
    undone = services.undo_changeset(owner, WEB, bring_in(owner, TABLE).changeset_id)
    bring_in(owner, TABLE.replace("Acme", "Cole").replace("Bolt", "Cole").replace("Mail", "Post"))

    services.undo_changeset(owner, WEB, undone.undone_by)

    assert len(not_deleted(owner)) == 6
    assert bring_in(owner, TABLE).counts["created"] == 0


def test_identities_of_long_rows_have_room(owner):
    row = "2026-03-02,09:00:10,10:00:20,Acme,Site,Draft,x,Call,Note\n"

    bring_in(owner, "Date,Start,End,Client,Project,Task,Tags,Description,Note\n" + row * 1200)

    assert max(map(len, ImportIdentity.objects.values_list("identity", flat=True))) <= 48


def test_traits_of_seconds():
    (found,) = sessions("Date,Start,End,What\n2026-03-02,09:00:10,10:00:20,Call\n")
    traits, start, end = traits_of(found), found.start, found.end

    assert minutes_of(found) == "202603020900/202603021000"
    assert traits.startswith("1020")
    assert are_similar(traits, traits_of(replace(found, start=start.replace(second=0), end=end.replace(second=0))))
    assert are_similar(traits, traits_of(replace(found, end=None, texts=("Call ", "Acme"))))
    assert not are_similar(traits, traits_of(replace(found, start=start.replace(second=11))))


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({"end": None, "duration_seconds": 3600}, "202603020900/202603021000"),
        ({"end": None}, ""),
        ({"end": None, "duration_seconds": -3600}, ""),
        ({"end": None, "duration_seconds": 10**12}, ""),
        ({"texts": ()}, ""),
        ({"start": None}, ""),
    ],
    ids=["a length", "no end", "a length below zero", "a length beyond the calendar", "no texts", "no start"],
)
def test_minutes_of_rows(changes, minutes):
    (found,) = sessions("Date,Start,End,What\n2026-03-02,09:00:10,10:00:20,Call\n")

    assert minutes_of(replace(found, **changes)) == minutes
