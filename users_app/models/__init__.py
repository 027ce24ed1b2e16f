"""Users, their browsers, credentials (access tokens and calendar feeds), links and notices."""

from users_app.models.browsers import AttemptCount, BrowserSession, RecoveryCode
from users_app.models.credentials import AccessToken, AccessTokenManager, CalendarFeed, Credential, Scope
from users_app.models.links import SignInLink
from users_app.models.merged import MergedGuest
from users_app.models.notices import Notice
from users_app.models.secrets import hash_secret, is_well_formed, make_secret
from users_app.models.users import Clock, DateFormat, DurationFormat, Theme, User, UserManager, WeekStart

__all__ = [
    "AccessToken",
    "AccessTokenManager",
    "AttemptCount",
    "BrowserSession",
    "CalendarFeed",
    "Clock",
    "Credential",
    "DateFormat",
    "DurationFormat",
    "MergedGuest",
    "Notice",
    "RecoveryCode",
    "Scope",
    "SignInLink",
    "Theme",
    "User",
    "UserManager",
    "WeekStart",
    "hash_secret",
    "is_well_formed",
    "make_secret",
]
