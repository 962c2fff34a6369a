"""Seeded defects of a phone, and of whoever restores a backup, each of which the machine must find."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import ANY, patch
from uuid import uuid4

from support.phone import Phone
from support.phone_line import Offline
from support.phone_store import Copy, Item, Store
from support.sync_house import House

from server.privacy import erasure

Patched = Callable[[], AbstractContextManager[Any]]

deliver, sign_out, settle, rebuild, take = Phone.deliver, Phone.sign_out, Store.settle, Phone._rebuild, Copy.take  # noqa: SLF001 - what is changed here


async def gives_up(phone: Phone) -> None:
    """Drop the queue on an error, and what is in it from what this phone wrote."""
    try:
        await deliver(phone)
    except Offline:
        for key in list(phone.store.queue):
            del phone.store.queue[key], phone.store.written[key]
        raise


async def new_ids(phone: Phone) -> None:
    """Send a practice under a new id after an error."""
    try:
        await deliver(phone)
    except Offline:
        for key, item in list(phone.store.queue.items()):
            if item["op"] == "put":
                del phone.store.queue[key], phone.store.written[key]
                phone.write({**item, "id": str(uuid4())})
        raise


async def forgets(phone: Phone) -> None:
    """Drop the queue at sign-out."""
    phone.store.queue.clear()
    phone.store.written.clear()
    await sign_out(phone)


async def starts_over(phone: Phone) -> None:
    """Wipe everything when the server has begun anew."""
    tokens = phone.store.tokens
    phone.store.wipe()
    phone.store.tokens, phone.store.erased = tokens, False
    await rebuild(phone)


def settles_all(store: Store, _item: Item, result: dict[str, Any]) -> None:
    """Take any result for one of the whole queue."""
    for each in list(store.queue.values()):
        settle(store, each, result)


def keeps_on(store: Store) -> None:
    """Wipe the rows after an erasure, and keep queue and tokens."""
    store.copy = Copy()


def skips_tombstones(copy: Copy, page: dict[str, Any]) -> None:
    """Leave what was taken back as it was."""
    take(copy, {**page, "items": [row for row in page["items"] if not row["deleted"]]})


async def nothing(*_: Any) -> None:
    """Do nothing."""


MUTANTS: dict[str, Patched] = {
    "drops the queue on an error": lambda: patch.object(Phone, "deliver", gives_up),
    "makes a new id for each try": lambda: patch.object(Phone, "deliver", new_ids),
    "forgets the queue at sign-out": lambda: patch.object(Phone, "sign_out", forgets),
    "wipes when it must only pull anew": lambda: patch.object(Phone, "_rebuild", starts_over),
    "does not offer again": lambda: patch.object(Store, "offer_again", lambda _: False),
    "takes one result for all": lambda: patch.object(Store, "settle", settles_all),
    "does not compare digests": lambda: patch.object(Copy, "digest", lambda _: ANY),
    "goes on after an erasure": lambda: patch.object(Store, "wipe", keeps_on),
    "passes over tombstones": lambda: patch.object(Copy, "take", skips_tombstones),
    "an operator who restores keeps the epoch": lambda: patch.object(House, "new_epoch", nothing),
    "a start on a backup erases nobody": lambda: patch.object(erasure, "replay", nothing),
}
