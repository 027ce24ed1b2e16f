"""Files with several traps at once, as they come from a spreadsheet of another country; figures worked out by hand"""

import pytest

from sessions_app.imports.rows import SkippedRow
from tests.sessions_app.imports.reading import clocks, open_file, sessions

TOGGL = "User;Email;Client;Project;Task;Description;Billable;Start date;Start time;End date;End time;Duration;Tags"
FILES = {
    "Toggl, Unicode text, dots, 12 hours, a night, a total": (
        "Toggl_time_entries_2025-01-01_to_2025-12-31.csv",
        (
            TOGGL.replace(";", "\t") + "\r\n"
            "Jo\tj@x\tMüller\tSeite\t\tEntwurf\tYes\t03.02.2025\t11:30:00 PM\t04.02.2025\t12:30:00 AM\t1:00:00\ta\r\n"
            "Jo\tj@x\tMüller\tSeite\t\tPost\tNo\t13.02.2025\t12:05:00 PM\t13.02.2025\t01:05:30 PM\t1:00:30\t\r\n"
            "Total\t\t\t\t\t\t\t\t\t\t\t2:00:30\t\r\n"
        ).encode("utf-16"),
        ["2025-02-03 23:30:00 - 2025-02-04 00:30:00", "2025-02-13 12:05:00 - 2025-02-13 13:05:30"],
        1,
    ),
    "Toggl, two digits of years, empty columns, a day longer than 24 hours": (
        "t.csv",
        f"{TOGGL};;\r\nJo;j@x;;P;;=SUM(A1);Yes;01.05.24;9:00:00;02.05.24;11:00:00;26:00:00;;;\r\n;;;;;;;;;;;;;;\r\n"
        "Jo;j@x;;P;;x;Yes;14.05.24;9:00:00;14.05.24;11:00:00;2:00:00;;;\r\n".encode("cp1252"),
        ["2024-05-01 09:00:00 - 2024-05-02 11:00:00", "2024-05-14 09:00:00 - 2024-05-14 11:00:00"],
        0,
    ),
    "Clockify, an order of dates that only the name shows, clocks of both kinds, a night": (
        "Clockify_Time_Report_Detailed_01_03_2026–31_03_2026.csv",
        (
            b'"Project","Description","User","Tags","Start Date","Start Time","End Date","End Time","Duration (h)"\n'
            b'"Site","x","Jo","","05/03/2026","11:30 PM","06/03/2026","12:45:30 AM","1:15"\n'
        ),
        ["2026-03-05 23:30:00 - 2026-03-06 00:45:30"],
        0,
    ),
    "Kimai in French, Windows-1252, slashes, seconds, a total": (
        "20260301-kimai-export.csv",
        (
            "Date;De;À;Durée;Client;Projet;Activité;Description;Facturable;Mots-clés\r\n"
            "02/03/26;09:00:00;17:30:00;08:30:00;Société;Site;Développement;Été;oui;a, b\r\n"
            "13/03/26;22:00:00;02:00:00;04:00:00;Société;Site;Développement;x;non;\r\nTotal;;;12:30:00;;;;;;\r\n"
        ).encode("cp1252"),
        ["2026-03-02 09:00:00 - 2026-03-02 17:30:00", "2026-03-13 22:00:00 - 2026-03-14 02:00:00"],
        1,
    ),
    "TimeTagger in German, semicolons, seconds, sums and empty rows": (
        "timetagger-20260401-20260430.csv",
        (
            "subtotals;tag_groups;duration;date;start;stop;description;user;tags\r\n;;;;;;;;\r\n02:30:00;Total;;;;;;;\r\n"
            ";;02:00:00;05.04.2026;09:00:00;11:00:00;Büro #a;me;#a\r\n"
            ";;00:30:00;05.04.2026;23:45:00;00:15:00;Büro;me;#untagged\r\n"
        ).encode("cp1252"),
        ["2026-04-05 09:00:00 - 2026-04-05 11:00:00", "2026-04-05 23:45:00 - 2026-04-06 00:15:00"],
        1,
    ),
    "Any table, Unicode text, other order of columns, 12 hours, a night, a sum": (
        "t.txt",
        (
            "Tätigkeit\tEnde\tBeginn\tDatum\tKunde\r\nNacht\t12:30 AM\t11:00 PM\t02.03.2026\tAcme\r\n"
            "Tag\t12:30 PM\t9:00 AM\t14.03.2026\tAcme\r\nSumme\t\t\t\t\r\n"
        ).encode("utf-16"),
        ["2026-03-02 23:00:00 - 2026-03-03 00:30:00", "2026-03-14 09:00:00 - 2026-03-14 12:30:00"],
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", FILES)
def test_two_traps_at_once(which):
    name, data, expected, totals = FILES[which]

    assert [clocks(each) for each in sessions(data, name)] == expected
    assert sum(isinstance(row, SkippedRow) for row in open_file(data, name).rows()) == totals
