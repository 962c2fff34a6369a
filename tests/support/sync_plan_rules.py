"""What a therapist plans, and who sets practice aside: written online."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule
from support.sync_phone_rules import PLACE, PhoneRules, alive


class PlanRules(PhoneRules):
    @alive
    @rule(days=st.integers(-3, 5))
    def therapist_plans_a_session(self, days: int) -> None:
        starts_at = self.clock.now() + timedelta(days=days)
        given = {"kind": "dosing", "starts_at": starts_at.isoformat()}
        made = self.run(self.house.theo.post(f"/v1/clients/{self.world.client}/sessions", given))
        self.world.model.documents[made["id"]] = 1
        self.world.model.sessions.add(made["id"])

    @alive
    @rule(place=PLACE, days=st.integers(1, 5), status=st.sampled_from(["scheduled", "cancelled"]))
    def therapist_moves_a_session(self, place: int, days: int, status: str) -> None:
        if not self.world.model.sessions:
            self.therapist_plans_a_session(days)
        sessions = sorted(self.world.model.sessions)
        key = sessions[place % len(sessions)]
        revision = self.world.model.documents[key]
        given = {"starts_at": (self.clock.now() + timedelta(days=days)).isoformat(), "status": status}
        path = f"/v1/clients/{self.world.client}/sessions/{key}"
        for stale, expected in ((True, 412), (False, 200)):
            tag = {"If-Match": f'"r{revision - stale}"'}
            answer = self.run(self.house.theo.ask("PATCH", path, json=given, headers=tag))
            assert answer.status_code == expected, answer.text
        self.world.model.documents[key] = revision + 1

    @alive
    @rule()
    def therapist_assigns_a_set(self) -> None:
        if len(self.world.model.documents) < 4:
            given = {"practice_set_id": self.house.daily["id"]}
            made = self.run(self.house.theo.post(f"/v1/clients/{self.world.client}/assignments", given))
            self.world.model.documents[made["id"]] = 1

    @alive
    @rule(days=st.integers(-3, 3), open_=st.booleans(), by_therapist=st.booleans(), again=st.booleans())
    def somebody_pauses(self, days: int, *, open_: bool, by_therapist: bool, again: bool) -> None:
        first = (self.clock.now() + timedelta(days=days)).date()
        given = {"id": str(uuid4()), "from": str(first), **({} if open_ else {"to": str(first + timedelta(days=2))})}
        made = self.run(self.world.pause(given, by_therapist=by_therapist))
        if again and made:
            self.run(self.world.end_pause(given["id"]))
