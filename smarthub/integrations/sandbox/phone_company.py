"""The sandbox's phone company: takes a caller's card on a page of its own, and tells the co-op.

It speaks to the co-op as a real one does: two signed requests, one for what a code is for, one for
what was charged. It charges what it was told, and repeats a result under its reference until it is
answered. Of a card it keeps nothing at all.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from smarthub.integrations.event_signature import sign
from smarthub.integrations.sandbox.gateway_cards import FormRefused, read_card
from smarthub.integrations.sandbox.gateway_pages import Page
from smarthub.integrations.sandbox.phone_pages import Call, code_form, phone_card_form, phone_end
from smarthub.kernel.money import Money

TRIES, TIMEOUT_SECONDS = 3, 10.0
SILENT = "phone_silent"
KNOWN_REFUSALS = frozenset(
    {"phone_code_unknown", "phone_code_expired", "phone_code_used", "phone_codes_refused"}
)


class LookUpRefused(Exception):
    """The co-op tells nothing of a code; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PhoneCompany:
    """Where the co-op answers, the secret shared with it, and the clock of the play."""

    address: str
    secret: str
    now: Callable[[], dt.datetime]

    def begin(self, *, language: str) -> Page:
        """Return what a caller hears first."""
        return code_form(language=language, wrong={})

    def hear(self, *, form: Mapping[str, str], language: str) -> tuple[Page, HTTPStatus]:
        """Return the answer to what a caller typed: the code, or the code and a card."""
        try:
            call, hand_off = self._look_up(form.get("code", ""))
        except LookUpRefused as refused:
            page = code_form(language=language, wrong={"code": refused.code})
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        if "number" not in form:
            return phone_card_form(call=call, wrong={}), HTTPStatus.OK
        try:
            card = read_card(form=form, today=self.now().date())
        except FormRefused as refused:
            return phone_card_form(call=call, wrong=refused.fields), HTTPStatus.UNPROCESSABLE_ENTITY
        return self._charge(call, hand_off, card.behaviour.reason)

    def _charge(self, call: Call, hand_off: str, reason: str) -> tuple[Page, HTTPStatus]:
        outcome = self._tell(
            hand_off=hand_off,
            reference=f"tel-{secrets.token_hex(8)}",
            outcome="failed" if reason else "paid",
            amount_cents=call.amount.cents,
            reason=reason,
        )
        if not outcome:
            page = code_form(language=call.language, wrong={"code": SILENT})
            return page, HTTPStatus.BAD_GATEWAY
        if reason:
            page = phone_card_form(call=call, wrong={"number": "phone_refused"})
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        return phone_end(call=call, is_booked=outcome == "booked"), HTTPStatus.OK

    def _look_up(self, code: str) -> tuple[Call, str]:
        status, told = self._ask("look-up", {"code": code})
        if status != HTTPStatus.OK:
            error = str(told.get("error", ""))
            raise LookUpRefused(error if error in KNOWN_REFUSALS else SILENT)
        call = Call(code, Money(told["amount_cents"]), told["account_ending"], told["language"])
        return call, told["hand_off"]

    def _tell(self, **result: Any) -> str:
        """Tell a result, again under the same reference while no answer comes; return its end.

        Empty where the co-op never answered: then the play charges nothing.
        """
        for _try in range(TRIES):
            status, told = self._ask("result", result)
            if status == HTTPStatus.OK:
                return str(told["outcome"])
        return ""

    def _ask(self, what: str, values: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        body = json.dumps(values).encode()
        at = int(self.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Phone-Signature": sign(body=body, secret=self.secret, at=at),
        }
        url = f"{self.address}/phone-payments/{what}/"
        try:
            answer = httpx.post(
                url, content=body, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False
            )
            return answer.status_code, answer.json()
        except (httpx.TransportError, ValueError):
            return 0, {}
