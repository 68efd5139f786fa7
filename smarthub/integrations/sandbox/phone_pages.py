"""The keypad of a caller's phone, as a page: what the phone company's system would say aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from smarthub.integrations.sandbox.gateway_cards import TEST_CARDS
from smarthub.integrations.sandbox.gateway_pages import (
    CARD_FIELDS,
    Page,
    Speaker,
    form_field,
    list_play,
    make_page,
    summary,
)
from smarthub.kernel.money import Money
from smarthub.kernel.text import Text

WORDS: Mapping[str, Text] = {
    "phone_title": Text("The phone system", "El sistema telefónico"),
    "phone_plays": Text(
        "You are the caller. A real phone system says these words, and you type on the keypad.",
        "Usted es quien llama. Un sistema verdadero dice estas palabras, y usted marca en el "
        "teclado.",
    ),
    "code": Text("The code you were told", "El código que le dijeron"),
    "code_hint": Text("Eight digits", "Ocho dígitos"),
    "go_on": Text("Go on", "Continuar"),
    "phone_pay": Text("Pay", "Pagar"),
    "ending": Text("Account ending in", "Cuenta terminada en"),
    "amount": Text("Amount", "Monto"),
    "phone_code_unknown": Text(
        "We do not know this code. Ask for it again.",
        "No conocemos este código. Pídalo otra vez.",
    ),
    "phone_code_expired": Text(
        "This code is too old. Ask for a new one.", "Este código ya venció. Pida uno nuevo."
    ),
    "phone_code_used": Text("This is paid already.", "Esto ya está pagado."),
    "phone_codes_refused": Text(
        "Too many codes were wrong. Please call again in a quarter of an hour.",
        "Demasiados códigos no eran correctos. Por favor, llame otra vez en un cuarto de hora.",
    ),
    "phone_silent": Text(
        "Your co-op does not answer. Please call again.",
        "Su cooperativa no contesta. Por favor, llame otra vez.",
    ),
    "phone_refused": Text(
        "The card was refused. Try another one.", "La tarjeta fue rechazada. Pruebe otra."
    ),
    "phone_paid": Text("Thank you, it is paid", "Gracias, está pagado"),
    "phone_paid_why": Text(
        "Your co-op was told, and it is on your account.",
        "Se avisó a su cooperativa y ya está en su cuenta.",
    ),
    "phone_parked": Text(
        "The card was charged, and a person at your co-op will look where it belongs.",
        "Se cobró la tarjeta, y una persona de su cooperativa verá a qué cuenta corresponde.",
    ),
}


@dataclass(frozen=True, slots=True)
class Call:
    """What the caller was told after the code: how much, for which account."""

    code: str
    amount: Money
    account_ending: str
    language: str


def code_form(*, language: str, wrong: Mapping[str, str]) -> Page:
    """Return the question for the code."""
    say = Speaker(language, WORDS)
    body = f"""<h1>{say("phone_title")}</h1><p class="hint">{say("phone_plays")}</p>
{summary(wrong, say)}<form method="post" novalidate>
{form_field("code", "one-time-code", "code_hint", wrong, say)}
<button>{say("go_on")}</button></form>"""
    return make_page(body, "phone_title", say, form_action="'self'")


def phone_card_form(*, call: Call, wrong: Mapping[str, str]) -> Page:
    """Return the question for the card, with how much will be charged."""
    say = Speaker(call.language, WORDS)
    fields = "".join(form_field(*each, wrong, say) for each in CARD_FIELDS)
    body = f"""<h1>{say("phone_title")}</h1>
<p>{say("ending")} <strong>{escape(call.account_ending)}</strong><br>
{say("amount")}: <strong>${call.amount.dollars:,.2f}</strong></p>{summary(wrong, say)}
<form method="post" novalidate><input type="hidden" name="code" value="{escape(call.code)}">
{fields}<button>{say("phone_pay")}</button></form>
{list_play(say, "tests", TEST_CARDS, "any")}"""
    return make_page(body, "phone_title", say, form_action="'self'")


def phone_end(*, call: Call, is_booked: bool) -> Page:
    """Return the last words of a call that paid."""
    say = Speaker(call.language, WORDS)
    why = say("phone_paid_why" if is_booked else "phone_parked")
    body = f"<h1>{say('phone_paid')}</h1><p>{why}</p>"
    return make_page(body, "phone_title", say, form_action="'none'")
