"""Notices: mails that are stored with the event that they are about, and sent later, never twice."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPServerDisconnected
from uuid import UUID, uuid4

from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.template.loader import render_to_string

from users_app.models import Notice, User

MAX_AGE = timedelta(days=2)
"""A notice that could not be sent for this time is dropped."""
FORGET_AFTER = timedelta(days=90)
BATCH_SIZE = 100
ALWAYS_SENT = frozenset({Notice.Kind.EMAIL_CHANGED})
"""Notices that no setting disables: they are the last mail to an address, and an intruder could change the settings."""

_TEMPLATES = {
    Notice.Kind.FORGOTTEN: "notices/forgotten.txt",
    Notice.Kind.SIGNED_IN: "notices/signed_in.txt",
    Notice.Kind.PASSWORD_CHANGED: "notices/password_changed.txt",
    Notice.Kind.EMAIL_CHANGED: "notices/email_changed.txt",
    Notice.Kind.SECOND_FACTOR_CHANGED: "notices/second_factor_changed.txt",
}

logger = logging.getLogger(__name__)


def add_notice(
    user: User,
    kind: Notice.Kind,
    *,
    now: datetime,
    email: str | None = None,
    about: UUID | None = None,
    details: dict[str, str] | None = None,
) -> None:
    """Stores a notice unless there is one of its kind `about` the same, mail is not configured, or the user wants none.

    It will be sent to the user's present address, or to `email`.
    """
    email = email or user.email
    if settings.MAIL_IS_CONFIGURED and email and (user.wants_notices or kind in ALWAYS_SENT):
        defaults = {"created_at": now, "email": email, "details": details or {}}
        Notice.objects.get_or_create(user=user, kind=kind, about=about or uuid4(), defaults=defaults)


def tell_of_deletion(email: str) -> None:
    """Sends the last mail at once, since no row of the user is left to store it. It is not retried."""
    if settings.MAIL_IS_CONFIGURED:
        text = render_to_string("notices/deleted.txt", {"base_url": settings.BASE_URL})
        send_mail(*_subject_and_body(text), None, [email], fail_silently=True)


def send_notices(*, now: datetime) -> int:
    """Sends the stored notices and returns their number. Concurrent runs send different notices."""
    Notice.objects.filter(created_at__lte=now - FORGET_AFTER).delete()
    unsent = Notice.objects.filter(sent_at=None, created_at__gt=now - MAX_AGE).order_by("created_at", "pk")
    return sum(_send(notice, now) for notice in unsent.select_related("user")[:BATCH_SIZE])


def _send(notice: Notice, now: datetime) -> int:
    """Marks a notice as sent, then sends it: if interrupted in between, it is lost rather than sent twice."""
    user, email = notice.user, notice.email or notice.user.email
    if not Notice.objects.filter(pk=notice.pk, sent_at=None).update(sent_at=now):
        return 0
    if not (email and user.is_active and (user.wants_notices or notice.kind in ALWAYS_SENT)):
        return 0
    context = {"notice": notice, "user": user, "base_url": settings.BASE_URL, **notice.details}
    text = render_to_string(_TEMPLATES[Notice.Kind(notice.kind)], context)
    connection = get_connection()
    is_open = False
    try:
        connection.open()
        is_open = True
        send_mail(*_subject_and_body(text), None, [email], connection=connection)
    except (SMTPException, OSError) as error:
        logger.warning("A notice cannot be sent: %s", type(error).__name__)
        # A mail server that timed out or disconnected may have accepted the mail, which is then not sent again.
        if not (is_open and isinstance(error, SMTPServerDisconnected)):
            Notice.objects.filter(pk=notice.pk).update(sent_at=None)
        return 0
    finally:
        with suppress(SMTPException, OSError):
            connection.close()
    return 1


def _subject_and_body(text: str) -> tuple[str, str]:
    """Returns the first line as the subject, and the rest as the body."""
    subject, _newline, body = text.strip().partition("\n")
    return settings.EMAIL_SUBJECT_PREFIX + subject, body.strip() + "\n"
