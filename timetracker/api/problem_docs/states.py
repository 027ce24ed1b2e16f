"""What the present state of things may forbid."""

from django.utils.translation import gettext_noop as _

from timetracker.api.problem_docs.texts import Explanation

EXPLANATIONS = {
    "account_exists": Explanation(
        _("There is an account already"),
        _("These sessions are kept in an account, and what was asked for makes one of a guest."),
        _("Go on with that account: its e-mail and password are changed in Settings."),
    ),
    "batch_failed": Explanation(
        _("An operation failed, so nothing was written"),
        _("The batch was to be done as a whole, and one of its operations cannot be done."),
        _("Mend the operations whose problem in “results” is not “not_done”, or send the batch with atomic false."),
        '{"atomic": false, "operations": […]}',
    ),
    "before_running": Explanation(
        _("The start is before that of the running session"),
        _("Starting ends the running session at the same instant, which would be before it began."),
        _("Give a later start, or stop the running session first, at an end of its own."),
        '{"start": "2026-11-23T09:00:00+01:00"}',
    ),
    "changed_since": Explanation(
        _("A later change is in the way"),
        _("What should be undone was changed, or something of it was deleted, after that. Nothing was changed."),
        _("Undo the later change first. The history of the session shows it."),
    ),
    "choice_needed": Explanation(
        _("The file can be read in two ways"),
        _("Its dates, decimals or users leave open what is meant, and guessing could be wrong. Nothing was stored."),
        _("Choose by the parameters that “choices” names, and send the file again."),
        "…/imports?dateOrder=dmy",
    ),
    "cursor_expired": Explanation(
        _("The cursor is of an earlier state"),
        _("The server was restored from a backup since it gave this cursor, or never gave it."),
        _("Forget the copy, ask without a cursor, and read everything again."),
        "/v1/users/me/changes",
    ),
    "deleted": Explanation(
        _("It is in the Trash"),
        _("What should be changed was deleted. A session stays in the Trash for 30 days, and cannot be changed there."),
        _("Restore it first, or use another id for something new."),
        'curl -X POST "$HOST/v1/users/me/sessions/$ID/restore" -H "Authorization: Bearer $TOKEN"',
    ),
    "email_taken": Explanation(
        _("This e-mail address cannot be used"),
        _("Another account of this server may have it."),
        _("Sign in with it if it is yours, or give another address."),
    ),
    "files_gone": Explanation(
        _("The files are not here any more"),
        _("Files of an import are kept for a day, and those that a script sends not at all."),
        _("Send them again: what came in already is not doubled."),
    ),
    "id_taken": Explanation(
        _("The id is in use"),
        _("Something with the id in the body is there already: perhaps this request was sent before. Nothing changed."),
        _("To change a session under an id of yours use PUT, which may be repeated. For a new one leave out the id."),
        "PUT /v1/users/me/sessions/$ID",
    ),
    "in_use": Explanation(
        _("It is in use"),
        _("A client has projects, or a project or tag has sessions, so it was not deleted."),
        _("Archive it to keep the past as it is, or delete it with detach=true to take it off everything that has it."),
        'curl -X DELETE "$HOST/v1/users/me/tags/$ID?detach=true" -H "Authorization: Bearer $TOKEN"',
    ),
    "merged_lately": Explanation(
        _("Other sessions were brought along lately"),
        _("Another browser's sessions were brought into these less than 7 days ago, which can still be undone."),
        _("These come along once the 7 days are over."),
    ),
    "name_taken": Explanation(
        _("The name is in use"),
        _("Another client, project or tag has this name, perhaps in other case or archived."),
        _("Use that one, or give another name. The list shows archived ones, too."),
        "…/projects?archived=true",
    ),
    "not_done": Explanation(
        _("Another operation failed, so this was not done"),
        _("Nothing is wrong with this operation as such: the batch was to be done as a whole, or failed at first."),
        _("Mend the operation that failed, then send the batch again. Give it a new Idempotency-Key, if it has one."),
    ),
    "not_neighbours": Explanation(
        _("Another session begins between the two"),
        _("Two sessions can be merged when no third begins between them."),
        _("Merge neighbours, one after the other, or move the third away first."),
    ),
    "same_user": Explanation(
        _("These sessions are yours already"),
        _("Sessions are brought from a guest into another account, and the two are one."),
        _("There is nothing to bring along."),
    ),
    "timer_running": Explanation(
        _("A session is running"),
        _("This would start a second session, and only one can run. Nothing was changed."),
        _("Stop the running one first, or leave out ifRunning, so that starting ends it at the same instant."),
        'curl -X POST "$HOST/v1/users/me/timer/stop" -H "Authorization: Bearer $TOKEN"',
    ),
    "too_many": Explanation(
        _("These are too many"),
        _("There is an upper bound for how many of these are kept or taken at once, and it is reached."),
        _("“detail” says how many are possible. Leave some out, or remove what is not needed any more."),
    ),
    "too_many_lines": Explanation(
        _("The report is too long to be shared"),
        _("A share link shows a report of at most 2,000 lines. Nothing was made."),
        _("Choose a shorter period, fewer groupings, or a filter."),
    ),
    "too_many_sessions": Explanation(
        _("The timesheet would have too many sessions"),
        _("A timesheet is a list that somebody reads, and has an upper bound of sessions."),
        _("Choose a shorter period, or download a table of the report, which has none."),
        "…/reports/summary?from=2026-11-01&to=2026-12-01&format=xlsx",
    ),
    "version_mismatch": Explanation(
        _("It was changed in the meantime"),
        _("Since you read it, it was changed elsewhere. Your change was not made, so that one is not lost."),
        _("The present state is under “current”. Look at it, and send your change again with its ETag in If-Match."),
        'curl -X PATCH … -H \'If-Match: "4"\' -d \'{"note": "…"}\'',
    ),
}
