"""The forms of the sandbox, in English and Spanish: one page each, no script, no other file.

It says in every state that it is a sandbox. A number is never written back into the page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from smarthub.integrations.sandbox.gateway_banks import TEST_ACCOUNTS
from smarthub.integrations.sandbox.gateway_cards import TEST_CARDS, Behaviour
from smarthub.kernel.text import Text

STYLE = """
:root{color-scheme:light dark;--paper:#f7f4ee;--card:#fffdf9;--ink:#1b2a2c;--quiet:#55666a;
--line:#7d8a8d;--brand:#1b2a2c;--on:#fff;--sun:#8a4207;--sunbg:#fdf0d9;--alarm:#a3261d}
@media(prefers-color-scheme:dark){:root{--paper:#14191a;--card:#1d2425;--ink:#eef1ec;
--quiet:#a3b1b0;--line:#7d8a8d;--brand:#eef1ec;--on:#14191a;--sun:#f5b95f;--sunbg:#3a2d17;
--alarm:#ff9a8f}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);
font:1.0625rem/1.5 system-ui,sans-serif}
.sandbox{background:var(--sunbg);color:var(--sun);padding:.75rem 1.125rem;font-weight:600}
main{max-width:30rem;margin:0 auto;padding:1.125rem}
h1{font-size:1.5rem;margin:.5rem 0}h2{font-size:1.25rem;margin:0}
form,section{background:var(--card);padding:1.125rem;
border-radius:1.125rem;margin:.875rem 0}label{display:block;font-weight:600;margin-top:.875rem}
.hint{color:var(--quiet);font-size:.9375rem}.wrong{color:var(--alarm);font-weight:600}
label~.wrong{display:block}
input{font:inherit;color:inherit;background:var(--paper);width:100%;min-height:3rem;
padding:.5rem .75rem;border:1px solid var(--line);border-radius:.625rem}
label.agree{font-weight:400;display:flex;gap:.75rem;align-items:flex-start}
label.agree input{width:1.5rem;min-height:1.5rem;flex:none;accent-color:var(--brand)}
input[aria-invalid]{border:2px solid var(--alarm)}
button{font:inherit;font-weight:600;width:100%;min-height:3rem;margin-top:1.25rem;border:0;
border-radius:.625rem;background:var(--brand);color:var(--on)}
a{color:inherit;display:inline-block;padding:.625rem 0}
:focus-visible{outline:3px solid var(--sun);outline-offset:2px}
li a{display:inline;padding:0}code{font-size:1rem;white-space:nowrap}li{margin:.375rem 0}
"""

WORDS: Mapping[str, Text] = {
    "title": Text("Add a card", "Agregar una tarjeta"),
    "bank_title": Text("Add a bank account", "Agregar una cuenta bancaria"),
    "ask_title": Text("Your bank asks you", "Su banco le pregunta"),
    "sandbox": Text(
        "SANDBOX: this is a practice payment page. No money moves. Never type a real card here.",
        "ENTORNO DE PRUEBA: esta es una página de pago de práctica. No se mueve dinero. "
        "Nunca escriba aquí una tarjeta verdadera.",
    ),
    "keeps": Text(
        "The card number stays here. Your co-op gets only the brand, the last four digits and "
        "the expiry date.",
        "El número de la tarjeta se queda aquí. Su cooperativa recibe solo la marca, los "
        "últimos cuatro dígitos y la fecha de vencimiento.",
    ),
    "bank_keeps": Text(
        "The account number stays here. Your co-op gets only the bank's name and the last four "
        "digits.",
        "El número de cuenta se queda aquí. Su cooperativa recibe solo el nombre del banco y los "
        "últimos cuatro dígitos.",
    ),
    "routing": Text("Routing number", "Número de ruta"),
    "routing_hint": Text(
        "Nine digits, at the bottom left of a check",
        "Nueve dígitos, abajo a la izquierda de un cheque",
    ),
    "account": Text("Account number", "Número de cuenta"),
    "agree": Text(
        "I allow my co-op to take from this account what I order it to, by this site or by Auto "
        "Pay, until I take the permission back.",
        "Autorizo a mi cooperativa a tomar de esta cuenta lo que yo ordene, en este sitio o por "
        "pago automático, hasta que retire la autorización.",
    ),
    "bank_save": Text("Save the bank account", "Guardar la cuenta bancaria"),
    "bank_tests": Text("Test accounts", "Cuentas de prueba"),
    "bank_any": Text(
        "All with routing number 110000000.", "Todas con el número de ruta 110000000."
    ),
    "bank_back": Text("Go back without a bank account", "Volver sin cuenta bancaria"),
    "ask": Text(
        "Did you just give this card to your co-op?",
        "¿Acaba usted de dar esta tarjeta a su cooperativa?",
    ),
    "yes": Text("Yes, that was I", "Sí, fui yo"),
    "no": Text("No", "No"),
    "number": Text("Card number", "Número de la tarjeta"),
    "expiry": Text("Expiry date", "Fecha de vencimiento"),
    "expiry_hint": Text("Month and year, for example 08/30", "Mes y año, por ejemplo 08/30"),
    "cvc": Text("Security code", "Código de seguridad"),
    "cvc_hint": Text("Three digits on the back", "Tres dígitos al reverso"),
    "zip": Text("ZIP code", "Código postal"),
    "save": Text("Save the card", "Guardar la tarjeta"),
    "back": Text("Go back without a card", "Volver sin tarjeta"),
    "tests": Text("Test cards", "Tarjetas de prueba"),
    "any": Text(
        "With any future date, any security code and any ZIP code.",
        "Con cualquier fecha futura, cualquier código de seguridad y cualquier código postal.",
    ),
    "summary": Text("Please correct this:", "Por favor, corrija esto:"),
    "number_wrong": Text(
        "This is not a card number. Check the digits.",
        "Este no es un número de tarjeta. Revise los dígitos.",
    ),
    "number_real": Text(
        "Only the test cards below work here. This number was not kept.",
        "Aquí solo funcionan las tarjetas de prueba de abajo. Este número no se guardó.",
    ),
    "expiry_wrong": Text(
        "Write the month and the year, for example 08/30.",
        "Escriba el mes y el año, por ejemplo 08/30.",
    ),
    "expiry_past": Text("This card has expired.", "Esta tarjeta ya venció."),
    "cvc_wrong": Text(
        "Write the three or four digits of the security code.",
        "Escriba los tres o cuatro dígitos del código de seguridad.",
    ),
    "zip_wrong": Text(
        "Write the five digits of the ZIP code.", "Escriba los cinco dígitos del código postal."
    ),
    "routing_wrong": Text(
        "This is not a routing number. Check the nine digits.",
        "Este no es un número de ruta. Revise los nueve dígitos.",
    ),
    "routing_real": Text(
        "Only the test routing number below works here. This number was not kept.",
        "Aquí solo funciona el número de ruta de prueba de abajo. Este número no se guardó.",
    ),
    "account_wrong": Text(
        "This is not an account number. Check the digits.",
        "Este no es un número de cuenta. Revise los dígitos.",
    ),
    "account_real": Text(
        "Only the test accounts below work here. This number was not kept.",
        "Aquí solo funcionan las cuentas de prueba de abajo. Este número no se guardó.",
    ),
    "agree_wrong": Text(
        "Without your permission the account cannot be used.",
        "Sin su autorización no se puede usar la cuenta.",
    ),
    "gone_title": Text("This page is no longer here", "Esta página ya no está aquí"),
    "gone": Text(
        "Go back to your co-op's site and start again.",
        "Vuelva al sitio de su cooperativa y empiece de nuevo.",
    ),
}

CARD_FIELDS = (
    ("number", "cc-number", ""),
    ("expiry", "cc-exp", "expiry_hint"),
    ("cvc", "cc-csc", "cvc_hint"),
    ("zip", "postal-code", ""),
)
BANK_FIELDS = (("routing", "off", "routing_hint"), ("account", "off", ""))
Play = Mapping[str, tuple[Behaviour, Text]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page with the content policy it is to be sent with."""

    html: str
    content_policy: str


def card_form(*, return_url: str, language: str, wrong: Mapping[str, str]) -> Page:
    """Return the card form, with the fields ``wrong`` names told at its top and beside each.

    The form may lead to the co-op's own origin and nowhere else.
    """
    say = Speaker(language)
    fields = "".join(form_field(*each, wrong, say) for each in CARD_FIELDS)
    body = f"""<h1>{say("title")}</h1><p class="hint">{say("keeps")}</p>{summary(wrong, say)}
<form method="post" novalidate>{fields}<button>{say("save")}</button></form>
<p><a href="{escape(return_url)}">{say("back")}</a></p>
{list_play(say, "tests", TEST_CARDS, "any")}"""
    return make_page(body, "title", say, form_action=f"'self' {_origin(return_url)}")


def bank_form(*, return_url: str, language: str, wrong: Mapping[str, str]) -> Page:
    """Return the form for a bank account, with its mandate; the rest is as ``card_form``."""
    say = Speaker(language)
    fields = "".join(form_field(*each, wrong, say) for each in BANK_FIELDS)
    marks = ' aria-invalid="true" aria-describedby="agree-wrong"' if "agree" in wrong else ""
    told = f'<span class="wrong" id="agree-wrong">{say("agree_wrong")}</span>' if marks else ""
    body = f"""<h1>{say("bank_title")}</h1><p class="hint">{say("bank_keeps")}</p>
{summary(wrong, say)}<form method="post" novalidate>{fields}
<label class="agree"><input id="agree" name="agree" type="checkbox" value="1"{marks}> {say("agree")}
</label>{told}<button>{say("bank_save")}</button></form>
<p><a href="{escape(return_url)}">{say("bank_back")}</a></p>
{list_play(say, "bank_tests", TEST_ACCOUNTS, "bank_any")}"""
    return make_page(body, "bank_title", say, form_action=f"'self' {_origin(return_url)}")


def holder_question(*, return_url: str, language: str) -> Page:
    """Return the question a card's bank asks its holder (3-D Secure)."""
    say = Speaker(language)
    body = f"""<h1>{say("ask_title")}</h1><p>{say("ask")}</p><form method="post">
<button name="holder" value="yes">{say("yes")}</button>
<button name="holder" value="no">{say("no")}</button></form>"""
    return make_page(body, "ask_title", say, form_action=f"'self' {_origin(return_url)}")


def gone(*, language: str) -> Page:
    """Return what is shown for an address that leads nowhere."""
    say = Speaker(language)
    body = f"<h1>{say('gone_title')}</h1><p>{say('gone')}</p>"
    return make_page(body, "gone_title", say, form_action="'none'")


class Speaker:
    """Says a phrase in one language, ready to stand in HTML.

    ``more`` are phrases of a page that is no card form.
    """

    def __init__(self, language: str, more: Mapping[str, Text] | None = None) -> None:
        self.language = language
        self._words = {**WORDS, **(more or {})}

    def __call__(self, name: str) -> str:
        return escape(self._words[name].in_language(self.language))


def form_field(name: str, complete: str, hint: str, wrong: Mapping[str, str], say: Speaker) -> str:
    """Return an input with its name, its hint and what is wrong in it."""
    notes = [f"{name}-hint"] if hint else []
    said = f'<span class="hint" id="{name}-hint">{say(hint)}</span>' if hint else ""
    marks = ""
    if name in wrong:
        said += f'<span class="wrong" id="{name}-wrong">{say(wrong[name])}</span>'
        notes.append(f"{name}-wrong")
        marks = ' aria-invalid="true"'
    if notes:
        marks += f' aria-describedby="{" ".join(notes)}"'
    return (
        f'<label for="{name}">{say(name)}</label>{said}'
        f'<input id="{name}" name="{name}" inputmode="numeric" autocomplete="{complete}"'
        f" required{marks}>"
    )


def summary(wrong: Mapping[str, str], say: Speaker) -> str:
    """Return what is wrong in a form, at its top; empty where nothing is."""
    if not wrong:
        return ""
    links = "".join(
        f'<li><a href="#{name}">{say(name)}: {say(code)}</a></li>' for name, code in wrong.items()
    )
    return (
        f'<section role="alert" tabindex="-1" autofocus><p class="wrong">{say("summary")}</p>'
        f"<ul>{links}</ul></section>"
    )


def list_play(say: Speaker, title: str, play: Play, condition: str) -> str:
    """Return the numbers that may be typed here, and what each does."""
    parts = "".join(
        f"<li><code>{number}</code> {escape(text.in_language(say.language))}</li>"
        for number, (_, text) in play.items()
    )
    return f"<section><h2>{say(title)}</h2><ul>{parts}</ul><p>{say(condition)}</p></section>"


def _origin(url: str) -> str:
    target = urlsplit(url)
    return f"{target.scheme}://{target.netloc}"


def make_page(body: str, title: str, say: Speaker, *, form_action: str) -> Page:
    """Return a whole page, which says that it is a sandbox, and the policy it goes with."""
    style_hash = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    html = f"""<!doctype html><html lang="{say.language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say(title)} (SANDBOX)</title><style>{STYLE}</style></head>
<body><header class="sandbox">{say("sandbox")}</header><main>{body}</main></body></html>"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return Page(html, policy)
