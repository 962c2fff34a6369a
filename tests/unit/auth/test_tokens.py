from base64 import urlsafe_b64encode
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.accounts.tokens import SECRET_BYTES, Kind, Token, hash_secret, new_secret, read_token, same_secret
from server.auth.tokens import csrf_token, first_refresh, is_genuine, next_access, next_refresh

KINDS: st.SearchStrategy[Kind] = st.sampled_from(["gwa", "gwr", "gws", "gwc", "gwk"])
SECRETS = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)
TOKENS = st.builds(Token, organisation=st.uuids(), sign_in=st.uuids(), secret=SECRETS)
ONE = Token(organisation=UUID(int=1), sign_in=UUID(int=2), secret=bytes(range(32)))


@given(TOKENS, KINDS)
def test_a_token_reads_back_as_it_was_written(token: Token, kind: Kind) -> None:
    assert read_token(token.text(kind), kind) == token


@given(TOKENS)
def test_a_token_of_one_kind_is_none_of_the_other(token: Token) -> None:
    assert read_token(token.text("gwa"), "gwr") is None
    assert read_token(token.text("gwr"), "gwa") is None
    assert read_token(token.text("gws"), "gwa") is None
    assert read_token(token.text("gwa"), "gws") is None


@given(st.text(max_size=120), KINDS)
def test_any_text_is_read_without_an_error(text: str, kind: Kind) -> None:
    assert read_token(text, kind) is None
    assert read_token(f"{kind}_{text}", kind) is None or len(text) == 88


@given(TOKENS, st.integers(0, 87), st.characters())
def test_a_token_is_written_in_one_way_only(token: Token, place: int, other: str) -> None:
    text = token.text("gwa")
    changed = text[: 4 + place] + other + text[5 + place :]
    assert changed == text or read_token(changed, "gwa") != token


@pytest.mark.parametrize(
    "text",
    [
        "",
        "gwa_",
        "gwa",
        ONE.text("gwa")[:-1],
        ONE.text("gwa")[:-2],
        ONE.text("gwa") + "=",
        ONE.text("gwa") + "\n",
        ONE.text("gwa").replace("gwa_", "GWA_"),
        ONE.text("gwa").replace("gwa_", "gwa_!"),
        ONE.text("gwa")[:-3] + "9==",
        "gwa_" + urlsafe_b64encode(bytes(63)).decode(),
        "gwa_" + urlsafe_b64encode(bytes(65)).decode(),
        "gwa_é" + ONE.text("gwa")[5:],
        "gwa_" + "\ud800" * 88,
    ],
)
def test_what_is_not_a_whole_token_is_none(text: str) -> None:
    assert read_token(text, "gwa") is None


def test_secrets_have_256_bits_and_never_repeat() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(each) for each in secrets} == {32}


@given(SECRETS, SECRETS)
def test_only_the_very_secret_fits_its_hash(one: bytes, other: bytes) -> None:
    assert same_secret(one, hash_secret(one))
    assert same_secret(other, hash_secret(one)) == (one == other)
    assert not same_secret(one, None)
    assert one not in hash_secret(one)


@given(SECRETS, SECRETS)
def test_a_successor_is_one_and_differs_by_key_token_and_kind(key: bytes, refresh: bytes) -> None:
    following = next_refresh(key, refresh)
    assert following == next_refresh(key, refresh)
    assert len(following) == len(next_access(key, refresh)) == SECRET_BYTES
    others = {next_access(key, refresh), next_refresh(hash_secret(key), refresh), refresh, key}
    assert following not in others | {next_refresh(key, following)}


@given(SECRETS, st.integers(0, 5))
def test_every_refresh_secret_of_a_family_is_known_again(key: bytes, generations: int) -> None:
    refresh = first_refresh(key)
    for _ in range(generations):
        refresh = next_refresh(key, refresh)
    assert is_genuine(key, refresh)
    assert not is_genuine(hash_secret(key), refresh)


@given(SECRETS, SECRETS, st.integers(0, SECRET_BYTES - 1), st.integers(1, 255))
def test_no_other_secret_passes_for_one_of_the_family(key: bytes, other: bytes, place: int, change: int) -> None:
    refresh = first_refresh(key)
    changed = bytes(each ^ change if at == place else each for at, each in enumerate(refresh))
    assert not is_genuine(key, changed)
    assert not is_genuine(key, other)
    assert not is_genuine(key, next_access(key, refresh))
    assert not is_genuine(key, b"")


def test_a_csrf_token_belongs_to_one_sign_in() -> None:
    one, other = new_secret(), new_secret()
    assert csrf_token(one) == csrf_token(one) != csrf_token(other)
    assert len(csrf_token(one)) == 44
