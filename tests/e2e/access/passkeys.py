"""A passkey as a phone makes one, put together by the standard: it signs nobody in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from smarthub.members.models import User

NAME = "Tveit"
"""What the phone is called; a name among those the pseudo-language knows."""


def keep_passkey(user: User) -> None:
    """Let a login have a passkey."""
    WebAuthn.add(user, NAME, _credential(b"passkey-of-%d" % user.pk))


def _credential(credential_id: bytes) -> dict[str, Any]:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    public = ES256.from_cryptography_key(key)  # type: ignore[no-untyped-call]
    made = AuthenticatorData.create(
        rp_id_hash=bytes(32),
        flags=AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT,
        counter=0,
        credential_data=AttestedCredentialData.create(Aaguid.NONE, credential_id, public),
    )
    client = CollectedClientData.create(
        type=CollectedClientData.TYPE.CREATE, challenge=bytes(32), origin="https://localhost"
    )
    return {
        "id": websafe_encode(credential_id),
        "rawId": websafe_encode(credential_id),
        "type": "public-key",
        "clientExtensionResults": {"credProps": {"rk": True}},
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", made, {})),
        },
    }
