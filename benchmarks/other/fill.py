"""Fills a user of TimeTagger: `python fill.py USER COUNT NOW EACH`. Runs in its environment, on its files."""

import sys
from pathlib import Path

USER, COUNT, NOW, EACH = sys.argv[1:5]
del sys.argv[1:]  # which it would read, too

import itemdb  # noqa: E402
from timetagger.server import user2filename  # noqa: E402


def main() -> None:
    user, count, now, each = USER, int(COUNT), int(NOW), int(EACH)
    file = Path(user2filename(user))
    file.parent.mkdir(parents=True, exist_ok=True)
    db = itemdb.ItemDB(str(file))
    with db:
        db.ensure_table("records", "!key", "st", "t1", "t2")
        for number in range(count):
            end = now - number * each
            record = {"key": f"{number:09}", "mt": end, "t1": end - each // 2, "t2": end, "ds": f"Task {number % 40}"}
            db.put("records", {**record, "st": float(end)})


main()
