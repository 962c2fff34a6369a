"""Two phones, a therapist and everything that can happen to what they write (`sync.md`, Invariants)."""

import sys
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from support.clinic import NOON, completion
from support.phone import FEED, MOST_ITEMS
from support.sync_laws import follow, judge_erased, judge_rest, look
from support.sync_model import NOWHERE, Item
from support.sync_phone_rules import PLACE, WHICH, alive
from support.sync_plan_rules import PlanRules
from support.sync_world import Moment

# What is done (two contents, taking back, nonsense) to which of three ids.
TANGLE = st.lists(st.tuples(st.sampled_from([2, 3, 2, 3, 0, 1]), st.integers(0, 2)), min_size=3, max_size=8)


class SyncMachine(PlanRules):
    """What is tried against the server, backups, erasure, and rest."""

    @alive
    @rule(tangle=TANGLE)
    def everything_at_once(self, tangle: list[tuple[int, int]]) -> None:
        """New, again, other, taken back, malformed: in one push, each answered alone (the model knows how)."""
        ids = [str(UUID(int=UUID(self.world.client).int + number + 1)) for number in range(3)]
        items: list[Item] = []
        for kind, number in tangle:
            started_at = NOON - timedelta(minutes=number)
            items.append(
                {"id": ids[number], "op": "void", "type": "completion"}
                if kind == 0
                else self._malformed()
                if kind == 1
                else self._practice(ids[number], kind, started_at)
            )
        self.world.tangled |= {item["id"] for item in items}
        assert self.run(self.world.push(items)).status_code == httpx.codes.OK

    def _malformed(self) -> Item:
        return completion(NOON, zone=NOWHERE)

    @alive
    @rule(heavy=st.booleans())
    def too_much_at_once(self, *, heavy: bool) -> None:
        """I10: 413, and nothing is done."""
        item = self._practice(None, 0)
        void = {"id": item["id"], "op": "void", "type": "completion"}
        items = [item, self._practice(None, 2, None)] if heavy else [item, *[void] * MOST_ITEMS]
        if heavy:
            items[1]["body"]["padding"] = "x" * 256 * 1024
        assert self.run(self.world.push(items)).status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE, "I10: 413"
        self.run(look(self.world))

    @alive
    @rule(void=st.booleans())
    def somebody_tries_the_id_of_a_stranger(self, *, void: bool) -> None:
        """I6: it answers as an id that nobody ever had."""
        told, before = [], self.run(self.house.mara.get(FEED))
        for key in (self.house.of_mara, str(uuid4())):
            item = {"id": key, "op": "void", "type": "completion"} if void else self._practice(key, 0)
            if key in self.world.tangled:
                return
            self.world.tangled.add(key)
            answer = self.run(self.world.push([item]))
            (result,) = answer.json()["results"]
            told.append((answer.status_code, {**result, "id": "", "version": 0}))
        assert told[0] == told[1], "I6: a stranger's id is an unknown one"
        assert self.run(self.house.mara.get(FEED)) == before, "I6: the stranger's scope is as it was"

    @alive
    @rule(ahead=st.integers(1, 3))
    def a_cursor_that_was_never_issued_is_refused(self, ahead: int) -> None:
        """I5, I6: ahead of the head, of an epoch that never was, and of somebody else."""
        epoch, _, version = self.run(self.world.rows())[1]["cursor"].partition(".")
        stranger = self.run(self.house.mara.get(FEED))["cursor"]
        told = set()
        for cursor in (f"{epoch}.{int(version) + ahead}", f"{uuid4()}.1", stranger, *self.world.stale[-3:]):
            answer = self.run(self.world.ask("GET", FEED, params={"since": cursor}))
            told.add((answer.status_code, answer.json().get("code")))
        assert told == {(410, "sync_reset")}, "I5: never honoured silently"

    @alive
    @rule()
    def a_backup_is_made(self) -> None:
        self.run(self.world.keep_moment())

    @rule(place=PLACE)
    def a_backup_is_restored(self, place: int) -> None:
        if self.world.moments:
            self._restore(self.world.moments[place % len(self.world.moments)])
        if self.world.erased:
            self.run(judge_erased(self.world))

    @alive
    @rule(which=WHICH, body=st.integers(0, 4))
    def a_backup_from_before_a_practice_is_restored(self, which: int, body: int) -> None:
        """I5, I8: as one rule, since the four of it seldom come in this order."""
        self.a_backup_is_made()
        self.run(look(self.world))
        self.somebody_practises(which, body, timedelta(), [], syncs=True)
        self._restore(self.world.moments[-1])

    def _restore(self, moment: Moment) -> None:
        self.run(self.world.restore(moment))
        for cursor in () if self.world.erased else self.world.stale[-1:]:
            answer = self.run(self.world.ask("GET", FEED, params={"since": cursor}))
            assert answer.status_code == httpx.codes.GONE, "I5: never honoured silently"

    @alive
    @rule(place=PLACE, limit=st.integers(1, 4))
    def an_observer_looks(self, place: int, limit: int) -> None:
        self.run(look(self.world))
        self.run(follow(self.world, place, limit))

    @alive
    @precondition(lambda self: len(self.world.written) > 1)
    @rule(restored=st.booleans())
    def the_client_is_erased(self, *, restored: bool) -> None:
        """I11, also when the operator then starts on a backup from before."""
        if restored:
            self.a_backup_is_made()
        self.run(self.world.erase())
        self.run(judge_erased(self.world))
        if restored:
            self.a_backup_is_restored(-1)

    def teardown(self) -> None:
        # What broke first is to be told, not what follows from it.
        if hasattr(self, "world") and sys.exc_info()[0] is None:
            self.run(judge_erased(self.world) if self.world.erased else judge_rest(self.world))
