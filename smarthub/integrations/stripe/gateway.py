"""The adapter: our words in, Stripe's words out, and back.

A token here is ``customer/payment method/type``: Stripe charges a method only together with its
customer, and finds a charge of ours only there. No answer, a 5xx, too many requests and a wrong
secret leave the outcome unknown; a refused card has failed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

import stripe

from smarthub.integrations.event_signature import check_signature
from smarthub.integrations.stripe import reading
from smarthub.kernel.money import Money
from smarthub.payments.ports import (
    ChargeAnswer,
    ChargeState,
    EventRefused,
    GatewayEvent,
    GatewayUnavailable,
    KeyConflict,
    MethodFacts,
    Settlement,
    SetupSession,
    SetupState,
    SetupUnknown,
)
from smarthub.payments.types import AttemptState, Initiator, MethodKind

TYPES = {MethodKind.CARD: "card", MethodKind.BANK: "us_bank_account"}
OUR_KEY = "smarthub_key"
NEWEST = 100
"""So many of a customer's payments are looked through for one of ours."""
UNANSWERED = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
)


class StripeGateway:
    """Speaks to Stripe; one client for the whole process.

    Args:
        secret: The secret key.
        events_secret: What the webhook endpoint signs with.
        form_address: Our page with Stripe's element; the setup's reference is put behind it.
        timeout_seconds: How long one call may take.
        api: Another server that speaks Stripe's language, for tests.
    """

    name = "stripe"

    def __init__(
        self,
        *,
        secret: str,
        events_secret: str,
        form_address: str,
        timeout_seconds: float,
        api: str = "https://api.stripe.com",
    ) -> None:
        self._events_secret = events_secret
        self._form_address = form_address
        self._client = stripe.StripeClient(
            secret,
            base_addresses={"api": api},
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
            max_network_retries=0,  # a call of ours is repeated by us, under the same key
        )

    def create_setup(
        self, *, member_ref: str, kind: MethodKind, return_to: str, language: str, key: str
    ) -> SetupSession:
        """Begin to store a method; the element on our own page ends it."""
        metadata = {"return_to": return_to, "language": language}
        try:
            customer = self._client.v1.customers.create(
                {"metadata": {"member_ref": member_ref}},
                {"idempotency_key": f"customer:{member_ref}:{key}"},
            )
            setup = self._client.v1.setup_intents.create(
                {
                    "customer": customer.id,
                    "payment_method_types": [TYPES[kind]],
                    "usage": "off_session",
                    "metadata": metadata,
                },
                {"idempotency_key": key},
            )
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        return SetupSession(reference=setup.id, url=f"{self._form_address}{setup.id}/")

    def get_setup(self, *, reference: str) -> SetupState:
        """Return how a visit to the element ended."""
        setup = self._get_setup(reference)
        customer, method_id = str(setup.customer), setup.payment_method
        if setup.status != "succeeded" or not method_id:
            return SetupState(reference, "", MethodKind.CARD, "", "", None)
        try:
            method = self._client.v1.payment_methods.retrieve(str(method_id))
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        return reading.setup_state(reference, customer, method)

    def get_method(self, *, token: str) -> MethodFacts | None:
        """Return a method as Stripe knows it now; networks keep its cards up to date."""
        customer, method_id, _kind = token.split("/")
        try:
            method = self._client.v1.payment_methods.retrieve(method_id)
        except stripe.InvalidRequestError:
            return None
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        state = reading.setup_state("", customer, method)
        return MethodFacts(brand=state.brand, last4=state.last4, expires_on=state.expires_on)

    def get_form(self, *, reference: str) -> tuple[str, str]:
        """Return what the element on our page needs: its secret, and where to return to.

        Raises:
            SetupUnknown: there was no such visit.
            GatewayUnavailable: no answer.
        """
        setup = self._get_setup(reference)
        return str(setup.client_secret), reading.noted(setup, "return_to")

    def detach(self, *, token: str) -> None:
        """Let Stripe forget a method."""
        try:
            self._client.v1.payment_methods.detach(token.split("/")[1])
        except stripe.InvalidRequestError:
            return  # it was forgotten before
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error

    def charge(
        self,
        *,
        token: str,
        amount: Money,
        key: str,
        memo: str,
        initiator: Initiator = Initiator.CUSTOMER,
        network_reference: str = "",  # noqa: ARG002 (Stripe keeps it with the method)
    ) -> ChargeAnswer:
        """Charge a stored method, once for a key.

        Stripe names the first transaction to the network itself: the method was stored by a
        SetupIntent for use ``off_session``, and ``off_session`` says that its holder is not here.

        A bank that wants to ask its holder (3-D Secure) did so when the card was stored; asked for
        again it is a decline, ``authentication_required``, and is cancelled at Stripe.
        """
        customer, method, kind = token.split("/")
        try:
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount.cents,
                    "currency": "usd",
                    "customer": customer,
                    "payment_method": method,
                    "payment_method_types": [kind],
                    "confirm": True,
                    "off_session": initiator is Initiator.MERCHANT,
                    "metadata": {OUR_KEY: key, "memo": memo},
                },
                {"idempotency_key": key},
            )
            if intent.status == reading.ASKS_HOLDER:
                self._client.v1.payment_intents.cancel(intent.id)
        except stripe.CardError as declined:
            return reading.declined(declined)
        except stripe.IdempotencyError as error:
            raise KeyConflict(key=key) from error
        except stripe.InvalidRequestError as refused:
            return ChargeAnswer(AttemptState.FAILED, "", str(refused.code or "request_refused"))
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        return reading.charge_answer(intent)

    def lookup(self, *, key: str, token: str) -> ChargeAnswer | None:
        """Return what became of a charge: it is among the newest of the method's customer."""
        try:
            found = self._client.v1.payment_intents.list(
                {"customer": token.split("/", maxsplit=1)[0], "limit": NEWEST}
            )
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        ours = [each for each in found.data if reading.noted(each, OUR_KEY) == key]
        return reading.charge_answer(ours[0]) if ours else None

    def get_charge(self, *, reference: str) -> ChargeState | None:
        """Return a charge with what became of it."""
        try:
            intent = self._client.v1.payment_intents.retrieve(
                reference, {"expand": ["latest_charge"]}
            )
            disputes: list[stripe.Dispute] = []
            if reading.is_disputed(intent):
                listed = self._client.v1.disputes.list({"payment_intent": reference})
                disputes = list(listed.data)
        except stripe.InvalidRequestError:
            return None
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        return reading.charge_state(intent, disputes, key_name=OUR_KEY)

    def refund(self, *, charge_reference: str, amount: Money, key: str) -> ChargeAnswer:
        """Give back a charge or a part of it, once for a key."""
        try:
            refund = self._client.v1.refunds.create(
                {
                    "payment_intent": charge_reference,
                    "amount": amount.cents,
                    "metadata": {OUR_KEY: key},
                },
                {"idempotency_key": key},
            )
        except stripe.InvalidRequestError as refused:
            return ChargeAnswer(AttemptState.FAILED, "", str(refused.code or "refund_refused"))
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        return reading.refund_answer(refund)

    def lookup_refund(self, *, charge_reference: str, key: str) -> ChargeAnswer | None:
        """Return what became of a refund: it is among those of its charge."""
        try:
            found = self._client.v1.refunds.list(
                {"payment_intent": charge_reference, "limit": NEWEST}
            )
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        ours = [each for each in found.data if reading.noted(each, OUR_KEY) == key]
        return reading.refund_answer(ours[0]) if ours else None

    def read_event(
        self, *, body: bytes, headers: Mapping[str, str], now: dt.datetime
    ) -> GatewayEvent:
        """Return the event a request brought, once its signature is proved."""
        check_signature(
            body=body,
            header=headers.get("Stripe-Signature", ""),
            secret=self._events_secret,
            now=now,
        )
        try:
            return reading.event(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise EventRefused(reason="not_an_event") from None

    def list_events(self, *, since: dt.datetime) -> Iterator[tuple[GatewayEvent, bytes]]:
        """Yield what happened since a moment; Stripe lists the newest first."""
        try:
            listed = self._client.v1.events.list({"created": {"gte": int(since.timestamp())}})
            found: list[Any] = [each.to_dict() for each in listed.auto_paging_iter()]
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        for each in reversed(found):
            yield reading.event(each), json.dumps(each, default=str).encode()

    def list_settlements(self, *, since: dt.date) -> list[Settlement]:
        """Return the pay-outs from a day on, each with its balance transactions."""
        moment = int(dt.datetime.combine(since, dt.time(), dt.UTC).timestamp())
        try:
            payouts = self._client.v1.payouts.list({"arrival_date": {"gte": moment}})
            found = [(each, self._lines(each.id)) for each in payouts.auto_paging_iter()]
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
        return [reading.settlement(payout, lines) for payout, lines in reversed(found)]

    def _lines(self, payout: str) -> list[stripe.BalanceTransaction]:
        listed = self._client.v1.balance_transactions.list(
            {"payout": payout, "expand": ["data.source"]}
        )
        return list(listed.auto_paging_iter())

    def _get_setup(self, reference: str) -> stripe.SetupIntent:
        try:
            return self._client.v1.setup_intents.retrieve(reference)
        except stripe.InvalidRequestError:
            raise SetupUnknown from None
        except UNANSWERED as error:
            raise GatewayUnavailable(gateway=self.name) from error
