"""Django's settings: how the parts are put together. Values come from the environment."""

from __future__ import annotations

import pghistory
from csp.constants import NONCE, NONE, SELF

from smarthub.config.environment import ROOT, database_settings, read_environment
from smarthub.config.private_postgres.location import private_database_url
from smarthub.kernel.fault_points import arm

ENVIRONMENT = read_environment()

DEBUG = False
DEMO = ENVIRONMENT.demo
TEST = ENVIRONMENT.test
DEPLOYED = ENVIRONMENT.deployed
STATE_DIR = ENVIRONMENT.state_dir
BUILD_DIR = ENVIRONMENT.build_dir
FONTS_DIR = BUILD_DIR / "fonts"
SECRET_KEY = ENVIRONMENT.secret("SMARTHUB_SECRET_KEY")
SECRET_KEY_FALLBACKS = ENVIRONMENT.words("SMARTHUB_OLD_SECRET_KEYS", "")
ALLOWED_HOSTS = ENVIRONMENT.words("SMARTHUB_ALLOWED_HOSTS", "127.0.0.1,localhost")
BASE_URL = ENVIRONMENT.base_url
BANK_KEYS = ENVIRONMENT.text("SMARTHUB_BANK_KEYS").split()
GATEWAY = ENVIRONMENT.text("SMARTHUB_GATEWAY", "sandbox")
GATEWAY_PUBLIC_KEY = ENVIRONMENT.text("SMARTHUB_GATEWAY_PUBLIC_KEY")
GATEWAY_URL = ENVIRONMENT.gateway_url
GATEWAY_SECRET = ENVIRONMENT.secret("SMARTHUB_GATEWAY_SECRET")
GATEWAY_EVENTS_SECRET = ENVIRONMENT.text("SMARTHUB_GATEWAY_EVENTS_SECRET")
PHONE_SECRET = ENVIRONMENT.text("SMARTHUB_PHONE_SECRET")
GATEWAY_TIMEOUT_SECONDS = float(ENVIRONMENT.text("SMARTHUB_GATEWAY_TIMEOUT_SECONDS", "10"))
CLOCK_SHIFT_SECONDS = int(ENVIRONMENT.text("SMARTHUB_CLOCK_SHIFT_SECONDS", "0"))

if ENVIRONMENT.stop_at:
    arm(*ENVIRONMENT.stop_at)

DATABASES = {
    "default": database_settings(
        ENVIRONMENT.database_url or private_database_url(STATE_DIR, owner=ENVIRONMENT.as_owner),
        pooled=ENVIRONMENT.text("SMARTHUB_DATABASE_POOL") == "1",
    )
}
# Sign-in limits and used one-time codes must hold for all web processes together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "config_cache",
    }
}
APPLICATION_ROLE = ENVIRONMENT.application_role
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "members.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "smarthub.portal",
    "smarthub.backoffice",
    "smarthub.ui",
    "smarthub.jobs",
    "smarthub.notifications",
    "smarthub.arrears",
    "smarthub.deposits",
    "smarthub.auto_pay",
    "smarthub.payments",
    "smarthub.billing",
    "smarthub.round_up",
    "smarthub.ledger",
    "smarthub.rating",
    "smarthub.usage",
    "smarthub.metering",
    "smarthub.accounts",
    "smarthub.members",
    "smarthub.cooperative",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
]
# What a page says once may name people: it waits in the session, not in a cookie on the device.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Who changed a row is kept in its history row, so that no shared row is ever changed for it.
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Before the policy: a page's policy says nothing to a font, and would be sent with each file.
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "smarthub.portal.sign_in.alike.AnsweredAlike",
    "smarthub.ui.middleware.CompressedUnlessEchoing",
    "smarthub.portal.sign_in.session_cookie.SteadySessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "smarthub.portal.sign_in.entry_log.EntryLog",
    "smarthub.portal.sign_in.session_limits.SessionLimits",
    "django_htmx.middleware.HtmxMiddleware",
    "smarthub.portal.middleware.CooperativeOfRequest",
    "smarthub.portal.middleware.ChangesSigned",
    "smarthub.portal.middleware.NothingLeftBehind",
    "smarthub.portal.middleware.SpokenLanguage",
    "smarthub.portal.language.LanguageSwitchedInForm",
    "smarthub.portal.sign_in.second_step_for_all.SecondStepForAll",
    "smarthub.ui.sent_too_late.SentTooLate",
    "smarthub.ui.middleware.KeptByNobody",
    "smarthub.ui.middleware.ExpectedErrors",
]
ROOT_URLCONF = "smarthub.config.urls"
WSGI_APPLICATION = "smarthub.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "smarthub.portal.context.around_the_page",
            ]
        },
    }
]

PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": 5.0,
    "stalled_worker_timeout": 60.0,
    "delete_jobs": "successful",
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [ROOT / "smarthub" / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # Tests draw pages without building the static files first.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = TEST

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    # A slow hash protects members; in tests it would only be slow.
    "django.contrib.auth.hashers.MD5PasswordHasher"
    if TEST
    else "django.contrib.auth.hashers.PBKDF2PasswordHasher"
]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "smarthub.portal.sign_in.passwords.PasswordRules"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Sign-ins are limited by address. A demonstration is one machine, whose tests sign in often.
ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip"} if DEMO else {}
# The address is the visitor's only if the proxies that stand in front are counted.
ALLAUTH_TRUSTED_PROXY_COUNT = int(
    ENVIRONMENT.text("SMARTHUB_TRUSTED_PROXIES", "1" if DEPLOYED else "0")
)
ACCOUNT_ADAPTER = "smarthub.portal.sign_in.adapter.SignInAdapter"
# The library's own sign-up stays closed: whoever registers proves an account (portal.registration).
ACCOUNT_FORMS = {
    "login": "smarthub.portal.sign_in.forms.SignInForm",
    "request_login_code": "smarthub.portal.sign_in.forms.RequestCodeForm",
    "confirm_login_code": "smarthub.portal.sign_in.forms.SignInCodeForm",
    "reset_password": "smarthub.portal.sign_in.forms.ResetForm",
    "confirm_password_reset_code": "smarthub.portal.sign_in.forms.ResetCodeForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "edit_webauthn": "smarthub.portal.sign_in.forms.RenamePasskeyForm",
    "authenticate": "smarthub.portal.sign_in.recovery_codes.SecondStepForm",
    "reauthenticate": "smarthub.portal.sign_in.recovery_codes.SecondStepAgainForm",
}
NETWORK_PLACES_FILE = ENVIRONMENT.text("SMARTHUB_NETWORK_PLACES_FILE")
# Answers about who is a member take this long at the least; see portal.sign_in.alike.
ANSWER_FLOOR_SECONDS = float(
    ENVIRONMENT.text("SMARTHUB_ANSWER_FLOOR_SECONDS", "0" if TEST else "0.4")
)
MFA_ADAPTER = "smarthub.portal.sign_in.adapter.SecondStepAdapter"

EMAIL_BACKEND = (
    "django.core.mail.backends.locmem.EmailBackend"
    if DEMO or TEST
    else "django.core.mail.backends.smtp.EmailBackend"
)
EMAIL_HOST = ENVIRONMENT.text("SMARTHUB_SMTP_HOST", "localhost")
EMAIL_PORT = int(ENVIRONMENT.text("SMARTHUB_SMTP_PORT", "25"))
EMAIL_HOST_USER = ENVIRONMENT.text("SMARTHUB_SMTP_USER")
EMAIL_HOST_PASSWORD = ENVIRONMENT.text("SMARTHUB_SMTP_PASSWORD")
EMAIL_USE_TLS = ENVIRONMENT.text("SMARTHUB_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENVIRONMENT.text("SMARTHUB_MAIL_FROM", "no-reply@localhost")

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = DEPLOYED
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if DEPLOYED else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = DEPLOYED
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = DEPLOYED
SESSION_COOKIE_AGE = 86_400 * int(ENVIRONMENT.text("SMARTHUB_SESSION_DAYS", "14"))
SESSION_IDLE_SECONDS = 60 * int(ENVIRONMENT.text("SMARTHUB_SESSION_IDLE_MINUTES", "60"))
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, GATEWAY_URL],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

LOG_RELAY = ENVIRONMENT.text("SMARTHUB_LOG_RELAY")
"""Where the process log goes besides, as ``host:port``: a syslog relay, best on this machine."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "smarthub.ui.log_lines.JsonLines"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            **({"formatter": "json"} if DEPLOYED else {}),
        },
        **(
            {
                "relay": {
                    "class": "logging.handlers.SysLogHandler",
                    "address": [LOG_RELAY.rpartition(":")[0], int(LOG_RELAY.rpartition(":")[2])],
                    "formatter": "json",
                }
            }
            if LOG_RELAY
            else {}
        ),
    },
    "root": {"handlers": ["console", "relay"] if LOG_RELAY else ["console"], "level": "INFO"},
    # These say at each start, once for every task, that they know the task.
    "loggers": {
        "procrastinate.blueprints": {"level": "WARNING"},
        "procrastinate.periodic": {"level": "WARNING"},
        "procrastinate.jobs": {"level": "WARNING"},
        # A line for each question to a gateway says nothing that its answer does not.
        "httpx": {"level": "WARNING"},
    },
}
