"""The routes everybody may see, signed in or not, and why: the only ones Rosa is not sent to.

A page of a member's own never stands here. Before a route is added, ask what it shows to
somebody who types another's number into it.
"""

from __future__ import annotations

SIGN_IN = "part of signing in; it names nobody, and its answers are the same for everybody"
REGISTER = (
    "part of registering; what was begun is kept in this browser's session, and says nothing of an "
    "account before it is proved"
)
LINK = "opened by a secret that was sent to one address; without it nothing is there"
DEMO = "answers on a demonstration only"
ANYBODY = "says what the co-op says to everybody"
APP = "part of the installed app: the same for everybody, and nothing of anybody"
MACHINE = "asked by machines that watch the server; says only that it works"

PUBLIC: dict[str, str] = {
    "contact/": ANYBODY,
    "other-ways-to-pay/": ANYBODY,
    "pay/auto/guide/": ANYBODY,
    "check/": "says of a code whether we sent it, and to a stranger nothing about whom",
    "check/report/": "takes a report of a suspicious call; shows nothing",
    "pay/guest/": "asks for a number and a holder's name; both wrong and one wrong look the same",
    "pay/link/<str:link>/": LINK + "; what is due on one account",
    "pay/link/<str:link>/<int:cents>/": LINK + "; a card given by it, for one payment",
    "pay/form/<str:reference>/": "the gateway's form of a visit begun here; of another's 404",
    "language/": "chooses a language, of this browser and of whoever is signed in",
    "_components/": DEMO,
    "_components/confirm/": DEMO,
    "_outbox/": DEMO,
    "install/": APP,
    "manifest/<str:language>/": APP,
    "brand.css": APP,
    "logo.svg": APP,
    "icons/<str:name>": APP,
    "offline/": APP,
    "offline/<str:language>/": APP,
    "service-worker.js": APP,
    "phone-payments/look-up/": "hears the phone company by a signature; tells nobody else",
    "phone-payments/result/": "hears the phone company by a signature; tells nobody else",
    "gateway/events/": "hears the gateway's machines, by a signature; tells nobody anything",
    "healthz": MACHINE,
    "readyz": MACHINE,
    "accounts/login/": SIGN_IN,
    "accounts/logout/": SIGN_IN,
    "accounts/inactive/": SIGN_IN,
    "accounts/signup/": SIGN_IN,
    "accounts/confirm-email/": SIGN_IN,
    "accounts/confirm-email/<str:key>/": SIGN_IN,
    "accounts/^confirm-email/(?P<key>[-:\\w]+)/$": LINK,
    "accounts/password/reset/": SIGN_IN,
    "accounts/password/reset/confirm/": SIGN_IN,
    "accounts/password/reset/complete/": SIGN_IN,
    "accounts/password/reset/done/": SIGN_IN,
    "accounts/login/code/": SIGN_IN,
    "accounts/2fa/webauthn/login/": SIGN_IN,
    "register/": REGISTER,
    "register/where/": ANYBODY,
    "register/code/": REGISTER,
    "register/code/send/": REGISTER,
    "register/email/": REGISTER,
    "register/sign-in/": REGISTER,
    "register/your-sign-in/": REGISTER,
    "accounts/login/code/confirm/": SIGN_IN,
    "accounts/2fa/authenticate/": SIGN_IN,
}
