"""What a phone keeps on its own disk: the queue, everything it ever wrote, and its copy of the server's rows."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field
from support.feed import digest_of

Item = dict[str, Any]
# A put and a void of the same practice are two facts.
Key = tuple[str, str]
# `docs/sync.md`: a result that ends an item's time in the queue. The last two are set aside.
TAKEN = frozenset({"stored", "duplicate", "voided"})
SET_ASIDE = frozenset({"conflict", "invalid"})


def key_of(item: Item) -> Key:
    return item["id"], item["op"]


class Copy(Struct):
    """The rows of the feed, by id, and how far they reach; changed page by page, each with its cursor."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    cursor: str | None = None

    def take(self, page: dict[str, Any]) -> None:
        for row in page["items"]:
            self.rows[row["id"]] = row
        self.cursor = page["cursor"]

    def instants(self) -> set[datetime]:
        """Return the instants that a zone is known from: the server keeps one row for each, whoever reported it."""
        zones = (row["body"] for row in self.rows.values() if row["kind"] == "zone" and not row["deleted"])
        return {datetime.fromisoformat(body["at"]) for body in zones}

    def digest(self) -> str:
        return digest_of(self.rows.values())


class Store(Struct):
    """A phone's disk. Only `wipe` deletes anything, and only when the scope was erased."""

    queue: dict[Key, Item] = field(default_factory=dict)
    written: dict[Key, Item] = field(default_factory=dict)
    set_aside: dict[Key, Item] = field(default_factory=dict)
    acknowledged: dict[Key, str] = field(default_factory=dict)
    copy: Copy = field(default_factory=Copy)
    tokens: dict[str, Any] | None = None
    owner: str | None = None
    parked: dict[str, list[dict[Key, Item]]] = field(default_factory=dict)
    erased: bool = False

    def write(self, item: Item) -> None:
        self.queue[key_of(item)] = self.written[key_of(item)] = item

    def settle(self, item: Item, result: dict[str, Any]) -> None:
        """Take an item out of the queue by its own terminal result."""
        key, status = key_of(item), result["status"]
        if status in TAKEN:
            self.queue.pop(key, None)
            self.acknowledged[key] = status
        elif status in SET_ASIDE:
            self.queue.pop(key, None)
            self.set_aside[key] = self.written.pop(key, item)

    def offer_again(self) -> bool:
        """Queue whatever this phone wrote that the server lacks; whether there was any."""
        lacking = {key: item for key, item in self.written.items() if key not in self.queue and self._lacks(item)}
        self.queue.update(lacking)
        return bool(lacking)

    def _lacks(self, item: Item) -> bool:
        """Whether there is no row of a fact; of one that was taken back only the void is offered."""
        row = self.copy.rows.get(item["id"])
        if item["op"] == "void":
            return row is None or not row["deleted"]
        if item["type"] == "zone":
            return datetime.fromisoformat(item["body"]["at"]) not in self.copy.instants()
        return row is None and (item["id"], "void") not in self.written

    def belong_to(self, owner: str) -> None:
        """Keep what another client wrote apart, never to be delivered for this one."""
        if self.owner not in (None, owner):
            self.parked[str(self.owner)] = [self.queue, self.written, self.set_aside]
            self.queue, self.written, self.set_aside = self.parked.pop(owner, [{}, {}, {}])
            self.copy = Copy()
        self.owner = owner

    def wipe(self) -> None:
        self.queue, self.written, self.set_aside, self.acknowledged = {}, {}, {}, {}
        self.copy, self.tokens, self.erased = Copy(), None, True
