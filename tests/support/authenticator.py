"""A passkey's device in software (Web Authentication Level 3, 6): ES256 keys that it keeps for one site each."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://localhost:8000"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(f"{text}==")


class Authenticator:
    """Holds one passkey. What a test sets afterwards (`origin`, `counter`, ...) is what it says from then on."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.rp_id = "localhost"
        self.verifies = True
        self.crosses = False
        self.counter = 0
        self.key: EllipticCurvePrivateKey = generate_private_key(SECP256R1())
        self.credential = secrets.token_bytes(32)
        self.handle = b""

    def create(self, options: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Make the passkey; return what `navigator.credentials.create()` gives."""
        self.handle = raw(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + len(self.credential).to_bytes(2) + self.credential + cbor2.dumps(cose)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        response = {
            "clientDataJSON": text(self._client("webauthn.create", options["challenge"])),
            "attestationObject": text(cbor2.dumps(attestation)),
        }
        return self._credential(response | changed)

    def use(self, options: dict[str, Any], **changed: Any) -> dict[str, Any]:
        """Use the passkey; return what `navigator.credentials.get()` gives."""
        self.counter += 1
        data, client = self._data(), self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signature),
            "userHandle": text(self.handle),
        }
        return self._credential(response | changed)

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = text(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.crosses}
        return json.dumps(told).encode()

    def _data(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)
