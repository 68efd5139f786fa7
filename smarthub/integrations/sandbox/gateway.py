"""The payment gateway of the sandbox, spoken to over HTTP like any other.

A time-out, a broken connection or a 5xx answer leaves the outcome unknown, so each becomes
``GatewayUnavailable``; so does a refused secret, which somebody will put right. A charge the
gateway will not take as it stands has failed. Anything else is a fault of ours: to the log.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import httpx

from smarthub.kernel.money import Money
from smarthub.payments.ports import (
    ChargeAnswer,
    GatewayUnavailable,
    KeyConflict,
    SetupSession,
    SetupState,
    SetupUnknown,
)
from smarthub.payments.types import AttemptState, MethodKind


class SandboxGateway:
    """Speaks to the simulator's process; keeps its connections open between calls."""

    name = "sandbox"

    def __init__(self, *, base_url: str, secret: str, timeout_seconds: float) -> None:
        self._base_url = base_url
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
            },
        ).json()
        return SetupSession(reference=answer["reference"], url=f"{self._base_url}{answer['path']}")

    def get_setup(self, *, reference: str) -> SetupState:
        """Return how a visit to the card form ended."""
        response = self._call("GET", f"/v1/setups/{reference}", expected={httpx.codes.NOT_FOUND})
        if response.status_code == httpx.codes.NOT_FOUND:
            raise SetupUnknown
        return _setup_state(response.json())

    def charge(self, *, token: str, amount: Money, key: str, memo: str) -> ChargeAnswer:
        """Charge a stored card, once for a key."""
        body = {"token": token, "amount_cents": amount.cents, "memo": memo}
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

    def lookup(self, *, key: str) -> ChargeAnswer | None:
        """Return what became of a charge, or None if it never arrived."""
        response = self._call("GET", f"/v1/charges/by-key/{key}", expected={httpx.codes.NOT_FOUND})
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        return _charge_answer(response.json())

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
    )


def _charge_answer(answer: dict[str, Any]) -> ChargeAnswer:
    return ChargeAnswer(
        state=AttemptState(answer["state"]),
        reference=answer["reference"],
        reason=answer["reason"],
    )
