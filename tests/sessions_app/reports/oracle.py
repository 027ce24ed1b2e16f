"""What somebody who keeps the books by hand would write into a report.

Shares no code with the product: days are watched on the calendar, time is rounded and money reckoned in fractions.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.sessions_app.timekeeping.oracle import watched_day, watched_seconds

MINOR_UNITS = {"EUR": 100, "JPY": 1, "BHD": 1000}
HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Entry:
    """A session that is not in the Trash, as its person would tell of it; `end` is now for the running one."""

    start: datetime
    end: datetime
    zone: str
    name: str
    project: UUID | None
    client: UUID | None
    tags: frozenset[UUID]
    billable: bool
    rate: Decimal | None
    currency: str
    runs: bool

    def days(self) -> dict[date, int]:
        zone = ZoneInfo(self.zone)
        return watched_seconds(self.start, self.end, zone) or {watched_day(self.start, zone): 0}


@dataclass(frozen=True)
class Atom:
    """What one session had on one of its days in the period, with the part of its unit's counted seconds."""

    number: int
    entry: Entry
    day: date
    seconds: int
    weight: Fraction


def cells_of(entries, first, end, rounding):
    """By cell: its atoms, its counted seconds, and its amount in minor units or None."""
    pieces = defaultdict(list)
    for number, entry in enumerate(entries):
        for day, seconds in sorted(entry.days().items()):
            if first <= day < end:
                pieces[entry.project, entry.billable, entry.rate, entry.currency].append((number, entry, day, seconds))
    cells = {}
    for cell, parts in pieces.items():
        units = defaultdict(list)
        for part in parts:
            number, _entry, day, _seconds = part
            units[{"session": number, "day": day, "project": None}[rounding.unit]].append(part)
        atoms, counted = [], 0
        for unit in units.values():
            tracked = sum(seconds for *_rest, seconds in unit)
            counted += rounded(tracked, rounding)
            share = Fraction(rounded(tracked, rounding), tracked) if tracked else Fraction(0)
            atoms += [Atom(*part, part[-1] * share) for part in unit]
        _project, billable, rate, currency = cell
        amount = None
        if billable and rate is not None:
            amount = floor(Fraction(counted, 3600) * Fraction(str(rate)) * MINOR_UNITS[currency] + HALF)
        cells[cell] = atoms, counted, amount
    return cells


def shares_of(total, atoms, levels):
    """Gives each atom's session its part of `total` by the largest remainder, level after level; by keys of levels."""
    if not levels:
        return {(): total}
    (key_of, order_of), *rest = levels
    groups = defaultdict(list)
    for atom in atoms:
        groups[key_of(atom)].append(atom)
    weights = {key: sum(atom.weight for atom in group) for key, group in groups.items()}
    whole = sum(weights.values())
    quotas = {key: total * weight / whole if whole else Fraction(0) for key, weight in weights.items()}
    given = {key: floor(quota) for key, quota in quotas.items()}
    left = total - sum(given.values())
    for key in sorted(quotas, key=lambda each: (given[each] - quotas[each], order_of(each, groups[each])))[:left]:
        given[key] += 1
    return {
        (key, *inner): share
        for key, group in groups.items()
        for inner, share in shares_of(given[key], group, rest).items()
    }


def levels_of(group_by, week_start):
    def level(dimension):
        return lambda atom: group_value(dimension, atom.entry, atom.day, week_start), lambda key, _atoms: rank(key)

    return [level(dimension) for dimension in group_by]


def session_level(ids):
    return lambda atom: atom.number, lambda number, atoms: (min(atom.day for atom in atoms), ids[number])


def rank(key):
    """Smaller keys first: dates, ids, several ids, or names; none before all."""
    if key is None:
        return ""
    if isinstance(key, tuple):
        return [each.hex for each in key]
    if isinstance(key, UUID):
        return key.hex
    return key if isinstance(key, date) else (unicodedata.normalize("NFC", key).casefold(), key)


def lines_of(entries, first, end, group_by, rounding, week_start):
    """By key: tracked, rounded, billable and running seconds, sessions, and amounts by currency."""
    lines = defaultdict(lambda: [0, 0, 0, 0, set(), defaultdict(int)])
    levels = levels_of(group_by, week_start)
    for (_project, billable, _rate, currency), cell in cells_of(entries, first, end, rounding).items():
        atoms, counted, amount = cell
        for key, share in shares_of(counted, atoms, levels).items():
            lines[key][1] += share
            lines[key][2] += share if billable else 0
        for key, share in shares_of(amount, atoms, levels).items() if amount is not None else ():
            lines[key][5][currency] += share
        for atom in atoms:
            line = lines[tuple(key_of(atom) for key_of, _order in levels)]
            line[0] += atom.seconds
            line[3] += atom.seconds if atom.entry.runs else 0
            line[4].add(atom.number)
    count = len(set().union(*(line[4] for line in lines.values())))
    return {key: (*line[:4], len(line[4]), dict(line[5])) for key, line in lines.items()}, count


def sessions_of(entries, first, end, group_by, rounding, week_start, ids):
    """By key, then number of the entry: tracked and rounded seconds, and the amount in minor units or None."""
    found = defaultdict(lambda: defaultdict(lambda: [0, 0, None]))
    levels = [*levels_of(group_by, week_start), session_level(ids)]
    for atoms, counted, amount in cells_of(entries, first, end, rounding).values():
        for (*key, number), share in shares_of(counted, atoms, levels).items():
            found[tuple(key)][number][1] += share
        for (*key, number), share in shares_of(amount, atoms, levels).items() if amount is not None else ():
            found[tuple(key)][number][2] = share
        for atom in atoms:
            *key, number = (key_of(atom) for key_of, _order in levels)
            found[tuple(key)][number][0] += atom.seconds
    return {key: {number: tuple(each) for number, each in rows.items()} for key, rows in found.items()}


def rounded(seconds, rounding):
    if not rounding.minutes:
        return seconds
    step = 60 * rounding.minutes
    steps = Fraction(seconds, step)
    return step * {"up": ceil(steps), "nearest": floor(steps + HALF), "down": floor(steps)}[rounding.direction]


def group_value(dimension, entry, day, week_start):
    match dimension:
        case "day":
            return day
        case "week":
            return next(d for d in (day - timedelta(days=n) for n in range(7)) if d.weekday() == week_start)
        case "month":
            return day.replace(day=1)
        case "tag":
            return tuple(sorted(entry.tags))
        case _:
            return getattr(entry, dimension)
