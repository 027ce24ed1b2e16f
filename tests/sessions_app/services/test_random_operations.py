"""Whatever two people press in whatever order: nothing is lost, all is recorded, and all can be taken back.

Thousands of random presses of every service, sensible and senseless, around the hours when clocks are odd.
"""

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from inspect import isfunction
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.models import VERSIONED_MODELS, Change, Client, Kind, Project, SessionTag, Tag, TimeSession
from sessions_app.models.catalogue import folded_name
from sessions_app.timekeeping.periods import day_of, last_day_of, seconds_between
from tests.examples import examples, tries
from tests.factories import WEB, make_guest
from tests.sessions_app.services.states import DAY, HOUR, NOW, SECOND
from tests.sessions_app.timekeeping.hard_times import HARD_TIMES
from tests.sessions_app.timekeeping.hard_times import instant as utc
from timetracker import clock
from timetracker.characters import fold
from timetracker.errors import DomainError
from users_app.models import User

WHO = (0, 1)
NO_CHANGESETS = {
    "changeset",
    "count_held",
    "find_inconsistent_sessions",
    "has_lately_merged",
    "preview_rates",
    "refresh_derived_fields",
    "resolve_rate",
    "undoable_ids",
    "undoable_changesets",
    "undoable_imports",
    "unfinished_work",
}
OF_REPORTS = {"save_report", "edit_report", "delete_report", "share", "revoke_share"}  # in files of their own
ELSEWHERE = {"merge_guest", "go_on"} | OF_REPORTS  # in test_merging.py, of two users at once, and in test_parts.py
ENTRIES = [Client, Project, Tag]
SERVICES = {name for name in services.__all__ if isfunction(getattr(services, name))} - NO_CHANGESETS - ELSEWHERE
RUNNING, OTHERS, NOBODYS = range(25, 38), 38, 39  # which sessions are picked; below that, the latest
DELETED = range(35, 38)  # of clients, projects and tags
DERIVED = ("first_date", "last_date", "duration_seconds", "search_text")
BEGINNINGS = [(name, utc(text)) for name, text in HARD_TIMES if utc(text).year >= 1975] + [("Europe/Berlin", NOW)]
ENDS_OF_THE_CALENDAR = [
    datetime.max.replace(tzinfo=UTC),
    datetime.max.replace(tzinfo=timezone(-12 * HOUR)),
    datetime.min.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=timezone(12 * HOUR)),
]

users = st.sampled_from(WHO)
picks = st.sampled_from(range(40))
permille = st.integers(0, 1000)
recent = st.integers(-7200, 0)
# Seconds from now, or an instant.
moments = recent | recent | st.integers(-40 * 86400, 3 * 86400) | st.sampled_from([0, 1, -1, *ENDS_OF_THE_CALENDAR])
days = st.integers(-40, 3) | st.sampled_from([date.min, date.max, date(1969, 12, 31), date(9999, 12, 30)])
texts = {
    "name": st.sampled_from(["", "Draft", " Call ", "Ü", "Mail"] * 8 + ["x" * 201, "a\0b", "\ud800"]),
    "note": st.sampled_from(["", "n", "a\nb"] * 12 + ["x" * 6000]),
    "timezone": st.sampled_from([name for name, _instant in BEGINNINGS] * 2 + ["Nowhere/Land"]),
    "billable": st.booleans(),
}
names = st.sampled_from(["Site", "SITE", "Straße", "STRASSE", "Acme", "mail", "Mail", "call"] * 4 + ["x" * 101, ""])
rates = st.none() | st.sampled_from([Decimal(each) for each in ["80", "0", "33.3333"] * 6 + ["33.33333", "-1"]])
currencies = st.sampled_from(["", "EUR", "usd", "JPY"] * 5 + ["XXX"])
assigned = {
    "project": st.none() | picks,
    "project_name": names,
    "tags": st.lists(names, max_size=3),
    "hourly_rate": rates,
    "currency": currencies,
}
entry_fields = {
    "archived": st.booleans(),
    "client": st.none() | picks,
    "colour": st.integers(1, 8) | st.integers(0, 9),
    "billable_by_default": st.booleans(),
    "hourly_rate": rates,
    "currency": currencies,
    "budget_seconds": st.none() | st.integers(0, 90_000),
    "budget_amount": rates,
    "budget_period": st.sampled_from(["total", "month"]),
}
described = st.fixed_dictionaries({}, optional=texts)
begun = st.fixed_dictionaries({}, optional={**texts, **assigned, "start": moments})
spans = st.tuples(recent, st.integers(1, 9000), st.fixed_dictionaries({}, optional=assigned)).map(
    lambda drawn: {"start": drawn[0], "end": drawn[0] + drawn[1], **drawn[2]}
)
timed = spans | st.fixed_dictionaries({"start": moments, "end": moments}, optional={**texts, **assigned})
edited = st.fixed_dictionaries({}, optional={**texts, **assigned, "start": moments, "end": moments | st.none()})
seen_versions = st.none() | st.none() | st.none() | st.none() | st.sets(st.integers(1, 6), max_size=3)
lengths = st.none() | st.integers(1, 90_000) | st.sampled_from([60, 0, -1, 31 * 86400, 31 * 86400 + 1, 10**18])


class Tracker:
    """Somebody who presses: their rows as they are, and as they were before each press that changed any."""

    def __init__(self, zone: str) -> None:
        self.user = make_guest(timezone=zone)
        self.rows: dict[UUID, dict] = {}
        self.entries: dict[UUID, dict] = {}
        self.changesets: list[tuple[UUID, datetime, tuple[dict, dict]]] = []


OPERATIONS: list[st.SearchStrategy] = []


def operation(**arguments):
    """Makes a method of `World` one of those that are tracked from, with arguments of these kinds."""

    def remember(method):
        OPERATIONS.append(st.tuples(st.just(method.__name__), st.fixed_dictionaries(arguments)))
        return method

    return remember


class World:
    """Two people, a clock, and what must hold whenever one of them has pressed something."""

    accepted: Counter[str] = Counter()
    rejected: Counter[str] = Counter()

    def __init__(self, zone, now):
        self.now = now
        self.users = [Tracker(zone), Tracker(zone)]
        self.last_change = 0

    # Time passes, people come and go.

    @operation(seconds=st.integers(0, 3600) | st.sampled_from([0, 1, 9 * 3600, 30 * 3600, -1, -900]))
    def wait(self, seconds):
        self.now += seconds * SECOND

    @operation(who=users, ago=st.integers(0, 40_000), microsecond=st.sampled_from([0, 999_999]), notes=st.booleans())
    def is_seen(self, who, ago, microsecond, notes):
        at = (self.now - ago * SECOND).replace(microsecond=microsecond)
        User.objects.filter(pk=self.users[who].user.pk).update(last_seen_at=at, notes_last_seen=notes)

    # The timer.

    @operation(who=users, fields=described | begun, if_running=st.sampled_from(["stop", "guess", "guess", "fail"]))
    def start(self, who, fields, if_running):
        self.changeset(who, services.start_timer, if_running=if_running, **self.timed(who, fields))

    @operation(who=users, fields=described | begun)
    def toggle(self, who, fields):
        self.changeset(who, services.toggle_timer, **self.timed(who, fields))

    @operation(who=users, pick=picks, fields=described)
    def start_with_an_id(self, who, pick, fields):
        self.changeset(who, services.start_timer, session_id=self.pick(who, pick), **fields)

    @operation(who=users, pick=st.none() | picks, end=st.none() | moments, discard=st.booleans())
    def stop(self, who, pick, end, discard):
        session_id = None if pick is None else self.pick(who, pick)
        end = None if end is None else self.at(end)
        self.changeset(who, services.stop_timer, session_id=session_id, end=end, discard=discard)
        if pick is None and end is None:
            assert all(row["end"] for row in self.users[who].rows.values())

    @operation(who=users, pick=picks)
    def go_on(self, who, pick):
        self.changeset(who, services.continue_session, self.pick(who, pick))

    @operation(who=users, pick=picks)
    def confirm_running(self, who, pick):
        self.changeset(who, services.confirm_running, self.pick(who, pick))

    @operation(who=users, pick=picks)
    def confirm_end(self, who, pick):
        self.changeset(who, services.confirm_end, self.pick(who, pick))

    # One session.

    @operation(who=users, pick=st.none() | picks, fields=timed)
    def save(self, who, pick, fields):
        session_id = None if pick is None else self.pick(who, pick)
        self.changeset(who, services.save_session, session_id=session_id, **self.timed(who, fields))

    @operation(who=users, pick=picks, fields=timed | begun | edited, versions=seen_versions)
    def put(self, who, pick, fields, versions):
        self.changeset(who, services.put_session, self.pick(who, pick), versions=versions, **self.timed(who, fields))

    @operation(
        who=users, pick=picks, fields=described | spans | edited, versions=seen_versions, seconds=st.none() | lengths
    )
    def edit(self, who, pick, fields, versions, seconds):
        self.changeset(
            who,
            services.edit_session,
            self.pick(who, pick),
            versions=versions,
            duration_seconds=seconds,
            **self.timed(who, fields),
        )

    @operation(who=users, pick=picks, versions=seen_versions)
    def delete(self, who, pick, versions):
        self.changeset(who, services.delete_session, self.pick(who, pick), versions=versions)

    @operation(who=users, pick=picks)
    def restore(self, who, pick):
        self.changeset(who, services.restore_session, self.pick(who, pick))

    # Their shape.

    @operation(who=users, pick=picks)
    def duplicate(self, who, pick):
        self.changeset(who, services.duplicate_session, self.pick(who, pick))

    @operation(who=users, pick=picks, at=permille | moments, versions=seen_versions)
    def split(self, who, pick, at, versions):
        session_id = self.pick(who, pick)
        self.changeset(who, services.split_session, session_id, self.inside(session_id, at), versions=versions)

    @operation(who=users, pick=picks, other=picks)
    def merge(self, who, pick, other):
        self.changeset(who, services.merge_sessions, self.pick(who, pick), self.pick(who, other))

    @operation(who=users, pick=picks, is_first=st.booleans())
    def merge_with_the_next(self, who, pick, is_first):
        neighbours = self.not_deleted(who)
        if len(neighbours) > 1:
            number = pick % (len(neighbours) - 1)
            pair = neighbours[number : number + 2]
            self.changeset(who, services.merge_sessions, *(pair if is_first else reversed(pair)))

    @operation(who=users, pick=picks, day=days, occurrence=st.sampled_from([None, 1, 2]))
    def move(self, who, pick, day, occurrence):
        day = day if isinstance(day, date) else (self.now + day * DAY).date()
        self.changeset(who, services.move_session, self.pick(who, pick), day, occurrence=occurrence)

    @operation(who=users, pick=picks, ends=st.tuples(permille, permille), fields=described, versions=seen_versions)
    def insert(self, who, pick, ends, fields, versions):
        host_id = self.pick(who, pick)
        start, end = (self.inside(host_id, each) for each in sorted(ends))
        self.changeset(who, services.insert_session, host_id, versions=versions, start=start, end=end, **fields)

    @operation(who=users, pick=picks, fields=edited)
    def insert_anything(self, who, pick, fields):
        self.changeset(who, services.insert_session, self.pick(who, pick), **self.timed(who, fields))

    @operation(who=users, day=days, seconds=lengths, pick=st.none() | picks)
    def add_hours(self, who, day, seconds, pick):
        day = day if isinstance(day, date) else (self.now + day * DAY).date()
        project_id = None if pick is None else self.pick_entry(who, Project, pick)
        fields = {"length_seconds": 1800 if seconds is None else seconds, "project_id": project_id}
        self.changeset(who, services.add_hours, day=day, **fields)

    @operation(who=users, pick=picks, seconds=lengths, versions=seen_versions)
    def change_hours(self, who, pick, seconds, versions):
        session_id, seconds = self.pick(who, pick), 1800 if seconds is None else seconds
        versions = {1, 2, 3} if versions is None else versions
        self.changeset(who, services.change_hours, session_id, versions=versions, length_seconds=seconds)

    # Many sessions.

    @operation(who=users, few=st.lists(picks, max_size=5), fields=described | edited)
    def edit_many(self, who, few, fields):
        self.changeset(who, services.edit_sessions, [self.pick(who, pick) for pick in few], **self.timed(who, fields))

    @operation(who=users, few=st.lists(picks, max_size=5))
    def delete_many(self, who, few):
        self.changeset(who, services.delete_sessions, [self.pick(who, pick) for pick in few])

    @operation(who=users, few=st.lists(picks, max_size=3), fields=spans)
    def do_several(self, who, few, fields):
        user, fields = self.users[who].user, self.timed(who, fields)
        changesets = [lambda: services.save_session(user, WEB, **fields)]
        changesets += [
            lambda pick=pick: services.edit_session(user, WEB, self.pick(who, pick), name="n") for pick in few
        ]
        self.changeset(who, services.run_operations, changesets, atomic=True)

    # Their catalogue entries.

    @operation(who=users, model=st.sampled_from(ENTRIES), name=names, pick=st.none() | picks, more=st.booleans())
    def make_entry(self, who, model, name, pick, more):
        entry_id = None if pick is None else self.pick_entry(who, model, pick)
        fields = {"hourly_rate": Decimal(70)} if more and model is not Tag else {}
        self.changeset(who, services.create_entry, model, entry_id=entry_id, name=name, **fields)

    @operation(
        who=users,
        model=st.sampled_from(ENTRIES),
        pick=picks,
        versions=seen_versions,
        fields=st.fixed_dictionaries({}, optional={"name": names, **entry_fields}),
    )
    def edit_entry(self, who, model, pick, versions, fields):
        fields = self.naming(who, {**fields}, client=Client)
        fields = {name: value for name, value in fields.items() if name in model.TRACKED_FIELDS}
        self.changeset(who, services.edit_entry, model, self.pick_entry(who, model, pick), versions=versions, **fields)

    @operation(who=users, model=st.sampled_from(ENTRIES), pick=picks, detach=st.booleans(), versions=seen_versions)
    def delete_entry(self, who, model, pick, detach, versions):
        entry_id = self.pick_entry(who, model, pick)
        self.changeset(who, services.delete_entry, model, entry_id, detach=detach, versions=versions)

    @operation(who=users, pick=picks, into=picks)
    def merge_projects(self, who, pick, into):
        self.changeset(who, services.merge_projects, *(self.pick_entry(who, Project, each) for each in (pick, into)))

    @operation(who=users, rate=st.none() | st.just(Decimal(50)), currency=st.sampled_from(["EUR", "JPY"]))
    def ask_for_more(self, who, rate, currency):
        user = self.users[who].user
        user.hourly_rate, user.currency = rate, currency
        user.save(update_fields=["hourly_rate", "currency"])

    @operation(who=users, ago=st.integers(0, 5), of=st.sampled_from([None, Client, Project]), pick=picks)
    def reprice(self, who, ago, of, pick):
        user = self.users[who]
        asked = {"since": (self.now - ago * DAY).date()}
        if of is not None:
            asked[f"{of.KIND}_id"] = self.pick_entry(who, of, pick)
        try:
            foretold = services.preview_rates(user.user, now=self.now, **asked)
        except DomainError:
            foretold = None
        rows = user.rows
        is_done = self.changeset(who, services.apply_rates, **asked)
        assert is_done == (foretold is not None)
        if foretold is not None:
            assert foretold.session_count == sum(rows[each] != user.rows[each] for each in rows)

    # Back.

    @operation(who=users)
    def undo(self, who):
        self.changeset(who, services.undo_changeset)

    @operation(who=users, of=users, back=st.integers(0, 30))
    def undo_any(self, who, of, back):
        changesets = self.users[of].changesets
        self.changeset(
            who, services.undo_changeset, changesets[-1 - back % len(changesets)][0] if changesets else uuid4()
        )

    @operation(who=users, sure=st.sampled_from([False] * 3 + [True]))
    def empty_trash(self, who, sure):
        if sure:
            self.changeset(who, services.empty_trash)

    @operation(who=users, days=st.sampled_from([0] * 5 + [30]))
    def prune_trash(self, who, days):
        now = self.now + days * DAY

        def prune_trash(user, _actor):
            services.prune_trash(user, now=now)

        self.changeset(who, prune_trash)

    # What the rules choose.

    def not_deleted(self, who):
        stored = [row for row in self.users[who].rows.values() if row["deleted_at"] is None]
        return [row["id"] for row in sorted(stored, key=lambda row: (row["start"], row["id"]))]

    def pick(self, who, number):
        """Mostly a session of one's own, often a late one or what runs, else one of the other or none at all."""
        if number == NOBODYS:
            return uuid4()
        rows = self.users[1 - who if number == OTHERS else who].rows.values()
        among = sorted(rows, key=lambda row: (row["created_at"], row["start"]))
        if number in RUNNING:
            among = [row for row in among if row["end"] is None] or among
        return among[-1 - number % len(among)]["id"] if among else uuid4()

    def at(self, moment):
        return moment if isinstance(moment, datetime) else self.now + moment * SECOND

    def inside(self, session_id, position):
        """An instant within a session, by thousandths of it, or any other."""
        row = next((user.rows[session_id] for user in self.users if session_id in user.rows), None)
        if row is None or isinstance(position, datetime) or position < 0:
            return self.at(position)
        return row["start"] + ((row["end"] or self.now) - row["start"]) * position // 1000

    def timed(self, who, fields):
        """The fields with instants for seconds from now, and ids for numbers of projects."""
        fields = {
            name: self.at(value) if name in {"start", "end"} and value is not None else value
            for name, value in fields.items()
        }
        return self.naming(who, fields, project=Project)

    def naming(self, who, fields, **models):
        for name, model in models.items():
            if name in fields:
                number = fields.pop(name)
                fields[f"{name}_id"] = None if number is None else self.pick_entry(who, model, number)
        return fields

    def pick_entry(self, who, model, number):
        """Mostly one of one's own that is kept, else a deleted one, one of the other or none at all."""
        entries = self.users[1 - who if number == OTHERS else who].entries.values()
        rows = [row for row in entries if row["kind"] == model.KIND]
        among = [row["id"] for row in rows if (row["deleted_at"] is None) == (number not in DELETED)]
        return uuid4() if number == NOBODYS or not among else among[-1 - number % len(among)]

    # What always holds.

    def changeset(self, who, service, *arguments, **options):
        """Presses, and tells whether it was accepted. One that is refused changes nothing; none touches the other."""
        user = self.users[who]
        try:
            service(user.user, WEB, *arguments, **options)
        except DomainError as error:
            check_error(error)
            assert self.read_change_feed() == ([], [])
            self.rejected[service.__name__] += 1
            return False
        self.accepted[service.__name__] += 1
        before = user.rows, user.entries
        touched, changes = self.read_change_feed()
        assert set(touched) <= {user}
        assert bool(touched) == bool(changes)
        if changes:
            ((user_id, changeset_id, at),) = {
                (change.user_id, change.changeset_id, change.changeset.at) for change in changes
            }
            assert (user_id, at) == (user.user.pk, self.now)
            assert changeset_id not in {earlier for earlier, _at, _rows in user.changesets}
            user.changesets.append((changeset_id, at, before))
            check_rows(user.rows.values())
            check_entries(user)
        return True

    def read_change_feed(self):
        """Reads all rows, and tells whose are not what they were and which changes were recorded."""
        rows: dict[UUID, dict] = {user.user.pk: {} for user in self.users}
        for row in TimeSession.objects.filter(user__in=rows).values():
            rows[row["user_id"]][row["id"]] = row | {"tag_ids": ()}
        tags = SessionTag.objects.filter(user__in=rows).order_by("tag")
        for user_id, session_id, tag_id in tags.values_list("user", "session", "tag"):
            rows[user_id][session_id]["tag_ids"] += (tag_id,)
        entries: dict[UUID, dict] = {user.user.pk: {} for user in self.users}
        for model in ENTRIES:
            for row in model.objects.filter(user__in=rows).order_by("id").values():
                entries[row["user_id"]][row["id"]] = row | {"kind": model.KIND}
        found = {user: (rows[user.user.pk], entries[user.user.pk]) for user in self.users}
        touched = [user for user in self.users if (user.rows, user.entries) != found[user]]
        for user in touched:
            user.rows, user.entries = found[user]
        changes = list(Change.objects.filter(user__in=rows, id__gt=self.last_change).order_by("id"))
        self.last_change = changes[-1].id if changes else self.last_change
        return touched, changes

    def take_back(self):
        """Undoes all that can be undone, then undoes the undoing."""
        for who, user in enumerate(self.users):
            check_record(user)
            end = user.rows, user.entries
            undoable = self.undoable(user)
            back_to = undoable[-1][2] if undoable else end

            undone = len(user.changesets)
            for changeset_id, _at, _state in undoable:
                assert self.changeset(who, services.undo_changeset, changeset_id)
            check_state(user, back_to)

            for changeset_id, _at, _state in reversed(user.changesets[undone:]):
                assert self.changeset(who, services.undo_changeset, changeset_id)
            check_state(user, end)
            check_record(user)

    def undoable(self, user):
        """The presses, latest first, that are not a day old and later than the last that removed something for good."""
        purged = set(
            Change.objects.filter(user=user.user, action=Change.Action.PURGE).values_list("changeset", flat=True)
        )
        found = []
        for changeset in reversed(user.changesets):
            changeset_id, at, _state = changeset
            if changeset_id in purged or at <= self.now - timedelta(days=1):
                break
            found.append(changeset)
        return found


def check_error(error):
    assert error.code
    assert error.message
    assert all(each.code for each in getattr(error, "errors", ()))


def check_rows(rows):
    """The derived columns are what the pure functions give, one runs at most, and seconds are whole."""
    assert sum(row["end"] is None for row in rows) <= 1
    for row in rows:
        assert {name: row[name] for name in DERIVED} == derived(row)
        assert not any(value.microsecond for value in row.values() if isinstance(value, datetime))


def derived(row):
    zone = ZoneInfo(row["timezone"])
    searched = {"search_text": fold(f"{row['name']}\n{row['note']}").removesuffix("\n")}
    if row["end"] is None:
        return {**searched, "first_date": day_of(row["start"], zone), "last_date": None, "duration_seconds": None}
    return {
        **searched,
        "first_date": day_of(row["start"], zone),
        "last_date": last_day_of(row["start"], row["end"], zone),
        "duration_seconds": seconds_between(row["start"], row["end"]),
    }


def check_entries(user):
    """Names are unique, their keys right; and nothing that is kept has anything that is deleted."""
    stored = {row["id"]: row for row in user.entries.values() if row["deleted_at"] is None}
    assert all(row["folded_name"] == folded_name(row["name"]) for row in user.entries.values())
    assert max(Counter((row["kind"], row["folded_name"]) for row in stored.values()).values(), default=1) == 1
    clients = {row["client_id"] for row in stored.values() if row.get("client_id")}
    sessions = [row for row in user.rows.values() if row["deleted_at"] is None]
    projects = {row["project_id"] for row in sessions if row["project_id"]}
    assert clients | projects | {tag_id for row in sessions for tag_id in row["tag_ids"]} <= stored.keys()


def check_record(user):
    """The changes alone give the tables; each begins where the one before it ended."""
    states: dict[UUID, tuple[Kind, dict]] = {}
    for change in Change.objects.filter(user=user.user).order_by("id"):
        kind, before = states.get(change.object_id, (change.kind, None))
        assert (change.kind, change.before) == (kind, before)
        if change.after is None:
            del states[change.object_id]
        else:
            states[change.object_id] = change.kind, change.after
    rebuilt, entries = {}, {}
    for object_id, (kind, state) in states.items():
        row = {"id": object_id, "user_id": user.user.pk, **VERSIONED_MODELS[kind].read_snapshot(state)}
        if kind == Kind.SESSION:
            rebuilt[object_id] = {**row, **derived(row)}
        else:
            entries[object_id] = {**row, "kind": kind, "folded_name": folded_name(row["name"])}
    assert rebuilt == user.rows
    assert entries == user.entries


def tracked(row):
    return {name: row[name] for name in VERSIONED_MODELS[row.get("kind", Kind.SESSION)].TRACKED_FIELDS}


def check_state(user, expected):
    """All that there was is as it was, and what was made since is deleted."""
    for rows, as_before in zip((user.rows, user.entries), expected, strict=True):
        present = {object_id: tracked(row) for object_id, row in rows.items()}
        assert present == {object_id: tracked(row) for object_id, row in as_before.items()} | {
            object_id: {**row, "deleted_at": rows[object_id]["updated_at"]}
            for object_id, row in present.items()
            if object_id not in as_before
        }


def test_random_changesets_of_two_users(db, monkeypatch):
    World.accepted.clear()
    World.rejected.clear()
    done = 0

    @examples(30)
    @given(
        beginning=st.sampled_from(BEGINNINGS),
        before=st.lists(timed, max_size=3),
        runs=st.booleans(),
        operations=st.lists(st.one_of(OPERATIONS), min_size=20, max_size=30),
        every=st.tuples(*OPERATIONS),
    )
    def changeset(beginning, before, runs, operations, every):
        nonlocal done
        world = World(*beginning)
        monkeypatch.setattr(clock, "now", lambda: world.now)
        for who in WHO:
            for model in ENTRIES * 2:
                world.changeset(who, services.create_entry, model, name=f"n{len(world.users[who].entries)}")
        for fields in before:
            world.changeset(0, services.save_session, **world.timed(0, fields))
        if runs:
            world.changeset(0, services.start_timer)
        world.wait(2 * 86400)
        for name, arguments in [*operations, *every]:
            getattr(world, name)(**arguments)
            done += 1
        world.take_back()

    changeset()

    print(f"\n{done} random operations")
    print(f"Accepted: {dict(sorted(World.accepted.items()))}")
    print(f"Refused: {dict(sorted(World.rejected.items()))}")
    assert done >= tries(1000)
    reached = (World.accepted + World.rejected).keys()
    assert reached <= SERVICES
    # All but emptying the Trash, which is seldom meant, come in each example.
    assert reached | {"empty_trash"} == SERVICES
    assert reached == SERVICES or tries(1000) < 1000
