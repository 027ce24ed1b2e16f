"""A report as JSON: its query, its figures, and each line with its group values and its share."""

import json

from sessions_app.reports import Figures
from sessions_app.reports.shapes import ReportDownload
from sessions_app.selectors.catalogue import read_catalogue
from timetracker.shapes import encode_json

HOUR = 3600


def as_json(report, catalogue, **options):
    return json.loads(encode_json(ReportDownload.of_report(report, catalogue, **options)))


def test_a_report_is_json(owner, sessions, report):
    found = as_json(report, read_catalogue(owner), previous=Figures())

    assert {key: found[key] for key in ("fromDate", "toDate", "serverTime", "groupBy", "rounding")} == {
        "fromDate": "2026-11-23",
        "toDate": "2026-11-30",
        "serverTime": "2026-11-24T12:00:00Z",
        "groupBy": ["project", "day"],
        "rounding": {"minutes": 15, "direction": "up", "per": "session"},
    }
    assert (found["totalSeconds"], found["roundedSeconds"], found["residueSeconds"]) == (15_600, 16_200, 600)
    assert (found["runningSeconds"], found["billableSeconds"], found["sessionCount"]) == (HOUR, 9_000, 4)
    assert found["amounts"] == [{"currency": "EUR", "amount": "45.00"}, {"currency": "USD", "amount": "180.00"}]
    assert [(line["project"] and line["project"]["name"], line["day"], line["share"]) for line in found["lines"]] == [
        (None, "2026-11-23", round(3_600 / 16_200, 6)),
        (None, "2026-11-24", round(10_800 / 16_200, 6)),
        ("Site", "2026-11-23", round(1_800 / 16_200, 6)),
    ]
    assert found["previous"]["totalSeconds"] == 0
    assert as_json(report, read_catalogue(owner))["previous"] is None
