import os
import stat
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.settings import SettingsError, read_settings
from server.vault.keyfile import (
    KeyList,
    change_key_file,
    make_key_file,
    new_key_list,
    parse,
    read_key_file,
    with_next_version,
    without_version,
    written,
)
from server.vault.keys import read_keys

# Always the same, since they are in the names of tests.
GOOD, OTHER, THIRD = (urlsafe_b64encode(sha256(bytes([n])).digest()).decode() for n in range(3))


def b64(secret: bytes) -> str:
    return urlsafe_b64encode(secret).decode()


def refusal(text: str) -> str:
    with pytest.raises(SettingsError) as refused:
        parse(text, "GROUNDWORK_KEYS")
    (sentence,) = refused.value.sentences
    assert sentence.startswith("GROUNDWORK_KEYS must ")
    assert not any(len(word) > 3 and word in sentence for word in text.replace(",", ":").split(":") if word != "index")
    return sentence


@given(st.integers(0, 5))
def test_a_list_is_read_as_it_was_written(rotations: int) -> None:
    listed = new_key_list()
    for _ in range(rotations):
        listed = with_next_version(listed)
    assert parse(written(listed), "KEYS") == listed
    assert parse(written(listed).replace("\n", ","), "KEYS") == listed
    assert sorted(listed.versions) == list(range(1, rotations + 2))


def test_padding_may_be_left_out() -> None:
    listed = parse(f"index:{GOOD.rstrip('=')}\n 7:{OTHER} \n\n", "KEYS")
    assert sorted(listed.versions) == [7]
    assert b64(listed.index) == GOOD


@pytest.mark.parametrize(
    "entry, why",
    [
        (f"1;{GOOD}", "must be entries"),
        (f"0:{GOOD}", "must be entries"),
        (f"one:{GOOD}", "must be entries"),
        (f"-1:{GOOD}", "must be entries"),
        (f"9999999999:{GOOD}", "must be entries"),
        ("1:", "must be entries"),
        ("1:€€€€", "must be entries"),
        ("1:abcde", "must be entries"),
        (f"1:{b64(sha256().digest()[:31])}", "32 bytes or more"),
        (f"1:{b64(bytes(32))}", "random"),
        (f"1:{b64(b'?' * 64)}", "random"),
        (f"1:{b64(bytes([255]) * 32)}", "random"),
        (f"1:{b64(bytes(range(32)))}", "random"),
        (f"1:{b64(bytes(range(255, 191, -1)))}", "random"),
        (f"1:{b64(bytes([250, 3, 128, 9]) * 8)}", "random"),
        (f"1:{b64(b'change me, change me, change me.')}", "random"),
        (f"1:{b64(b'0123456789abcdef' * 4)}", "random"),
    ],
    ids=lambda each: each if " " in each else None,
)
def test_an_entry_that_is_not_a_random_key_is_refused(entry: str, why: str) -> None:
    assert why in refusal(f"index:{OTHER},{entry}")
    assert parse(f"index:{OTHER},1:{GOOD}", "KEYS").versions.keys() == {1}


def test_no_key_made_here_is_ever_refused() -> None:
    for _ in range(500):
        listed = new_key_list()
        assert parse(written(listed), "KEYS") == listed


@pytest.mark.parametrize(
    "text, why",
    [
        (f"index:{OTHER}", "at least one version"),
        (f"1:{GOOD}", "an entry index"),
        ("\n", "an entry index"),
        (f"1:{GOOD},1:{OTHER},index:{THIRD}", "only once"),
        (f"1:{GOOD},index:{OTHER},index:{THIRD}", "only once"),
        (f"1:{GOOD},2:{GOOD},index:{THIRD}", "another key for each"),
        (f"1:{GOOD},index:{GOOD}", "another key for each"),
    ],
    ids=range(7),
)
def test_a_list_that_lacks_or_repeats_something_is_refused(text: str, why: str) -> None:
    assert why in refusal(text)


def test_a_list_never_shows_its_keys() -> None:
    assert repr(with_next_version(new_key_list())) == "KeyList(versions=[1, 2], …)"


def test_a_key_file_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    before = os.umask(0)
    try:
        make_key_file(file)
        change_key_file(file, "KEYS", with_next_version)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kept = file.read_bytes()
    with pytest.raises(FileExistsError):
        make_key_file(file)
    assert file.read_bytes() == kept


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o644, 0o601])
def test_a_key_file_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    file.chmod(mode)
    with pytest.raises(SettingsError) as refused:
        read_key_file(file, "GROUNDWORK_KEYS_FILE")
    assert refused.value.sentences == ("GROUNDWORK_KEYS_FILE must be a file that only its owner may read: chmod 600.",)
    file.chmod(0o400)
    assert sorted(read_key_file(file, "KEYS").versions) == [1]


def test_a_key_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    binary.chmod(0o600)
    for path in (tmp_path, binary):
        with pytest.raises(SettingsError, match="must be a file of keys that can be read"):
            read_key_file(path, "KEYS")
    with pytest.raises(SettingsError, match="groundwork migrate"):
        read_key_file(tmp_path / "gone", "KEYS")


def test_a_change_that_fails_leaves_the_old_list_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    kept = file.read_bytes()

    def fail(_listed: KeyList) -> KeyList:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        change_key_file(file, "KEYS", fail)
    assert file.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [file]


def test_of_two_changes_at_once_one_is_refused_and_no_version_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)

    def meanwhile(listed: KeyList) -> KeyList:
        with pytest.raises(FileExistsError):
            change_key_file(file, "KEYS", with_next_version)
        return with_next_version(listed)

    changed = change_key_file(file, "KEYS", meanwhile)
    assert read_key_file(file, "KEYS") == changed
    assert sorted(changed.versions) == [1, 2]
    again = change_key_file(file, "KEYS", lambda listed: without_version(listed, 1))
    assert sorted(again.versions) == [2]
    assert again.index == changed.index


def test_keys_come_from_the_environment_a_file_or_the_data_folder(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    text = file.read_text()
    postgres = {"DATABASE_URL": "postgresql://h/db"}
    ways = (
        {"GROUNDWORK_KEYS": text, **postgres},
        {"GROUNDWORK_KEYS_FILE": str(file), **postgres},
        {"GROUNDWORK_DATA": str(tmp_path)},
    )
    derived = [read_keys(read_settings(each)).derive(uuid5(NAMESPACE_DNS, "clinic.example"), "audit") for each in ways]
    assert len(set(derived)) == 1


def test_postgresql_without_keys_is_refused_in_a_sentence(tmp_path: Path) -> None:
    settings = read_settings({"DATABASE_URL": "postgresql://h/db", "GROUNDWORK_DATA": str(tmp_path)})
    make_key_file(tmp_path / "keys")
    with pytest.raises(SettingsError) as refused:
        read_keys(settings)
    (sentence,) = refused.value.sentences
    assert sentence.startswith("GROUNDWORK_KEYS or GROUNDWORK_KEYS_FILE must be set with PostgreSQL; ")


def test_standard_base64_is_told_apart() -> None:
    text = b64encode(bytes([251, 255, *os.urandom(30)])).decode()
    assert "must be entries" in refusal(f"1:{text},index:{GOOD}")
    assert parse(f"1:{text.replace('+', '-').replace('/', '_')},index:{GOOD}", "KEYS").versions.keys() == {1}


def test_no_setting_shows_a_key(tmp_path: Path) -> None:
    make_key_file(tmp_path / "keys")
    text = (tmp_path / "keys").read_text()
    settings = read_settings({"GROUNDWORK_KEYS": text})
    assert settings.keys == text
    assert not any(part in repr(settings) for part in text.replace("\n", ":").split(":") if len(part) > 20)
