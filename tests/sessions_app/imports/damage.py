"""Damages files in the ways that disks, editors, spreadsheets and enemies do."""

import csv
import io
import random
import re
from datetime import UTC, datetime, timedelta

from tests.sessions_app.imports import formats
from tests.sessions_app.imports.formats import Entry, csv_bytes

TOOLS = (
    "toggl_detailed", "toggl_year", "toggl_new", "clockify", "clockify_european", "clockify_spanish", "kimai",
    "kimai_german", "kimai_french", "kimai_1", "timetagger_report", "timetagger_table", "timetagger_records",
    "timewarrior_export", "timewarrior_data", "watson_frames", "watson_log", "watson_csv", "solidtime_report",
    "solidtime_zip", "neutral", "hamster_xml", "hamster_table", "tyme_3", "icalendar", "harvest", "workbook",
)  # fmt: skip
ODD_CELLS = (
    "", "NaN", "1e400", "100000000000000000000", "-1", "0000-00-00", "9999-12-31", "31/02/2024", "0001-01-01",
    "25:61:61", "9" * 60, "\x00", "'", '"', "=1+1", "12:00 PM", "24:00", "1970-01-01", "-62135596800", "253402300800",
    "٣", "٣٤:٠٠", "²", "1.2.3.4", "1,2.3,4", "00:00:00:00", "99999999999:00", "inf", "-0", "T", "Z", "\u2028",
    "🦆" * 50, "\\u0000", "\\ud800",
)  # fmt: skip


def make_file(randoms: random.Random) -> tuple[str, bytes]:
    """A small file of a random tool."""
    tool = randoms.choice(TOOLS)
    entries = [_entry(randoms) for _ in range(randoms.randrange(1, 6))]
    if tool == "workbook":
        return tool, formats.workbook(list(csv.reader(io.StringIO(formats.toggl_year(entries).decode(), newline=""))))
    return tool, getattr(formats, tool)(entries)


def _entry(randoms):
    start = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=randoms.randrange(40_000_000))
    names = ["Fix, it", "=x", 'say "hi"', "a\nb", "Über", "x" * 300]
    return Entry(
        start, start + timedelta(seconds=randoms.randrange(1, 80_000)), randoms.choice(names),
        randoms.choice(["", "ACME"]), randoms.choice(["", "Web"]), randoms.choice(["", "Dev"]),
        tuple(randoms.sample(["a", "b", "c d"], 2)), randoms.random() < 0.5,
    )  # fmt: skip


def damaged(data: bytes, randoms: random.Random) -> bytes:
    """The file after one accident."""
    return randoms.choice(ACCIDENTS)(data, randoms)


def _cut(data, randoms):
    return data[: randoms.randrange(len(data) + 1)]


def _flipped(data, randoms):
    changed = bytearray(data)
    for _ in range(randoms.randrange(1, 30) if changed else 0):
        changed[randoms.randrange(len(changed))] = randoms.randrange(256)
    return bytes(changed)


def _rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig", "replace").replace("\0", ""), newline="")))


def _columns_swapped(data, randoms):
    rows = _rows(data)
    order = list(range(max(map(len, rows), default=0)))
    randoms.shuffle(order)
    spared = randoms.randrange(2)
    swapped = [[row[column] if column < len(row) else "" for column in order] for row in rows[spared:]]
    return csv_bytes([*rows[:spared], *swapped], delimiter=randoms.choice(",;\t"))


def _cells_replaced(data, randoms):
    rows = _rows(data)
    for _ in range(randoms.randrange(1, 8)):
        row = randoms.choice(rows) if rows else None
        if row:
            row[randoms.randrange(len(row))] = randoms.choice(ODD_CELLS)
    return csv_bytes(rows)


def _words_replaced(data, randoms):
    mark = randoms.choice(',;"\n: ')
    words = data.decode("utf-8", "replace").split(mark)
    for _ in range(randoms.randrange(1, 6)):
        words[randoms.randrange(len(words))] = randoms.choice(ODD_CELLS)
    return randoms.choice([mark, ",", "\n"]).join(words).encode()


def _encodings_mixed(data, randoms):
    text = data.decode("utf-8", "replace")
    at = randoms.randrange(len(text) + 1)
    other = randoms.choice(["cp1252", "utf-16-le", "utf-16", "utf-8"])
    return text[:at].encode() + text[at:].encode(other, "replace")


def _encoded(data, randoms):
    encoding = randoms.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-7"])
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _repeated(data, randoms):
    first, second = sorted(randoms.randrange(len(data) + 1) for _ in range(2))
    return data[:second] + data[first:second] * randoms.randrange(3) + data[second:]


def _lines_shuffled(data, randoms):
    lines = data.split(b"\n")
    randoms.shuffle(lines)
    return b"\n".join(lines)


def _offset_added(data, randoms):
    clocks = list(re.finditer(rb"[0-9]{2}:[0-9]{2}(:[0-9]{2})?(?![0-9:Z+-])", data))
    if not clocks:
        return data
    end = randoms.choice(clocks).end()
    return data[:end] + randoms.choice([b"Z", b"+14:00"]) + data[end:]


ACCIDENTS = (
    _cut, _flipped, _columns_swapped, _cells_replaced, _words_replaced, _encodings_mixed, _encoded, _repeated,
    _lines_shuffled, _offset_added,
)  # fmt: skip
