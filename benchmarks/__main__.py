"""Measures everything that docs/performance.md promises, against TimeTagger: `python -m benchmarks`.

    python -m benchmarks                  all of it, up to users of 1,000,000 sessions: about 20 minutes
    python -m benchmarks --short          loads of 3 s, histories up to 20,000: 3 minutes, to see that it works
    python -m benchmarks --write          also writes the table to docs/performance.md
    python -m tests.postgres python -m benchmarks --postgresql      the same on PostgreSQL

Needs wrk. The trackers take turns, in as many rounds as `--rounds` says, and the median of the rounds counts, so that
whatever else the machine does befalls both. CPU is that of `benchmarks.cpu`, which needs no quiet machine.
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.load import Work, require_wrk, run_load
from benchmarks.timetagger import TimeTagger
from benchmarks.timetracker import ME, Timetracker

USERS = 20
EACH = 30 * 24 * 60 * 60 // 300  # 300 sessions in 30 days
BEGIN, END = "<!-- measured -->", "<!-- /measured -->"
DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"


@dataclass
class Table:
    """Rows of what was measured: the work, what is to be reached, and what was."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, work: str, target: str, reached: str) -> None:
        self.rows.append((work, target, reached))
        print(f"{work:58} {target:24} {reached}", flush=True)

    def markdown(self, head: str) -> str:
        lines = [head, "", "| Work | To reach | Reached |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in self.rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--postgresql", action="store_true", help="on the server that DATABASE_URL names")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    require_wrk()
    seconds = options.seconds or (3 if options.short else 10)
    rounds = options.rounds or (1 if options.short else 3)
    counts = [1_000, 20_000] if options.short else [1_000, 100_000, 1_000_000]
    table = Table()
    url = os.environ["DATABASE_URL"] if options.postgresql else ""
    with Timetracker(USERS + len(counts), database_url=url) as ours, TimeTagger(USERS + len(counts)) as theirs:
        now = int(time.time())
        measure_memory_and_start(table, ours)
        compare(table, ours, theirs, now, counts, seconds=seconds, rounds=rounds)
        reached = ours.rate_of_many(ours.tokens[0], now, count=2 if options.short else 10)
        table.add("Batches of 500, sessions a second", "2,000", f"{reached:,.0f}")
    measure_cpu(table, counts, rounds=10 if options.short else 30)
    engine = "PostgreSQL" if options.postgresql else "SQLite"
    said = table.markdown(f"{engine}, {os.cpu_count()} cores, {rounds} × {seconds} s a row, `RATE_LIMITS=off`.")
    print(f"\n{said}")
    if options.write:
        text = DOCUMENT.read_text()
        DOCUMENT.write_text(text[: text.index(BEGIN) + len(BEGIN)] + f"\n{said}\n" + text[text.index(END) :])


def measure_memory_and_start(table: Table, ours: Timetracker) -> None:
    """The default server, from its start to its first answer, and its memory after months were read."""
    table.add(
        "Cold start to the first answer", "1 s", f"{statistics.median(ours.cold_start() for _ in range(3)):.2f} s"
    )
    token = ours.tokens[-1]
    ours.fill(len(ours.tokens) - 1, 1_000, now=int(time.time()), each=EACH)
    ours.call("POST", f"{ME}/timer/start", {}, token=token)  # else most answers were not made, but sent again
    run_load(ours.url, ours.overview(token, "duration=month"), clients=8, seconds=3)
    table.add("Memory after reading months (Pss)", "120 MiB", f"{ours.memory():.0f} MiB")
    ours.call("POST", f"{ME}/timer/stop", {}, token=token)


def compare(
    table: Table,
    ours: Timetracker,
    theirs: TimeTagger,
    now: int,
    counts: list[int],
    *,
    seconds: int,
    rounds: int,
) -> None:
    """Saves and reads by many clients at once."""

    def both(name: str, target: str, mine: Work, other: Work, clients: int = 8) -> None:
        found = [
            (
                run_load(ours.url, mine, clients=clients, seconds=seconds),
                run_load(theirs.url, other, clients=clients, seconds=seconds),
            )
            for _round in range(rounds)
        ]
        (rate, other_rate), (p99, other_p99) = (
            tuple(statistics.median(getattr(pair[side], figure) for pair in found) for side in (0, 1))
            for figure in ("rate", "p99")
        )
        rates = f"{rate:,.0f} to {other_rate:,.0f} a second"
        table.add(name, target, f"{rate / other_rate:.2f} x ({rates}), p99 {p99:.0f} to {other_p99:.0f} ms")

    def alone(name: str, target: str, work: Work) -> float:
        rate = statistics.median(run_load(ours.url, work, clients=8, seconds=seconds).rate for _ in range(rounds))
        table.add(name, target, f"{rate:,.0f} a second")
        return rate

    many, one = ours.tokens[:USERS], ours.tokens[:1]
    their_many, their_one = theirs.tokens[:USERS], theirs.tokens[:1]
    saves = (ours.save(many, now), theirs.save(their_many, now))
    both("Save, many users, 8 clients", "1.5 x, p99 no higher", *saves)
    both("Save, many users, 32 clients", "1.5 x, p99 no higher", *saves, clients=32)
    both("Save, one user, 8 clients", "2 x, p99 a fifth", ours.save(one, now), theirs.save(their_one, now))
    if min(ours.count(0), theirs.count(0, now - 86_400, now)) < 10:
        raise RuntimeError("What was sent was not saved.")
    alone("Timer start and stop, each", "rate of saves", ours.start_and_stop(many))
    for number, count in enumerate(counts):
        user = USERS + number
        if user != len(ours.tokens) - 1 or count != 1_000:
            ours.fill(user, count, now=now, each=EACH)
        theirs.fill(user, count, now=now, each=EACH)
        token, other = ours.tokens[user], theirs.tokens[user]
        month = ours.overview(token, f"from={_day(now - 29 * 86_400)}&to={_day(now + 86_400)}")
        target = {1_000: "2 x", 100_000: "10 x", 1_000_000: "100 x"}.get(count, "")
        their_month = theirs.overview(other, now - 30 * 86_400, now)
        # Nothing runs or changes: what was answered is sent again. While something runs, each answer is made anew.
        ours.call("POST", f"{ME}/timer/stop", {}, token=token)
        both(f"Month of 300, user of {count:,}", target, month, their_month)
        ours.call("POST", f"{ME}/timer/start", {}, token=token)
        both("The same while a timer runs", target, month, their_month)
        if count == 1_000:
            day = theirs.overview(other, now - 86_400, now)
            both("Day, while a timer runs", "1 x", ours.overview(token, "duration=day"), day)
            week = theirs.overview(other, now - 7 * 86_400, now)
            both("Week, while a timer runs", "1 x", ours.overview(token, "duration=week"), week)
            full = alone("Timer", "", Work("GET", [f"{ME}/timer"], [token], "Authorization", "Bearer "))
            known = alone("Timer, known already", "3 x the full", ours.known(token, f"{ME}/timer"))
            table.add("Timer, 304 to 200", "3 x", f"{known / full:.2f} x")


def measure_cpu(table: Table, counts: list[int], *, rounds: int) -> None:
    """CPU of single requests, in a process of its own: pages, 304, and how they grow with the history."""
    few, many = counts[0], counts[-1]
    command = [sys.executable, "-m", "benchmarks.cpu", "--rounds", str(rounds), "--counts", str(few), str(many)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    times = {
        name.strip(): (float(first), float(second))
        for name, first, second in re.findall(r"^(\D[^\n]*?)\s+([\d.]+)\s+([\d.]+)$", said, re.MULTILINE)
    }
    for name, (short, long) in times.items():
        if name.startswith(("page ", "timer", "day", "week", "month", "old day")) and "known" not in name:
            growth = f"{long / short:.2f} x ({short:.1f} to {long:.1f} ms)"
            table.add(f"CPU: {name}, user of {few:,} to {many:,}", "1.1 x", growth)
    for name in ("timer", "day", "week", "month"):
        full, known = times[name][0], times[f"{name}, known"][0]
        table.add(f"CPU: 304 for {name}, to the full answer", "a third", f"{known / full:.2f} x")
    for name in [each for each in times if each.startswith("page ")]:
        constant = times[f"constant {name}"][0] if f"constant {name}" in times else None
        if constant:
            table.add(f"CPU: {name}, to a constant template", "5 x", f"{times[name][0] / constant:.1f} x")


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


if __name__ == "__main__":
    main()
