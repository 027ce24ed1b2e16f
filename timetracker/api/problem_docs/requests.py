"""What may be wrong with a request as such, whatever it asks for."""

from django.utils.translation import gettext_noop as _

from timetracker.api.problem_docs.texts import Explanation

EXPLANATIONS = {
    "authentication_failed": Explanation(
        _("The token is not valid"),
        _("The request has a token, but there is none like it: it was mistyped, has expired, or was revoked."),
        _("Check that all of it was copied, or make a new one in Settings."),
        'curl "$HOST/v1/users/me" -H "Authorization: Bearer tt_…"',
    ),
    "database_busy": Explanation(
        _("The database is busy"),
        _("Others are writing, and your turn did not come in time. Nothing was changed."),
        _("Wait as many seconds as the header Retry-After says, and send the same request again."),
        "curl --retry 5 …",
    ),
    "forbidden": Explanation(
        _("This is not allowed"),
        _("A form was sent without the secret that its page had, as when cookies are off or a page is very old."),
        _("Load the page again and repeat what you did. Scripts use the API with a token instead."),
    ),
    "idempotency_key_reused": Explanation(
        _("The key was sent with something else"),
        _("An earlier request had the same Idempotency-Key, but another address or body. Nothing was changed."),
        _("Make a new key for each new thing, and keep it only for repeating the very same request."),
        'curl … -H "Idempotency-Key: $(uuidgen)"',
    ),
    "internal_error": Explanation(
        _("The fault is ours"),
        _("Something went wrong that should not. Nothing was changed."),
        _("Send it again later. If it stays, give the operator of the server the “requestId” of the answer."),
    ),
    "invalid": Explanation(
        _("Something in the request is not valid"),
        _("One or more values cannot be taken, for different reasons, or one is of another type. Nothing was changed."),
        _("Look at “errors”: each names the place, by a pointer into the body or a parameter, and the fix."),
        '"errors": [{"pointer": "#/end", "code": "invalid_instant", "detail": "…"}]',
    ),
    "invalid_idempotency_key": Explanation(
        _("The Idempotency-Key is not valid"),
        _("The header Idempotency-Key is empty, too long, or has spaces or letters beyond ASCII."),
        _("Send 1 to 255 visible characters, such as a UUID."),
        "Idempotency-Key: 7d5a9f0e-6a52-4b1c-9a7e-3f1d2c4b5a69",
    ),
    "malformed_json": Explanation(
        _("The body is not JSON"),
        _("The body cannot be read as JSON: often a quotation mark is missing, or a shell took it away."),
        _("Put names and texts in double quotes, and the whole body in single quotes when it is in a shell."),
        """-d '{"sessionName": "Logo"}'""",
    ),
    "method_not_allowed": Explanation(
        _("The method is not possible here"),
        _("There is something at this address, but not for this method."),
        _("The header Allow of the answer names the methods that are possible. curl takes GET, or with -d POST."),
        "curl -X POST …",
    ),
    "missing_scope": Explanation(
        _("The token may not do this"),
        _("The token is valid, but was made for less. Nothing was changed."),
        _("Make a token with the scope that “detail” names: read, track (start, stop, add, edit), write or account."),
    ),
    "not_acceptable": Explanation(
        _("Only JSON is available"),
        _("The header Accept asks for a format that this address does not have."),
        _("Leave out the header Accept. Reports give other formats by a parameter."),
        "…/reports/summary?from=2026-11-01&to=2026-12-01&format=csv",
    ),
    "not_an_object": Explanation(
        _("An object is needed"),
        _("A value must be a JSON object, and is something else."),
        _("Send names and values in braces."),
        '{"op": "create", "body": {"sessionName": "Logo"}}',
    ),
    "not_authenticated": Explanation(
        _("A token is needed"),
        _("The request has no token. Cookies do not count here."),
        _("Send the header Authorization with a token. POST /v1/users gives one; so do the Settings of your account."),
        'curl "$HOST/v1/users/me/timer" -H "Authorization: Bearer $TOKEN"',
    ),
    "not_found": Explanation(
        _("There is nothing here"),
        _("The address is mistyped, or what was there is deleted, in the Trash, or not yours: all look the same."),
        _("Compare the address with the documentation: no slash at its end, and “me” for your own id."),
        "$HOST/v1/users/me/sessions",
    ),
    "rate_limited": Explanation(
        _("Too many requests"),
        _("This token, or this address without one, asked more often than the server answers. Nothing was changed."),
        _(
            "Wait as many seconds as the header Retry-After says. To ask less: send If-None-Match, ask for /changes, "
            "or send many sessions in one batch."
        ),
        "curl --retry 5 …",
    ),
    "registration_closed": Explanation(
        _("New users are not taken"),
        _("The operator of this server has closed registration. Who is there already can go on."),
        _("Ask the operator, or use a token of an account that exists."),
    ),
    "server_busy": Explanation(
        _("Too many files are being asked for"),
        _(
            "Exports, files of reports and imports are made one after the other, and too many wait already, of yours "
            "or of others. Nothing was changed."
        ),
        _("Wait as many seconds as the header Retry-After says, and send the same request again; ask for one by one."),
        "curl --retry 5 …",
    ),
    "storage_unavailable": Explanation(
        _("Nothing can be stored"),
        _("The disk of the server is full or cannot be written, or its database is damaged. Nothing was changed."),
        _("Its operator has to mend it. Keep what you send, and send it again when the header Retry-After says."),
    ),
    "too_large": Explanation(
        _("The body is too large"),
        _("The body has more than 1 MB, and was not read."),
        _("Send less at once, such as several batches of 500 sessions."),
    ),
    "unknown_field": Explanation(
        _("A key is not known"),
        _("The body has a key that means nothing here, such as a typo. It is refused so that nothing gets lost."),
        _("Take a key from those that “detail” lists."),
        '"end", not "ende" or "endTime"',
    ),
    "unknown_parameter": Explanation(
        _("A query parameter is not known"),
        _("The address has a parameter that means nothing here. Ignoring it could give you another period."),
        _("Take a parameter from those that “detail” lists."),
        "…/sessions?duration=week",
    ),
    "unsupported_media_type": Explanation(
        _("The body must be JSON"),
        _("The header Content-Type says that the body is something else; curl -d does so by itself."),
        _("Send JSON and say so."),
        """curl … -H "Content-Type: application/json" -d '{"sessionName": "Logo"}'""",
    ),
}
