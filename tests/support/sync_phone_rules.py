"""What people do with two phones, over a network that does what it likes."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from support.clinic import NOON, completion
from support.lossy import Fate
from support.phone_line import Offline, SignedOut
from support.sync_house import House
from support.sync_model import NOWHERE, Item
from support.sync_world import PATIENCE, World

FATES = st.lists(st.sampled_from(["answered", "request lost", "answer lost", "twice", "late", "busy"]), max_size=6)
WHICH = st.integers(0, 1)
PLACE = st.integers(0, 99)
# What a phone's clock shows when it is wrong: by an hour, by a day, and at the ends of what clocks can show.
# The ends are rarer: decades of days to judge cost more than all else in a story.
AGES = [datetime(1970, 1, 1, tzinfo=UTC), datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)]
SKEWS = st.sampled_from([*[timedelta(), timedelta(hours=1), timedelta(days=-1)] * 4, *AGES])
SECONDS = st.sampled_from([1, 60, 1000, 90_000, -3600])
BODIES: tuple[dict[str, Any], ...] = (
    {},
    {"seconds": 100, "outcome": "partial"},
    {"note": "Calmer than yesterday."},
    {"exercise": "no-such-exercise"},
    {"outcome": "safe_stop", "seconds": 3, "stop_reason": "pain"},
)
alive = precondition(lambda self: not self.world.erased)


class PhoneRules(RuleBasedStateMachine):
    """`house` is set on a subclass."""

    house: House

    @initialize()
    def begin(self) -> None:
        self.run = self.house.run
        self.clock = self.house.clinic.clock
        self.clock.at = NOON
        self.world = World(self.house)
        self.run(self.world.begin())

    def _practice(self, key: str | None, body: int, started_at: datetime | None = None) -> Item:
        item = completion(started_at or self.clock.now(), **BODIES[body % len(BODIES)])
        return {**item, "id": key or item["id"]}

    def _known(self, place: int) -> str | None:
        ids = sorted(self.world.practices)
        return ids[place % len(ids)] if ids else None

    @rule(which=WHICH, body=st.integers(0, 4), skew=SKEWS, fates=FATES, syncs=st.booleans())
    def somebody_practises(self, which: int, body: int, skew: Any, fates: list[Fate], *, syncs: bool) -> None:
        if self.world.phones[which].store.erased:
            return
        started_at = skew if isinstance(skew, datetime) else self.clock.now() + skew
        self.world.write(which, self._practice(None, body, started_at))
        if syncs:
            self.phone_syncs(which, fates)

    @alive
    @rule(which=WHICH, body=st.integers(0, 4), fate=st.sampled_from(["request lost", "answer lost", "late", "busy"]))
    def somebody_practises_in_a_tunnel(self, which: int, body: int, fate: Fate) -> None:
        self.somebody_practises(which, body, timedelta(), [fate] * PATIENCE, syncs=True)

    @alive
    @rule(which=WHICH, place=PLACE, fates=FATES)
    def somebody_takes_a_practice_back(self, which: int, place: int, fates: list[Fate]) -> None:
        if key := self._known(place):
            self.world.write(which, {"id": key, "op": "void", "type": self.world.practices[key]})
            self.phone_syncs(which, fates)

    @alive
    @rule(which=WHICH, place=PLACE, body=st.integers(0, 4))
    def the_other_phone_wrote_the_same_id(self, which: int, place: int, body: int) -> None:
        phone, key = self.world.phones[which], self._known(place)
        if key and self.world.practices[key] == "completion" and (key, "put") not in phone.store.written:
            self.world.write(which, self._practice(key, body))

    @alive
    @rule(which=WHICH, distress=st.integers(0, 10))
    def somebody_checks_in(self, which: int, distress: int) -> None:
        body = {"at": self.clock.now().isoformat(), "zone": "Europe/Berlin", "distress": distress}
        self.world.write(which, {"id": str(uuid4()), "op": "put", "type": "check_in", "body": body})

    @alive
    @rule(which=WHICH, zone=st.sampled_from(["Asia/Tokyo", "Europe/Lisbon", NOWHERE]))
    def a_phone_travels(self, which: int, zone: str) -> None:
        # An instant of its own: at which nobody is paired.
        at = self.clock.now() + timedelta(microseconds=1 + len(self.world.written))
        item = {"id": str(uuid4()), "op": "put", "type": "zone", "body": {"at": at.isoformat(), "zone": zone}}
        self.world.write(which, item)
        if zone == NOWHERE:
            self.world.refused.add(item["id"])

    @rule(which=WHICH, fates=FATES)
    def phone_syncs(self, which: int, fates: list[Fate]) -> None:
        self.world.fates[:] = fates
        outcome = self.run(self.world.sync(self.world.phones[which]))
        self.world.fates.clear()
        assert outcome != "Erased" or self.world.erased, "I1: nobody was erased"
        if outcome == "SignedOut" and not self.world.erased:
            self.run(self.world.pair(self.world.phones[which]))

    @rule()
    def what_was_under_way_arrives(self) -> None:
        self.run(self.world.lossy.arrive())

    @alive
    @rule(which=WHICH, fates=FATES)
    def phone_signs_out(self, which: int, fates: list[Fate]) -> None:
        self.world.fates[:] = fates
        with contextlib.suppress(Offline, SignedOut):
            self.run(self.world.phones[which].sign_out())
        self.world.fates.clear()

    @alive
    @rule(which=WHICH, place=PLACE)
    def a_phone_loses_a_row(self, which: int, place: int) -> None:
        self.phone_syncs(which, [])
        if rows := self.world.phones[which].store.copy.rows:
            del rows[sorted(rows)[place % len(rows)]]

    @rule(seconds=SECONDS)
    def the_clock_jumps(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)
