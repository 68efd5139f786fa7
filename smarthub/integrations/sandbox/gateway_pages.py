"""The card form of the sandbox, in English and Spanish: one page, no script, no other file.

It says in every state that it is a sandbox. A card number is never written back into the page.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from smarthub.integrations.sandbox.gateway_cards import TEST_CARDS
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
input[aria-invalid]{border:2px solid var(--alarm)}
button{font:inherit;font-weight:600;width:100%;min-height:3rem;margin-top:1.25rem;border:0;
border-radius:.625rem;background:var(--brand);color:var(--on)}
a{color:inherit;display:inline-block;padding:.625rem 0}
:focus-visible{outline:3px solid var(--sun);outline-offset:2px}
li a{display:inline;padding:0}code{font-size:1rem;white-space:nowrap}li{margin:.375rem 0}
"""

WORDS: Mapping[str, Text] = {
    "title": Text("Add a card", "Agregar una tarjeta"),
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
    "gone_title": Text("This page is no longer here", "Esta página ya no está aquí"),
    "gone": Text(
        "Go back to your co-op's site and start again.",
        "Vuelva al sitio de su cooperativa y empiece de nuevo.",
    ),
}

FIELDS = (
    ("number", "cc-number", ""),
    ("expiry", "cc-exp", "expiry_hint"),
    ("cvc", "cc-csc", "cvc_hint"),
    ("zip", "postal-code", ""),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page with the content policy it is to be sent with."""

    html: str
    content_policy: str


def card_form(*, return_url: str, language: str, wrong: Mapping[str, str]) -> Page:
    """Return the form, with the fields ``wrong`` names told at its top and beside each.

    The form may lead to the co-op's own origin and nowhere else.
    """
    say = _speaker(language)
    fields = "".join(_field(name, complete, hint, wrong, say) for name, complete, hint in FIELDS)
    body = f"""<h1>{say("title")}</h1><p class="hint">{say("keeps")}</p>{_summary(wrong, say)}
<form method="post" novalidate>{fields}<button>{say("save")}</button></form>
<p><a href="{escape(return_url)}">{say("back")}</a></p>{_test_cards(language, say)}"""
    target = urlsplit(return_url)
    return _page(body, "title", language, form_action=f"'self' {target.scheme}://{target.netloc}")


def gone(*, language: str) -> Page:
    """Return what is shown for an address that leads nowhere."""
    say = _speaker(language)
    body = f"<h1>{say('gone_title')}</h1><p>{say('gone')}</p>"
    return _page(body, "gone_title", language, form_action="'none'")


class _speaker:  # noqa: N801 (used as a function)
    """Says a phrase in one language, ready to stand in HTML."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, name: str) -> str:
        return escape(WORDS[name].in_language(self.language))


def _field(name: str, complete: str, hint: str, wrong: Mapping[str, str], say: _speaker) -> str:
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


def _summary(wrong: Mapping[str, str], say: _speaker) -> str:
    if not wrong:
        return ""
    links = "".join(
        f'<li><a href="#{name}">{say(name)}: {say(code)}</a></li>' for name, code in wrong.items()
    )
    return (
        f'<section role="alert" tabindex="-1" autofocus><p class="wrong">{say("summary")}</p>'
        f"<ul>{links}</ul></section>"
    )


def _test_cards(language: str, say: _speaker) -> str:
    cards = "".join(
        f"<li><code>{number}</code> {escape(text.in_language(language))}</li>"
        for number, (_, text) in TEST_CARDS.items()
    )
    return f"<section><h2>{say('tests')}</h2><ul>{cards}</ul><p>{say('any')}</p></section>"


def _page(body: str, title: str, language: str, *, form_action: str) -> Page:
    say = _speaker(language)
    style_hash = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    html = f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{say(title)} (SANDBOX)</title><style>{STYLE}</style></head>
<body><header class="sandbox">{say("sandbox")}</header><main>{body}</main></body></html>"""
    policy = (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; form-action {form_action}; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return Page(html, policy)
