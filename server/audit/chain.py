"""The chain that makes tampering show (`security.md`, Data): a MAC per entry over all before it. Pure."""

import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from server.audit.schemas import Entry, Fault, FaultKind, Head, Link, Seal, Verdict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A wrong key makes a fault of every entry; nobody reads more than this.
MOST_FAULTS = 100


def start(key: bytes, organisation: UUID) -> Seal:
    """Return the seal of a chain without entries: no two organisations begin alike."""
    return Seal(number=0, mac=_mac(key, b"start", organisation.bytes))


def extend(key: bytes, seal: Seal, entries: Iterable[Entry]) -> tuple[list[bytes], Seal]:
    """Return the MACs of these entries behind `seal`, and the seal behind them."""
    macs = []
    for number, entry in enumerate(entries, seal.number + 1):
        macs.append(entry_mac(key, seal.mac, number, entry))
        seal = _seal(key, number, macs[-1])
    return macs, seal


def entry_mac(key: bytes, previous: bytes, number: int, entry: Entry) -> bytes:
    """Return HMAC-SHA256 over the seal before an entry and all its fields; instants in UTC microseconds."""
    return _mac(
        key,
        b"entry",
        previous,
        _whole(number),
        _whole((entry.at - EPOCH) // timedelta(microseconds=1)),
        _id(entry.actor),
        entry.role.encode(),
        entry.action.encode(),
        _id(entry.client),
        _id(entry.object),
    )


def faults(
    key: bytes, organisation: UUID, links: Iterable[Link], seal: Seal | None, anchor: Head | None
) -> list[Fault]:
    """Return what is wrong with a chain, links in stored order; see `Walk`."""
    walk = Walk(key, organisation, anchor)
    for link in links:
        walk.take(link)
    return list(walk.end(seal).faults)


class Walk:
    """One pass along a chain, in flat memory: every link is taken in stored order, then the end is told.

    A link is checked against the MAC that is stored before it, so one edited entry is one fault and not the rest of
    the chain. `anchor` is a head that was kept outside of the database.
    """

    def __init__(self, key: bytes, organisation: UUID, anchor: Head | None) -> None:
        self._key = key
        self._seal = start(key, organisation)
        self._anchor = anchor
        self._entries = 0
        self._fitting = 0
        self._faults: list[Fault] = []
        # The places whose entry did not fit, each with the seal before it: was it exchanged with a later one?
        self._robbed: list[Seal] = []

    def take(self, link: Link) -> None:
        """Check the next link."""
        self._entries += 1
        due = self._seal.number + 1
        if link.number < due:
            self._find(link.number, "out_of_order", f"Entry {link.number} comes after entry {due - 1}.")
            return
        if link.number > due:
            self._find(due, "missing", f"{_entries(due, link.number - 1)} missing.")
        elif link.entry and _same(entry_mac(self._key, self._seal.mac, due, link.entry), link.mac):
            self._fitting += 1
        else:
            self._suspect(link)
        if self._anchor and self._anchor.number == link.number and not _same(self._anchor.mac, link.mac):
            self._find(
                link.number,
                "edited",
                f"Entry {link.number} is another one than in the earlier export: the chain was written anew.",
            )
        self._seal = _seal(self._key, link.number, link.mac)

    def end(self, seal: Seal | None) -> Verdict:
        """Check the end against the `seal` that is stored, and against the anchor."""
        last = self._seal.number
        if seal is None and last:
            self._tell(last, "head_changed", "The head of the chain is gone.")
        if seal and seal.number > last:
            self._tell(last + 1, "truncated", f"{_entries(last + 1, seal.number)} missing at the end of the chain.")
        if seal and (seal.number < last or (seal.number == last and not _same(seal.mac, self._seal.mac))):
            self._tell(seal.number, "head_changed", f"The head of the chain was changed; its last entry is {last}.")
        if self._anchor and self._anchor.number > last:
            self._tell(
                last + 1,
                "behind_anchor",
                f"The earlier export ends with entry {self._anchor.number}, the chain with entry {last}.",
            )
        return Verdict(entries=self._entries, fitting=self._fitting, faults=tuple(self._faults))

    def _suspect(self, link: Link) -> None:
        for place in self._robbed:
            number = place.number + 1
            if link.entry and _same(entry_mac(self._key, place.mac, number, link.entry), link.mac):
                sentence = f"Entry {link.number} is the one that was written as entry {number}: they were exchanged."
                self._find(link.number, "out_of_order", sentence)
                return
        self._find(link.number, "edited", f"Entry {link.number} is not what was written there.")
        if len(self._robbed) < MOST_FAULTS:
            self._robbed.append(self._seal)

    def _find(self, number: int, kind: FaultKind, sentence: str) -> None:
        if len(self._faults) < MOST_FAULTS:
            self._tell(number, kind, sentence)

    def _tell(self, number: int, kind: FaultKind, sentence: str) -> None:
        self._faults.append(Fault(number=number, kind=kind, sentence=sentence))


def _seal(key: bytes, number: int, mac: bytes) -> Seal:
    # A MAC can be copied from its row, this value only from the head of an older copy of the database.
    return Seal(number=number, mac=_mac(key, b"head", mac))


def _mac(key: bytes, *parts: bytes) -> bytes:
    # With its length before each part, no two lists of parts have the same bytes.
    return hmac.digest(key, b"".join(len(part).to_bytes(4, "big") + part for part in parts), "sha256")


def _whole(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def _id(given: UUID | None) -> bytes:
    return given.bytes if given else b""


def _same(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


def _entries(first: int, last: int) -> str:
    return f"Entry {first} is" if first == last else f"Entries {first} to {last} are"
