"""What may be wrong with a value."""

from django.utils.translation import gettext_noop as _

from timetracker.api.problem_docs.texts import Explanation

EXPLANATIONS = {
    "ambiguous_time": Explanation(
        _("The clock showed this time twice"),
        _("The clock was put back on that day, so this local time came twice."),
        _("Say which one you mean. Over the API give the time with its offset: “detail” has both."),
        '"2026-10-25T02:30:00+02:00", or an hour later "2026-10-25T02:30:00+01:00"',
    ),
    "blank": Explanation(
        _("A value is missing"),
        _("A text that is needed is empty."),
        _("Give it at least one visible character, or leave the parameter out."),
    ),
    "control_character": Explanation(
        _("A text has control characters"),
        _("A text has characters that cannot be seen or kept, such as a tab in a name."),
        _("Leave them out. Only notes have line breaks and tabs."),
    ),
    "covers_all": Explanation(
        _("This would cover all of the other session"),
        _("What is inserted into a session must leave something of it."),
        _("Change that session instead, or give times inside it."),
    ),
    "does_not_match": Explanation(
        _("Two values contradict each other"),
        _("Two values of one request say different things, such as an id in the body that is not that of the address."),
        _("Leave one of them out, or make them the same. “detail” says which."),
    ),
    "end_not_after_start": Explanation(
        _("The end is not after the start"),
        _("The end is before the start, or the same. Often the day of the end is missing after midnight."),
        _("Give a later end. Look at the offsets, too: both times are compared as instants."),
        '{"start": "2026-11-23T22:30:00+01:00", "end": "2026-11-24T01:15:00+01:00"}',
    ),
    "in_future": Explanation(
        _("The time has not come yet"),
        _("A running session cannot begin, and a timer cannot stop, at a time that is still to come."),
        _("Leave the time out to mean now. The server's clock counts: its time is “serverTime” in each answer."),
    ),
    "in_past": Explanation(
        _("The time is over already"),
        _("A token was to expire at a time that is over."),
        _("Give a later time, or null for a token that does not expire."),
        '{"name": "Laptop", "expiresAt": null}',
    ),
    "invalid_choice": Explanation(
        _("A value is none of those possible"),
        _("Only some words are possible here, and this is none of them."),
        _("Take one of those that “detail” lists. Upper and lower case count."),
        "…/sessions?duration=week",
    ),
    "invalid_currency": Explanation(
        _("A currency is not known"),
        _("A currency is a code of ISO 4217 in capital letters, and this is none."),
        _("Give a code, or null for the usual currency."),
        '"EUR", "USD", "CHF"',
    ),
    "invalid_cursor": Explanation(
        _("The cursor is not one we gave"),
        _("A cursor is copied from an answer as it is. This one was cut, changed or made up."),
        _("Follow “next” of the answer before, or leave the cursor out to begin at the first page."),
    ),
    "invalid_date": Explanation(
        _("A date is not valid"),
        _("A date is needed, as year, month and day, and this is none in the calendar."),
        _("Give a date without a time."),
        "…/sessions?from=2026-11-01&to=2026-12-01",
    ),
    "invalid_instant": Explanation(
        _("A time is not valid"),
        _(
            "A time needs date, hours, minutes, seconds and an offset, since without an offset it could mean many "
            "instants. This one lacks something, or does not exist."
        ),
        _("Give an offset or Z, or the seconds since 1970 as a number."),
        '"2026-11-23T08:00:00Z"\n"2026-11-23T09:00:00+01:00"\n1795420800',
    ),
    "invalid_tag": Explanation(
        _("A tag is not one word"),
        _("A tag is one word with a letter in it, and this has a space, a sign or no letter."),
        _("Write it as one word, with hyphens if need be."),
        '{"tags": ["deep-work", "call"]}',
    ),
    "invalid_timezone": Explanation(
        _("A time zone is not known"),
        _("A time zone is a name of the IANA database, not an abbreviation or an offset."),
        _("Give the name of a city in the zone, or UTC."),
        '"Europe/Berlin", "America/New_York", "UTC"',
    ),
    "max_length": Explanation(
        _("A text is too long"),
        _("A text has more characters than are kept."),
        _("Shorten it; “detail” says how much there is room for. Notes hold more than names."),
    ),
    "max_value": Explanation(
        _("A number is too large"),
        _("A number is above the largest that is possible here."),
        _("Give a smaller one; “detail” says which is the largest. For more of a list follow “next”."),
        "…/sessions?limit=500",
    ),
    "min_value": Explanation(
        _("A number is too small"),
        _("A number is below the smallest that is possible here."),
        _("Give a larger one; “detail” says which is the smallest."),
        "…/sessions?limit=1",
    ),
    "nonexistent_time": Explanation(
        _("The clock skipped this time"),
        _("The clock was put forward on that day, so this local time did not exist."),
        _("Give a time before or after the gap."),
    ),
    "not_a_list": Explanation(
        _("A list is needed"),
        _("A value must be a list, also when it has one item or none."),
        _("Put it in brackets."),
        '{"tags": ["deep"]}',
    ),
    "null": Explanation(
        _("A value must not be null"),
        _("Null stands for “none”, and here something is needed. A finished session needs both of its times."),
        _("Give a value, or leave the key out to keep what is there. To start a timer use timer/start."),
    ),
    "out_of_range": Explanation(
        _("A value is out of range"),
        _("A time, a number or a duration is outside what is possible: a start, for one, is from 1970 to tomorrow."),
        _("Give one inside the bounds that “detail” names."),
    ),
    "range": Explanation(
        _("The period is not valid"),
        _("The dates make no period: one is missing, the end is not later, it is too long, or out of the calendar."),
        _("Give both from and to, where the day of “to” is not included, or else duration with date and offset."),
        "…/sessions?from=2026-11-01&to=2026-12-01\n…/sessions?duration=month&offset=-1",
    ),
    "required": Explanation(
        _("A value is missing"),
        _("Something is needed that was not sent."),
        _("“errors” names it. A finished session needs start and end; to start a timer use timer/start."),
        '{"start": "2026-11-23T09:00:00+01:00", "end": "2026-11-23T10:30:00+01:00"}',
    ),
    "too_long": Explanation(
        _("The session is too long"),
        _("A session that is entered has at most 31 days. Most often a month or year is mistyped."),
        _("Give an earlier end, or make several sessions."),
    ),
    "too_precise": Explanation(
        _("A rate has too many decimal places"),
        _("An hourly rate is kept exactly, with at most 4 decimal places."),
        _("Round it yourself, so that you know what is kept."),
        '{"hourlyRate": "82.3333"}',
    ),
    "unknown_client": Explanation(
        _("The client is not there"),
        _("None of your clients has this id, or it was deleted."),
        _("Take an id from the list of clients, make the client first, or leave the id out."),
        'curl "$HOST/v1/users/me/clients" -H "Authorization: Bearer $TOKEN"',
    ),
    "unknown_project": Explanation(
        _("The project is not there"),
        _("None of your projects has this id, or it was deleted."),
        _("Take an id from the list of projects, make the project first, or leave the id out."),
        'curl "$HOST/v1/users/me/projects" -H "Authorization: Bearer $TOKEN"',
    ),
    "unreadable_file": Explanation(
        _("The file cannot be read"),
        _("It is empty, broken, or of no tool that is known here; “reason” says which. Nothing was stored."),
        _("Send the detailed export of the tool as CSV, JSON or XLSX. docs/imports.md says where each tool has it."),
        'curl "$HOST/v1/users/me/imports?dryRun=true" -H "Content-Type: text/csv" --data-binary @export.csv',
    ),
}
