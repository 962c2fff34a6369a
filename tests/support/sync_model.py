"""What a server must answer to pushes, written down from `sync.md` and nothing else: the machine's reference."""

from typing import Any

from msgspec import Struct, field

Item = dict[str, Any]
# A zone no phone is in: what makes an item malformed in the machine.
NOWHERE = "Mars/Olympus"
# The kinds that are written by phones and can be taken back.
VOIDABLE = frozenset({"completion", "check_in"})


class Model(Struct):
    """One scope. `head` is the highest version anybody was told of.

    `documents` are what is written online, with revisions (0: deleted).
    """

    puts: dict[str, tuple[Item, int]] = field(default_factory=dict)
    voids: dict[str, int] = field(default_factory=dict)
    zones: dict[str, tuple[Item, int]] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    sessions: set[str] = field(default_factory=set)
    head: int = 0

    def judge_push(self, items: list[Item], answer: dict[str, Any]) -> None:
        """Hold an answer to a push against what it must be, and take in what it did."""
        results = answer["results"]
        assert len(results) == len(items), "I7: one result for each item"
        assert [each.get("id") for each in results] == [each["id"] for each in items], "I7: in order"
        for item, result in zip(items, results, strict=True):
            self._judge(item, result)
        assert answer["version"] >= self.head, "I2: the head is behind a version that was given out"
        self.head = answer["version"]

    def _judge(self, item: Item, result: dict[str, Any]) -> None:
        body = item.get("body", {})
        if item["op"] == "void":
            self._judge_void(item["id"], result)
        elif body["zone"] == NOWHERE:
            assert result["status"] == "invalid", "I7: a malformed item is told so"
        elif item["type"] == "zone":
            self._judge_put(self.zones, body["at"], item, result)
        elif item["id"] in self.voids:
            assert result["status"] == "voided", "I12: a void wins over a later put"
            assert result["version"] == self.voids[item["id"]], "I2: one version"
        else:
            self._judge_put(self.puts, item["id"], item, result)

    def _judge_void(self, key: str, result: dict[str, Any]) -> None:
        assert result["status"] == "voided", "I12: a void is always taken"
        if key in self.voids:
            assert result["version"] == self.voids[key], "I2: one version"
        else:
            self.voids[key] = self._new(result)

    def _judge_put(self, known: dict[str, tuple[Item, int]], key: str, item: Item, result: dict[str, Any]) -> None:
        if key not in known:
            assert result["status"] == "stored", "I7: what is new is stored"
            known[key] = item, self._new(result)
            return
        body, version = known[key][0]["body"], known[key][1]
        assert result["status"] == ("duplicate" if body == item["body"] else "conflict"), "I2: exactly once"
        assert result["version"] == version, "I2: one version"

    def _new(self, result: dict[str, Any]) -> int:
        version: int = result["version"]
        assert version > self.head, "I3: nothing appears at or below a version that was given out"
        self.head = version
        return version

    def judge_rows(self, rows: list[dict[str, Any]]) -> None:
        """Hold the whole feed against what was taken in."""
        there = {row["id"]: row for row in rows}
        versions = [row["version"] for row in rows]
        assert len(there) == len(rows), "I2: one row for each id"
        assert versions == sorted(set(versions)), "I2: one version for each row, in order"
        expected = {key: (version, False) for key, (_, version) in self.puts.items()}
        expected |= {item["id"]: (version, False) for item, version in self.zones.values()}
        expected |= {key: (version, True) for key, version in self.voids.items()}
        told = {key: (row["version"], row["deleted"]) for key, row in there.items()}
        for key, state in expected.items():
            assert key in told, "I1: what was acknowledged is there"
            assert told[key] == state, "I12: live or taken back, at its version"
        practices = {row["id"] for row in rows if row["kind"] in VOIDABLE}
        assert practices == {*self.puts, *self.voids}, "I2: a practice that nobody sent"
        for key in practices - {*self.voids}:
            assert _same(there[key]["body"], self.puts[key][0]["body"]), "I2: it says what was sent first"
        for key, revision in self.documents.items():
            assert key in there, "I4: the therapist's documents are told"
            row = there[key]
            assert (0 if row["deleted"] else row["body"].get("revision", 1)) == revision, "I4: as they are now"


def _same(told: dict[str, Any], sent: dict[str, Any]) -> bool:
    return all(
        told.get(name) == sent.get(name) for name in ("exercise", "zone", "outcome", "seconds", "note", "distress")
    )
