"""Devices that an account was signed in to from: guesses that others make do not delay them (decision 0014)."""

import hmac
from uuid import UUID

from server.accounts.tokens import Token, read_token
from server.kit.ids import new_id
from server.vault.keys import Keys


def new_known_device(keys: Keys, organisation: UUID, account: bytes) -> str:
    """Return what a device is known by at one account. It opens nothing, so nothing is kept of it."""
    device = new_id()
    mac = _mac(keys, organisation, account, device)
    return Token(organisation=organisation, sign_in=device, secret=mac).text("gwk")


def known_as(keys: Keys, organisation: UUID, account: bytes, text: str) -> bytes | None:
    """Return the id of a device that is known at this account; None for any other."""
    token = read_token(text, "gwk")
    if token is None or token.organisation != organisation:
        return None
    mac = _mac(keys, organisation, account, token.sign_in)
    return token.sign_in.bytes if hmac.compare_digest(mac, token.secret) else None


def _mac(keys: Keys, organisation: UUID, account: bytes, device: UUID) -> bytes:
    return hmac.digest(keys.derive(organisation, "known-devices"), device.bytes + account, "sha256")
