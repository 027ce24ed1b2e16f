"""Django's settings, read from environment variables or fixed. README.md lists the variables."""

import sys
from pathlib import Path

from csp.constants import NONE, SELF

from timetracker import environment

BASE_DIR = Path(__file__).resolve().parent.parent

# The address at which the server listens, and its public address.
HOST = environment.read_host("HOST", "127.0.0.1")
PORT = environment.read_port("PORT", 8000)
DEBUG = environment.read_debug("DEBUG", host=HOST)
_base_url = environment.read_base_url("BASE_URL", host=HOST, is_debug=DEBUG)
BASE_URL = _base_url.geturl() if _base_url else f"http://{environment.format_host(HOST)}:{PORT}"
_host_name = (_base_url.hostname if _base_url else None) or "localhost"
_is_https = BASE_URL.startswith("https:")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
if _base_url and _base_url.hostname:
    ALLOWED_HOSTS.append(environment.format_host(_base_url.hostname))
CSRF_TRUSTED_ORIGINS = environment.trusted_origins(_base_url) if _base_url else []
# The proxies whose X-Forwarded-* headers are believed.
TRUSTED_PROXIES = environment.read_networks("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")

# Data.
DATA_DIR = environment.read_data_dir("DATA_DIR", BASE_DIR / "data")
SECRET_KEY = environment.read_secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = environment.read_fallback_keys("SECRET_KEY_FALLBACKS")
DATABASES = {"default": environment.read_database("DATABASE_URL", data_dir=DATA_DIR)}
CACHES = {
    # Holds only counts of requests for throttling, shared by the workers of this machine. It can be emptied any time.
    "default": {"BACKEND": "timetracker.api.cache.CountsCache", "LOCATION": DATA_DIR / "cache"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Choices of the operator.
REGISTRATION_IS_OPEN = environment.read_choice("REGISTRATION", ("open", "closed"), "open") == "open"
RATE_LIMITS_ARE_ON = environment.read_choice("RATE_LIMITS", ("on", "off"), "on") == "on"
# Websites whose scripts may call the API from a browser, with a token. The API takes no cookies.
CORS_ALLOWED_ORIGINS = environment.read_origins("API_ORIGINS")
# Whether operators need a second factor in the admin.
ADMIN_NEEDS_SECOND_FACTOR = environment.read_choice("ADMIN_SECOND_FACTOR", ("off", "required"), "off") == "required"
LOG_LEVEL = environment.read_choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOG_FORMAT = environment.read_choice("LOG_FORMAT", ("text", "json"), "text")
# Access to /metrics: nobody, this machine, or clients with the token.
METRICS = environment.read_choice("METRICS", ("off", "loopback", "token"), "off")
METRICS_TOKEN = environment.read_metrics_token("METRICS_TOKEN", is_needed=METRICS == "token")

# Mail. Without it, addresses are not verified, and passwords cannot be reset by mail.
_mail = environment.read_mail("EMAIL_URL")
MAIL_IS_CONFIGURED = _mail is not None
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
EMAIL_TIMEOUT = 10
vars().update(_mail or {})
EMAIL_SUBJECT_PREFIX = "Timetracker: "
DEFAULT_FROM_EMAIL = environment.read_text("EMAIL_FROM", f"Timetracker <timetracker@{_host_name}>")

CSRF_FAILURE_VIEW = "timetracker.error_views.csrf_failure"
ROOT_URLCONF = "timetracker.urls"
WSGI_APPLICATION = "timetracker.wsgi.application"
INSTALLED_APPS = [
    "timetracker",
    "users_app",
    "sessions_app",
    "users_app.apps.OperatorAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "corsheaders",
    "django_htmx",
]
MIDDLEWARE = [
    "timetracker.middleware.requests.request_id",
    "timetracker.middleware.proxies.believe_scheme",
    "timetracker.health.answer_probes",
    *(["timetracker.metrics.view.count_requests"] if METRICS != "off" else []),
    *(["corsheaders.middleware.CorsMiddleware"] if CORS_ALLOWED_ORIGINS else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "timetracker.middleware.compression.CompressionMiddleware",
    "timetracker.middleware.pages.CSPMiddleware",
    "timetracker.middleware.pages.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "timetracker.middleware.pages.AuthenticationMiddleware",
    "timetracker.middleware.pages.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "users_app.middleware.FormUserMiddleware",
    "users_app.middleware.renew_cookie_daily",
    "allauth.account.middleware.AccountMiddleware",
    "timetracker.middleware.requests.PageErrorsMiddleware",
    "users_app.middleware.SignInMiddleware",
    "users_app.middleware.RejectedFormMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sessions_app.pages.frame.page_frame",
                "timetracker.storage.disk.operator_notice",
            ],
            "builtins": ["users_app.templatetags.form_user"],  # its {% csrf_token %} replaces Django's
        },
    },
]

# Users.
AUTH_USER_MODEL = "users_app.User"
PASSWORD_HASHERS = ["users_app.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "signin"
LOGIN_REDIRECT_URL = "today"
# Accounts are django-allauth's. Guests and recovery codes are implemented here, and so are the limits of attempts,
# which are counted in the database (users_app.services.attempts) instead of a cache.
ACCOUNT_ADAPTER = "users_app.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = EMAIL_SUBJECT_PREFIX
ACCOUNT_EMAIL_NOTIFICATIONS = MAIL_IS_CONFIGURED
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")  # no codes by mail
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False
ACCOUNT_FORMS = {
    "login": "users_app.forms.account.SignInForm",
    "change_password": "users_app.forms.account.ChangePasswordForm",
    "set_password": "users_app.forms.account.SetPasswordForm",
    "reauthenticate": "users_app.forms.account.ReauthenticateForm",
    "reset_password": "users_app.forms.account.ResetPasswordForm",
    "reset_password_from_key": "users_app.forms.account.ResetPasswordKeyForm",
}
MFA_ADAPTER = "users_app.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Timetracker"
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "users_app.forms.second_factor.AuthenticateForm",
    "authenticate_webauthn": "users_app.forms.second_factor.PasskeyAfterPasswordForm",
    "reauthenticate": "users_app.forms.second_factor.ReauthenticateForm",
    "reauthenticate_webauthn": "users_app.forms.second_factor.ReauthenticateByPasskeyForm",
    "activate_totp": "users_app.forms.second_factor.ActivateTOTPForm",
    "add_webauthn": "users_app.forms.second_factor.AddPasskeyForm",
    "edit_webauthn": "users_app.forms.second_factor.EditPasskeyForm",
    "login_webauthn": "users_app.forms.second_factor.PasskeySignInForm",
}
SESSION_ENGINE = "users_app.browser_sessions"
SESSION_COOKIE_AGE = 400 * 24 * 60 * 60  # the longest that browsers keep a cookie
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _is_https
SESSION_COOKIE_HTTPONLY = True
# Browsers accept `__Host-` cookies only over HTTPS and from this host, so no other subdomain can set them.
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("__Host-sessionid", "__Host-csrftoken") if _is_https else ("sessionid", "csrftoken")
)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Text and time. Every instant is stored in UTC; pages show it in the user's zone.
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "timetracker.formats"

# Static files. During development they keep their names and are served from their source folder.
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "timetracker.http.static_bundles.BundlingStorage"
    },
}

# Uploads: up to 2.5 MB are held in memory, more in a temporary file.
FILE_UPLOAD_MAX_SIZE = 200_000_000
IMPORT_MAX_SIZE = 50_000_000  # of all files of one import together, in bytes
FILE_UPLOAD_HANDLERS = [
    "timetracker.http.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Security headers and redirects. The proxy provides HTTPS. With an https BASE_URL, all requests over HTTP are
# redirected, except those of the probes and the API, which never redirects.
SECURE_SSL_REDIRECT = _is_https
SECURE_REDIRECT_EXEMPT = [r"^v1(/|$)"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
# HSTS for subdomains and preloading: the domain is the operator's, who knows whether all subdomains have HTTPS.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# The API. Bodies of requests, for pages too, are limited to 1 MB, without the uploaded files of forms.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
# REST framework imports Django's PostgreSQL fields, which are not used here. The import would load the driver, on
# SQLite too: 8 MB, and a sixth of the time to the first response. None makes the import fail, which is handled.
sys.modules["django.contrib.postgres.fields"] = None  # type: ignore[assignment]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users_app.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["users_app.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["timetracker.api.renderers.ShapeRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "timetracker.api.negotiation.ContentNegotiation",
    "DEFAULT_PARSER_CLASSES": ["timetracker.api.parsers.LimitedJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": [
        "users_app.api.throttling.TokenThrottle",
        "timetracker.api.throttling.AddressThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "token": "300/min",
        "address": "20/min",
        "new_users": "10/hour",
        "new_guests": "60/hour",
    },
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "timetracker.api.schema.annotations.ActionSchema",
    "EXCEPTION_HANDLER": "timetracker.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
# What browsers allow scripts of CORS_ALLOWED_ORIGINS: headers to send and to read, but never credentials.
CORS_URLS_REGEX = r"^/v1(/|$)"
CORS_ALLOW_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
]
CORS_ALLOW_CREDENTIALS = False
# The OpenAPI description; the rest of it is in timetracker/api/schema/.
SPECTACULAR_SETTINGS = {
    "TITLE": "Timetracker",
    "DESCRIPTION": "Track time, from scripts and other programs. `docs/api.md` tells of it in words.",
    "VERSION": "1",
    "LICENSE": {"name": "MIT", "identifier": "MIT"},
    "SERVERS": [{"url": "/", "description": "This server."}],
    "TAGS": [
        {"name": "Users", "description": "Who somebody is, and how they want times written."},
        {"name": "Timer", "description": "What is running now."},
        {"name": "Sessions", "description": "What was tracked: single ones, periods, many at once."},
        {"name": "Reports", "description": "Time and money of a period, as JSON, CSV, a workbook or a PDF."},
        {"name": "Shares", "description": "Links by which others see a report or a timesheet."},
        {"name": "Clients", "description": "Who pays."},
        {"name": "Projects", "description": "What is worked on."},
        {"name": "Tags", "description": "What sessions have in common across projects."},
        {"name": "Changes", "description": "What changed since, for copies kept in step."},
        {"name": "Changesets", "description": "What was written at once, and undo."},
        {"name": "Tokens", "description": "What lets scripts in."},
        {"name": "Description", "description": "This description."},
    ],
    "OAS_VERSION": "3.1.0",
    "CAMELIZE_NAMES": True,
    "SORT_OPERATION_PARAMETERS": False,
    "DEFAULT_GENERATOR_CLASS": "timetracker.api.schema.operations.DescriptionGenerator",
    "POSTPROCESSING_HOOKS": ["timetracker.api.schema.document.complete"],
}

LOG_FORMATTER = "json" if LOG_FORMAT == "json" else "plain"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "timetracker.logs.PrivateFormatter",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        },
        "json": {"()": "timetracker.logs.JsonFormatter"},
    },
    "filters": {"request_id": {"()": "timetracker.logs.RequestIdFilter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMATTER, "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    # Django's default handlers would log everything twice, or send it by mail.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},  # responses of 4xx are in the access log
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # error_views logs a line for it
    },
}
