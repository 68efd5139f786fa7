"""The payment gateway of the sandbox, spoken to over HTTP like any other.

A time-out, a broken connection or a 5xx answer leaves the outcome unknown, so each becomes
``GatewayUnavailable``; so does a refused secret, which somebody will put right. A charge the
gateway will not take as it stands has failed. Anything else is a fault of ours: to the log.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import httpx

from smarthub.integrations.event_signature import check_signature
from smarthub.kernel.money import Money
from smarthub.payments.ports import (
    ChargeAnswer,
    ChargeState,
    Dispute,
    EventRefused,
    GatewayEvent,
    GatewayUnavailable,
    KeyConflict,
    MethodFacts,
    Settlement,
    SettlementLine,
    SetupSession,
    SetupState,
    SetupUnknown,
)
from smarthub.payments.types import AttemptState, DisputeStage, Initiator, LineKind, MethodKind

OFF_SESSION = "off_session"
"""What a card is stored for: to be charged also when its holder is not there."""


class SandboxGateway:
    """Speaks to the simulator's process; keeps its connections open between calls."""

    name = "sandbox"

    def __init__(
        self, *, base_url: str, secret: str, timeout_seconds: float, events_secret: str = ""
    ) -> None:
        self._base_url = base_url
        self._events_secret = events_secret or secret
        self._client = httpx.Client(
            base_url=base_url,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=timeout_seconds,
            trust_env=False,  # a proxy of the machine has no business between us and the money
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def create_setup(
        self, *, member_ref: str, kind: MethodKind, return_to: str, language: str, key: str
    ) -> SetupSession:
        """Begin a visit to the card form."""
        answer = self._call(
            "POST",
            "/v1/setups",
            key=key,
            body={
                "member_ref": member_ref,
                "kind": kind,
                "return_to": return_to,
                "language": language,
                "usage": OFF_SESSION,
            },
        ).json()
        return SetupSession(reference=answer["reference"], url=f"{self._base_url}{answer['path']}")

    def get_setup(self, *, reference: str) -> SetupState:
        """Return how a visit to the card form ended."""
        response = self._call("GET", f"/v1/setups/{reference}", expected={httpx.codes.NOT_FOUND})
        if response.status_code == httpx.codes.NOT_FOUND:
            raise SetupUnknown
        return _setup_state(response.json())

    def charge(
        self,
        *,
        token: str,
        amount: Money,
        key: str,
        memo: str,
        initiator: Initiator = Initiator.CUSTOMER,
        network_reference: str = "",
    ) -> ChargeAnswer:
        """Charge a stored card, once for a key."""
        body = {
            "token": token,
            "amount_cents": amount.cents,
            "memo": memo,
            "initiator": initiator,
            "network_reference": network_reference,
        }
        response = self._call(
            "POST",
            "/v1/charges",
            key=key,
            body=body,
            expected={httpx.codes.BAD_REQUEST, httpx.codes.CONFLICT},
        )
        if response.status_code == httpx.codes.CONFLICT:
            raise KeyConflict(key=key)
        if response.status_code == httpx.codes.BAD_REQUEST:
            reason = str(response.json()["error"])
            return ChargeAnswer(AttemptState.FAILED, reference="", reason=reason)
        return _charge_answer(response.json())

    def lookup(self, *, key: str, token: str) -> ChargeAnswer | None:  # noqa: ARG002 (the port's)
        """Return what became of a charge, or None if it never arrived."""
        found = self._find(f"/v1/charges/by-key/{key}")
        return None if found is None else _charge_answer(found)

    def get_method(self, *, token: str) -> MethodFacts | None:
        """Return a method as it is now, or None if there is none."""
        found = self._find(f"/v1/methods/{token}")
        if found is None:
            return None
        expires_on = found["expires_on"]
        return MethodFacts(
            brand=found["brand"],
            last4=found["last4"],
            expires_on=dt.date.fromisoformat(expires_on) if expires_on else None,
        )

    def detach(self, *, token: str) -> None:
        """Let the simulator charge a method no more."""
        self._call("POST", f"/v1/methods/{token}/detach")

    def get_charge(self, *, reference: str) -> ChargeState | None:
        """Return a charge with what became of it, or None if there is none."""
        found = self._find(f"/v1/charges/{reference}")
        return None if found is None else _charge_state(found)

    def refund(self, *, charge_reference: str, amount: Money, key: str) -> ChargeAnswer:
        """Give back a charge or a part of it, once for a key."""
        body = {"charge": charge_reference, "amount_cents": amount.cents}
        response = self._call(
            "POST", "/v1/refunds", key=key, body=body, expected={httpx.codes.BAD_REQUEST}
        )
        if response.status_code == httpx.codes.BAD_REQUEST:
            reason = str(response.json()["error"])
            return ChargeAnswer(AttemptState.FAILED, reference="", reason=reason)
        return _charge_answer(response.json())

    def lookup_refund(self, *, charge_reference: str, key: str) -> ChargeAnswer | None:  # noqa: ARG002
        """Return what became of a refund, or None if it never arrived."""
        found = self._find(f"/v1/refunds/by-key/{key}")
        return None if found is None else _charge_answer(found)

    def read_event(
        self, *, body: bytes, headers: Mapping[str, str], now: dt.datetime
    ) -> GatewayEvent:
        """Return the event a request brought, once its signature is proved."""
        check_signature(
            body=body,
            header=headers.get("Sandbox-Signature", ""),
            secret=self._events_secret,
            now=now,
        )
        try:
            return _event(json.loads(body))
        except (ValueError, KeyError, TypeError):
            raise EventRefused(reason="not_an_event") from None

    def list_events(self, *, since: dt.datetime) -> Iterator[tuple[GatewayEvent, bytes]]:
        """Yield what happened since a moment."""
        path = f"/v1/events?since={int(since.timestamp())}"
        for each in self._call("GET", path).json()["events"]:
            yield _event(each), json.dumps(each).encode()

    def list_settlements(self, *, since: dt.date) -> list[Settlement]:
        """Return the pay-outs from a day on."""
        answer = self._call("GET", f"/v1/settlements?since={since.isoformat()}").json()
        return [_settlement(each) for each in answer["settlements"]]

    def _find(self, path: str) -> dict[str, Any] | None:
        response = self._call("GET", path, expected={httpx.codes.NOT_FOUND})
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        found: dict[str, Any] = response.json()
        return found

    def _call(
        self,
        method: str,
        path: str,
        *,
        key: str = "",
        body: dict[str, Any] | None = None,
        expected: Collection[int] = (),
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        try:
            response = self._client.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise GatewayUnavailable(gateway=self.name) from error
        if response.is_server_error or response.status_code == httpx.codes.UNAUTHORIZED:
            raise GatewayUnavailable(gateway=self.name)
        if response.status_code not in expected:
            response.raise_for_status()
        return response


def _setup_state(answer: dict[str, Any]) -> SetupState:
    expires_on = answer["expires_on"]
    return SetupState(
        reference=answer["reference"],
        token=answer["token"],
        kind=MethodKind(answer["kind"]),
        brand=answer["brand"],
        last4=answer["last4"],
        expires_on=dt.date.fromisoformat(expires_on) if expires_on else None,
        network_reference=answer["network_reference"],
    )


def _charge_answer(answer: dict[str, Any]) -> ChargeAnswer:
    return ChargeAnswer(
        state=AttemptState(answer["state"]),
        reference=answer["reference"],
        reason=answer["reason"],
    )


def _charge_state(answer: dict[str, Any]) -> ChargeState:
    return ChargeState(
        reference=answer["reference"],
        key=answer["key"],
        state=AttemptState(answer["state"]),
        reason=answer["reason"],
        amount=Money(answer["amount_cents"]),
        returned=answer["returned"],
        disputes=tuple(
            Dispute(
                reference=each["reference"],
                amount=Money(each["amount_cents"]),
                reason=each["reason"],
                stage=DisputeStage(each["stage"]),
            )
            for each in answer["disputes"]
        ),
    )


def _event(answer: dict[str, Any]) -> GatewayEvent:
    return GatewayEvent(
        str(answer["id"]), str(answer["kind"]), str(answer["charge"]), str(answer.get("method", ""))
    )


def _settlement(answer: dict[str, Any]) -> Settlement:
    return Settlement(
        reference=answer["reference"],
        paid_on=dt.date.fromisoformat(answer["paid_on"]),
        lines=tuple(
            SettlementLine(
                reference=line["reference"],
                kind=LineKind(line["kind"]),
                charge_reference=line["charge"],
                amount=Money(line["amount_cents"]),
                fee=Money(line["fee_cents"]),
            )
            for line in answer["lines"]
        ),
    )
