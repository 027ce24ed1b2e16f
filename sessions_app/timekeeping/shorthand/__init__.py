"""The one-line input, which says what to do, when and for which project, and the fields for one time or one length.

The grammar is stated here, once. `[ ]` may be left out, `{ }` repeats, `|` separates alternatives. Case, full-width
letters, the kinds of dash and blank, and invisible characters do not matter::

    line     = [ name ] { phrase }
    phrase   = project | tag | day | length | ago | since | time | range       in this order of precedence

    project  = "@" word                     `@acme`; the sign may not be followed by one of @ # : , ; ! ? "
             | "@" quoted                   `@"Book covers"`: exactly this name
             | "@" name                     `@Book covers`, for names of several words that the caller knows
    tag      = "#" word                     `#talk`; a letter is needed, since `#123` is an issue
    day      = today | yesterday | tomorrow | weekday | date
    weekday  = mon | monday | …             the latest one before today
    date     = 2025-11-17 | 17.11. | 17.11.2025 | 17/11 | 11/17                the last two as the user writes dates
             | 17 Nov | 17 Nov 2025 | Nov 17 | Nov 17, 2025                    also after its weekday, `Mon 17 Nov`
    length   = [ "for" ] ( 45m | 45 min | 1h30 | 1 h 30 min | 1.5h | 1,5h | 1:30h )
    ago      = "-" ( minutes | length )     `-20`, `-1h30`, `-1:30`
             | length "ago"                 `20 min ago`
    since    = clock "-"                    `9:15-`, `9-`
    time     = [ "at" ] clock               without `at` not only digits (`915`), nor digits with a point (`9.15`)
    range    = [ "from" | "at" ] clock to clock | "between" clock "and" clock
                                            `9-10:25`; with another sign than a plain dash one side, with a mere blank
                                            both, may not be only digits, digits with a point, nor `9a`
    to       = "-" | " - " | ".." | "…" | "~" | "→" | "->" | "--" | " to " | " till " | " until " | " through "
             | " bis " | " à " | " "
    clock    = 9 | 915 | 9:15 | 9:15:00 | 9.15 | 9h15 | 9h | 9pm | 9:15 pm | 9 p.m. | 9p

Phrases are taken from the right end of the line, the longest first (up to six words), until one is none of these or
repeats what a phrase to its right has said. A line has one project, one day, one start, one end and any number of tags.
What is left is the name. A backslash before a phrase makes it part of the name and does not stop the reading.

What the phrases say together decides what the line does:

    ============================= =====================================================================
    range                         adds a finished session; an end not after the start is on the next day, or by a
                                  12-hour clock, if no am or pm is typed, 12 hours later when that is sooner
    time, since or ago, + length  adds a finished session that begins then
    length                        adds a finished session that ends now
    since or ago                  starts a session in the past, which runs on
    a day or a time alone         is part of the name
    none of these                 starts a session now
    ============================= =====================================================================

Where this leaves a question open (a time that the clock skipped or showed twice, a time in the future, a session over
midnight of more than 16 hours, or one such as `12-1` by a 24-hour clock, which may end in the afternoon), the answer
is a `Problem` with choices for buttons. A session has at most 31 days.
"""

from sessions_app.timekeeping.shorthand.chips import Chip, is_tag_word, project_word, stray_projects
from sessions_app.timekeeping.shorthand.fields import parse_day_field, parse_duration_field, parse_time_field
from sessions_app.timekeeping.shorthand.line_text import format_line
from sessions_app.timekeeping.shorthand.parsing import ParsedLine, parse_line
from sessions_app.timekeeping.shorthand.problems import Choice, Problem, UnclearInputError

__all__ = [
    "Chip",
    "Choice",
    "ParsedLine",
    "Problem",
    "UnclearInputError",
    "format_line",
    "is_tag_word",
    "parse_day_field",
    "parse_duration_field",
    "parse_line",
    "parse_time_field",
    "project_word",
    "stray_projects",
]
