from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.authenticator import ORIGIN, Authenticator, raw, text

from server.auth.passkeys.ceremony import BrokenCeremony, Made, challenge_of, made_passkey, used_counter
from server.auth.passkeys.schemas import NewCredential, Site, UsedCredential

SITE = Site(origin=ORIGIN)
CHALLENGE = bytes(range(56))
OFFER = {"challenge": text(CHALLENGE), "user": {"id": text(bytes(32))}}
DEVICE = Authenticator()
MADE, USED = DEVICE.create(OFFER), DEVICE.use(OFFER)
# Where a bit is turned, which one, and how much is cut off behind it.
SPOILING = {"place": st.integers(0, 4000), "bit": st.integers(0, 7), "cut": st.integers(0, 200)}


def spoilt(credential: dict[str, Any], name: str, place: int, bit: int, cut: int) -> dict[str, Any]:
    value = bytearray(raw(credential["response"][name]))
    value[place % len(value)] ^= 1 << bit
    kept = bytes(value[: max(len(value) - cut, 1)])
    return {**credential, "response": {**credential["response"], name: text(kept)}}


def made(credential: dict[str, Any]) -> Made:
    return made_passkey(SITE, CHALLENGE, msgspec.convert(credential, NewCredential))


def used(credential: dict[str, Any]) -> int:
    return used_counter(SITE, CHALLENGE, msgspec.convert(credential, UsedCredential), made(MADE).public_key)


def test_what_nobody_spoilt_is_believed() -> None:
    assert made(MADE).credential == DEVICE.credential
    assert used(USED) == 1
    assert challenge_of(USED["response"]["clientDataJSON"]) == CHALLENGE


@given(name=st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), **SPOILING)
def test_whatever_is_spoilt_of_a_use_is_refused(name: str, place: int, bit: int, cut: int) -> None:
    with pytest.raises(BrokenCeremony):
        used(spoilt(USED, name, place, bit, cut))


@given(name=st.sampled_from(["clientDataJSON", "attestationObject"]), **SPOILING)
def test_whatever_is_spoilt_of_a_creation_is_refused_or_the_devices_own_affair(
    name: str, place: int, bit: int, cut: int
) -> None:
    # Nobody signs a creation: its key, its counter and the device's model are what the device says they are.
    try:
        found = made(spoilt(MADE, name, place, bit, cut))
    except BrokenCeremony:
        return
    assert found.credential == DEVICE.credential


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(BrokenCeremony):
        challenge_of(text(content))
    for name in ("clientDataJSON", "attestationObject"):
        with pytest.raises(BrokenCeremony):
            made({**MADE, "response": {**MADE["response"], name: text(content) or "A"}})


@pytest.mark.parametrize(
    "told", ["[]", "7", '{"challenge": 7}', '{"challenge": "AA", "crossOrigin": true}', "[" * 3000]
)
def test_client_data_that_names_no_challenge_of_this_page_is_refused(told: str) -> None:
    with pytest.raises(BrokenCeremony):
        challenge_of(text(told.encode()))
