"""Small files as other tools write them, with invented content."""

TOGGL = """\
User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags,Amount ()
Mira,mira@example.org,Acme,Website,,Draft,Yes,2026-03-02,09:00:00,2026-03-02,10:30:00,01:30:00,"deep, two words",
Mira,mira@example.org,Acme,Website,,Mail,No,2026-03-02,11:00:00,2026-03-02,11:15:00,00:15:00,,
Mira,mira@example.org,Bolt,Website,,Night,Yes,2026-03-03,23:30:00,2026-03-04,00:30:00,01:00:00,,
Mira,mira@example.org,,,,Draft,No,2026-03-05,09:00:00,2026-03-05,10:00:00,01:00:00,,
"""

TOGGL_SECONDS = 3 * 3600 + 45 * 60

HARVEST = """\
Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Employee Id,Roles,\
Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,External Reference URL
2026-03-02,Acme,Website,W,Design,Sketches,2.5,Yes,No,No,Mira,Holm,,,Yes,80.0,200.0,,,Euro - EUR,
2026-03-02,Acme,Website,W,Design,Sketches,2.5,Yes,No,No,Mira,Holm,,,Yes,80.0,200.0,,,Euro - EUR,
2026-03-03,Acme,Website,W,Meeting,Call,0.33,No,No,No,Mira,Holm,,,Yes,0.0,0.0,,,Euro - EUR,
"""

WATSON = """\
[[1772440200, 1772443800, "site", "0123456789abcdef0123456789abcdef", ["a", "b"], 1772443800],
 [1772450200, 1772453800, "site", "1123456789abcdef0123456789abcdef", [], 1772453800]]
"""
