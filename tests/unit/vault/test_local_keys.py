from pathlib import Path
from uuid import uuid4

import pytest
from support.vaults import local

from server.settings import SettingsError, read_settings
from server.vault.keyfile import change_key_file, make_key_file, new_key_list, with_next_version, without_version
from server.vault.keys import KeyLost, LocalKeys, read_keys, stamp
from server.vault.sealing import SealBroken

CLINIC, ANA, MARA = uuid4(), uuid4(), uuid4()
SECRET = b"the secret of a data key, 32 b.."


def of_file(path: Path) -> LocalKeys:
    return read_keys(read_settings({"GROUNDWORK_KEYS_FILE": str(path)}))


async def test_a_wrapped_key_is_unwrapped_for_its_owner_only() -> None:
    keys = local()
    wrapped = await keys.wrap(CLINIC, ANA, SECRET)
    assert SECRET not in wrapped
    assert wrapped.startswith(stamp(1))
    assert await keys.unwrap(CLINIC, ANA, wrapped) == SECRET
    for organisation, owner in ((CLINIC, MARA), (uuid4(), ANA), (ANA, CLINIC)):
        with pytest.raises(SealBroken):
            await keys.unwrap(organisation, owner, wrapped)


async def test_a_changed_or_shortened_wrapped_key_is_refused() -> None:
    keys = local()
    wrapped = await keys.wrap(CLINIC, ANA, SECRET)
    for place in range(4, len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            await keys.unwrap(CLINIC, ANA, bytes(changed))
    for length in range(len(wrapped)):
        with pytest.raises(SealBroken):
            await keys.unwrap(CLINIC, ANA, wrapped[:length])


async def test_other_keys_of_the_same_version_open_nothing() -> None:
    wrapped = await local().wrap(CLINIC, ANA, SECRET)
    with pytest.raises(SealBroken):
        await local().unwrap(CLINIC, ANA, wrapped)


async def test_the_newest_version_wraps_and_the_older_ones_still_open() -> None:
    listed = new_key_list()
    old, new = local(listed), local(with_next_version(listed))
    first, second = await old.wrap(CLINIC, ANA, SECRET), await new.wrap(CLINIC, ANA, SECRET)
    assert (old.newest, new.newest, second[:4]) == (1, 2, stamp(2))
    assert await new.unwrap(CLINIC, ANA, first) == await new.unwrap(CLINIC, ANA, second) == SECRET
    with pytest.raises(KeyLost, match="version 2"):
        await old.unwrap(CLINIC, ANA, second)


def test_what_is_derived_differs_by_organisation_and_purpose_and_survives_every_rotation() -> None:
    listed = new_key_list()
    keys, rotated = local(listed), local(without_version(with_next_version(listed), 1))
    names = [(CLINIC, "audit"), (CLINIC, "email"), (ANA, "audit"), (CLINIC, ""), (CLINIC, "audit\0")]
    assert len({keys.derive(*each) for each in names}) == len(names)
    assert [keys.derive(*each) for each in names] == [rotated.derive(*each) for each in names]
    assert len(keys.derive(CLINIC, "audit")) == 32
    assert keys.derive(CLINIC, "audit") != local().derive(CLINIC, "audit")


async def test_a_running_server_meets_a_rotation_without_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    running = of_file(file)
    first = await running.wrap(CLINIC, ANA, SECRET)
    derived = running.derive(CLINIC, "audit")
    change_key_file(file, "KEYS", with_next_version)
    # Another server has seen the new version already.
    second = await of_file(file).wrap(CLINIC, MARA, SECRET)
    assert second.startswith(stamp(2))
    assert await running.unwrap(CLINIC, MARA, second) == SECRET
    assert await running.unwrap(CLINIC, ANA, first) == SECRET
    assert running.newest == 2
    assert running.derive(CLINIC, "audit") == derived


async def test_a_running_server_never_wraps_with_a_version_that_was_retired(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    running = of_file(file)
    change_key_file(file, "KEYS", with_next_version)
    change_key_file(file, "KEYS", lambda listed: without_version(listed, 1))
    assert (await running.wrap(CLINIC, ANA, SECRET)).startswith(stamp(2))


async def test_nothing_is_wrapped_when_the_key_file_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    make_key_file(file)
    running = of_file(file)
    wrapped = await running.wrap(CLINIC, ANA, SECRET)
    file.unlink()
    with pytest.raises(SettingsError):
        await running.wrap(CLINIC, ANA, SECRET)
    assert await running.unwrap(CLINIC, ANA, wrapped) == SECRET
