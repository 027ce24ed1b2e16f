"""However time was tracked and is asked for: each number of a report is that of an account meant by hand."""

import random
from collections import Counter
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from sessions_app import services
from sessions_app.models import Client, Project, Tag
from sessions_app.models.querysets import SessionFilter
from sessions_app.reports import DIMENSIONS, ReportQuery, read_drill_down, read_report
from sessions_app.selectors.totals import read_totals
from sessions_app.timekeeping.periods import Period
from sessions_app.timekeeping.rounding import ROUNDING_DIRECTIONS, ROUNDING_MINUTES, ROUNDING_UNITS, Rounding
from tests.examples import examples
from tests.factories import WEB, make_guest
from tests.many_sessions import add_sessions
from tests.sessions_app.reports.oracle import MINOR_UNITS, Entry, lines_of, sessions_of
from tests.sessions_app.timekeeping.hard_times import HARD_TIMES, instant

GROUPINGS = [(), *((each,) for each in DIMENSIONS), *permutations(DIMENSIONS, 2)]
TRIPLES = list(permutations(DIMENSIONS, 3))
POLICIES = [
    Rounding(minutes, direction, unit)
    for minutes in ROUNDING_MINUTES
    for direction in ROUNDING_DIRECTIONS
    for unit in ROUNDING_UNITS
]
NAMES = ["", "Draft", "draft", "Ünder", 'Call, with "quotes"']
RATES = [("80", "EUR"), ("33.3333", "EUR"), ("0.0001", "EUR"), ("0", "EUR"), ("12345.6789", "JPY"), ("19.9995", "BHD")]
# Two ordinary weeks and the hours around odd clock changes.
CENTRES = [("Europe/Berlin", instant("2024-02-28T12:00:00")), ("UTC", instant("2024-12-31T20:00:00"))] + [
    (zone, instant(text)) for zone, text in HARD_TIMES if instant(text).year >= 1971
]
few = st.integers(0, 2)
priced = st.none() | st.sampled_from(RATES)


@st.composite
def histories(draw):
    """Now, and what was tracked: start, length (None of the one that runs), and what it was for by number."""
    zone, centre = draw(st.sampled_from(CENTRES))
    now = centre + timedelta(seconds=draw(st.integers(0, 200_000)))
    session = st.fixed_dictionaries(
        {
            "start": st.integers(-400_000, 0),
            "length": st.sampled_from([0, 1, 899, 900, 3600]) | st.integers(1, 20_000) | st.integers(1, 260_000),
            "zone": st.sampled_from([zone, zone, "Europe/Berlin", "Pacific/Kiritimati"]),
            "name": st.sampled_from(NAMES),
            "project": st.none() | few,
            "tags": st.sets(few, max_size=3),
            "billable": st.booleans(),
            "rate": priced,
            "deleted": st.sampled_from([False] * 5 + [True]),
        }
    )
    return now, draw(st.lists(session, min_size=1, max_size=9)), draw(st.none() | session)


class Account:
    """A person with clients, projects and tags, who tracked a history; and the same as entries in a book."""

    def __init__(self, now, tracked, running):
        self.now, self.entries, self.ids = now, [], []
        with time_machine.travel(now, tick=False):
            self.user = make_guest(timezone="Europe/Berlin", hourly_rate=Decimal("50.5"), currency="EUR")
            self.clients = [services.create_entry(self.user, WEB, Client, name=name).id for name in ("Acme", "Bolt")]
            owners = [self.clients[0], self.clients[1], None]
            self.projects = [
                services.create_entry(self.user, WEB, Project, name=f"P{number}", client_id=owner).id
                for number, owner in enumerate(owners)
            ]
            self.client_of = {None: None, **dict(zip(self.projects, owners, strict=True))}
            self.tags = [services.create_entry(self.user, WEB, Tag, name=name).id for name in ("a", "b", "c")]
            for each in tracked:
                self.track(each)
            if running is not None:
                self.track(running, runs=True)

    def track(self, each, *, runs=False):
        start = self.now + timedelta(seconds=each["start"])
        end = None if runs else min(start + timedelta(seconds=each["length"]), self.now + timedelta(hours=20))
        project = None if each["project"] is None else self.projects[each["project"]]
        tags = frozenset(self.tags[number] for number in each["tags"])
        fields = {
            "name": each["name"], "timezone": each["zone"], "project_id": project, "tag_ids": tuple(sorted(tags)),
            "billable": each["billable"],
        }  # fmt: skip
        if each["rate"] is not None:
            fields |= {"hourly_rate": Decimal(each["rate"][0]), "currency": each["rate"][1]}
        if runs or end == start:
            if runs and each["length"] % 2 == 0:
                start = self.now  # has only begun
            session = services.start_timer(self.user, WEB, start=start, **fields).started
            if not runs:
                session = services.stop_timer(self.user, WEB, end=start).stopped
        else:
            session = services.save_session(self.user, WEB, start=start, end=end, **fields)
        if each["deleted"] and not runs:
            services.delete_session(self.user, WEB, session.id)
            return
        rate, currency = (
            (Decimal("50.5"), "EUR") if each["rate"] is None else (Decimal(each["rate"][0]), each["rate"][1])
        )
        self.ids.append(session.id)
        self.entries.append(
            Entry(
                start, end or self.now, each["zone"], each["name"], project, self.client_of[project], tags,
                each["billable"], rate, currency, runs,
            )
        )  # fmt: skip

    def filters(self):
        """Each with what it means."""
        return [
            (SessionFilter(), lambda entry: True),
            (SessionFilter(project=self.projects[0]), lambda entry: entry.project == self.projects[0]),
            (SessionFilter(project="none"), lambda entry: entry.project is None),
            (SessionFilter(client=self.clients[1]), lambda entry: entry.client == self.clients[1]),
            (SessionFilter(client="none"), lambda entry: entry.client is None),
            (SessionFilter(tag_ids=frozenset(self.tags[:2])), lambda entry: entry.tags >= set(self.tags[:2])),
            (SessionFilter(only_tag_ids=frozenset(self.tags[:1])), lambda entry: entry.tags == set(self.tags[:1])),
            (SessionFilter(only_tag_ids=frozenset()), lambda entry: not entry.tags),
            (SessionFilter(name="Draft"), lambda entry: entry.name == "Draft"),
            (SessionFilter(name=""), lambda entry: entry.name == ""),
            (SessionFilter(billable=True), lambda entry: entry.billable),
            (SessionFilter(billable=False, running=False), lambda entry: not entry.billable and not entry.runs),
            (SessionFilter(running=True), lambda entry: entry.runs),
            (SessionFilter(text="raf"), lambda entry: "raf" in entry.name),
        ]


def figures_of(figures):
    amounts = {currency: amount * MINOR_UNITS[currency] for currency, amount in figures.amounts.items()}
    return (
        figures.seconds, figures.rounded_seconds, figures.billable_seconds, figures.running_seconds,
        figures.session_count, amounts,
    )  # fmt: skip


def assert_adds_up(whole, parts):
    """All but the count, for a session in several parts counts once."""
    for name in ("seconds", "rounded_seconds", "billable_seconds", "running_seconds", "rounding_difference_seconds"):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts), name
    amounts = Counter()
    for part in parts:
        amounts.update(part.amounts)
    assert dict(amounts) == {currency: whole.amounts[currency] for currency in amounts}
    assert whole.amounts.keys() == {currency for part in parts for currency in part.amounts}
    assert all(part.session_count <= whole.session_count for part in parts)


periods = st.tuples(st.integers(-6, 2), st.integers(1, 40))


@examples(10)
@given(history=histories(), period=periods, week_start=st.integers(0, 6), seed=st.integers(0, 2**32))
@pytest.mark.django_db
def test_reports_are_those_reckoned_by_hand(history, period, week_start, seed):
    account, chance = Account(*history), random.Random(seed)
    first = account.now.date() + timedelta(days=period[0])
    period = Period(first, first + timedelta(days=period[1]))
    for group_by in [*GROUPINGS, *chance.sample(TRIPLES, 6)]:
        where, means = chance.choice([account.filters()[0], *account.filters()])
        query = ReportQuery(period, group_by, where, chance.choice(POLICIES), week_start)
        meant = [number for number, entry in enumerate(account.entries) if means(entry)]
        entries, ids = [account.entries[number] for number in meant], [account.ids[number] for number in meant]
        asked = entries, period.first, period.end, group_by, query.rounding, week_start
        expected, count = lines_of(*asked)

        report = read_report(account.user, query, now=account.now)

        assert {line.key: figures_of(line.figures) for line in report.lines} == expected, query
        assert len(report.lines) == len(expected)
        assert report.total.session_count == count
        assert_adds_up(report.total, [line.figures for line in report.lines])
        assert_adds_up(report.total, [group.figures for group in report.groups])
        for group in report.groups:
            assert_adds_up(group.figures, [line.figures for line in group.lines])
            assert all(line.key[:1] == (group.key,) for line in group.lines if group_by)
        for line in report.lines:
            assert_is_made_of_its_parts(line)
        if chance.random() < 0.25:  # each takes as long as many reports
            assert_drills_down(account, report, sessions_of(*asked, ids), ids, chance)
        total = read_totals(account.user, [period], now=account.now, where=where).of(period)
        assert (total.seconds, total.running_seconds, total.session_count) == (
            report.total.seconds, report.total.running_seconds, report.total.session_count,
        )  # fmt: skip


def assert_is_made_of_its_parts(line):
    assert line.figures.seconds == sum(part.seconds for part in line.parts)
    assert line.figures.rounded_seconds == sum(part.rounded_seconds for part in line.parts)
    assert len({part[:4] for part in map(astuple, line.parts)}) == len(line.parts)
    assert all((part.amount is None) == (not part.billable or part.hourly_rate is None) for part in line.parts)


def assert_drills_down(account, report, expected, ids, chance):
    """A line, a group and the total are made of sessions, whose shares are those reckoned by hand and add up to it."""
    if not report.groups:
        return
    line, group = chance.choice(report.lines), chance.choice(report.groups)
    for key, figures in ((line.key, line.figures), ((group.key,), group.figures), ((), report.total)):
        if len(key) > len(report.query.group_by):
            continue
        found = read_drill_down(account.user, report.query, key, now=account.now)
        assert found.figures == figures
        by_hand = {
            (line_key, ids[number]): share
            for line_key, rows in expected.items()
            if line_key[: len(key)] == key
            for number, share in rows.items()
        }
        assert {
            (line_key, session_id): tuple(share)
            for line_key, shares in found.sessions.items()
            for session_id, share in shares.items()
        } == by_hand
        session_ids = {session_id for _line_key, session_id in by_hand}
        shares = [found.part(session_id) for session_id in session_ids]
        assert sum(share.rounded_seconds for share in shares) == figures.rounded_seconds
        assert sum(share.minor_units or 0 for share in shares) == sum(share[2] or 0 for share in by_hand.values())

        billable = read_drill_down(account.user, report.query, key, now=account.now, billable_only=True)
        assert billable.figures.rounded_seconds == billable.figures.billable_seconds == figures.billable_seconds
        assert billable.figures.amounts == figures.amounts


@examples(5)
@given(history=histories(), rounding=st.sampled_from(POLICIES))
@pytest.mark.django_db
def test_filters_part_a_report_and_grouping_never_changes_what_was_tracked(history, rounding):
    account = Account(*history)
    period = Period(account.now.date() - timedelta(days=7), account.now.date() + timedelta(days=3))
    query = ReportQuery(period, rounding=rounding)

    def total(**changes):
        return read_report(account.user, replace(query, **changes), now=account.now).total

    whole = total()
    wholes = [total(group_by=group_by) for group_by in [*GROUPINGS, *TRIPLES[::10]]]
    assert {each.seconds for each in wholes} == {whole.seconds}
    assert {each.session_count for each in wholes} == {whole.session_count}
    assert {(each.rounded_seconds, each.billable_seconds) for each in wholes} == {
        (whole.rounded_seconds, whole.billable_seconds)
    }
    assert all(each.amounts == whole.amounts for each in wholes)
    tag_sets = {entry.tags for entry in account.entries}
    for filters in (
        [SessionFilter(project=project) for project in [*account.projects, "none"]],
        [SessionFilter(client=client) for client in [*account.clients, "none"]],
        [SessionFilter(billable=billable) for billable in (True, False)],
        [SessionFilter(running=running) for running in (True, False)],
        [SessionFilter(name=name) for name in NAMES],
        [SessionFilter(only_tag_ids=tags) for tags in tag_sets],
    ):
        parts = [total(where=where) for where in filters]
        assert sum(part.seconds for part in parts) == whole.seconds
        assert sum(part.session_count for part in parts) == whole.session_count
        if rounding.unit == "session":
            assert sum(part.rounded_seconds for part in parts) == whole.rounded_seconds


def test_every_grouping_takes_two_queries_whatever_the_history(owner, django_assert_num_queries):
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    period = Period(now.date() - timedelta(days=400), now.date() + timedelta(days=1))
    with time_machine.travel(now, tick=False):
        project = services.create_entry(owner, WEB, Project, name="P")
        tag = services.create_entry(owner, WEB, Tag, name="t")
        services.start_timer(owner, WEB, start=now - timedelta(hours=20), project_id=project.id)
    for count in (10, 990):
        add_sessions(owner, count, until=now, over=timedelta(days=300), projects=[project], tags=[tag])
        for group_by in GROUPINGS:
            with django_assert_num_queries(2):
                report = read_report(owner, ReportQuery(period, group_by), now=now)
            assert report.total.session_count >= count * 0.9
