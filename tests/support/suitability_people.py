"""People made up at random for the suitability rules, as JSON: flags, dates, and what was agreed for them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from server.catalogue.vocabulary import Flag, Posture, Property

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FLAGS = get_args(Flag)
ZONES = ("UTC", "America/Los_Angeles", "Pacific/Auckland", "Europe/Berlin")


class Invented:
    """People by a seed, with a moment each, and what there is to name: slugs and rules."""

    def __init__(self, seed: int, slugs: list[str], rules: list[str]) -> None:
        self.random, self.slugs, self.rules = random.Random(seed), slugs, rules  # noqa: S311 - made-up people

    def person(self) -> dict[str, Any]:
        made: dict[str, Any] = {"dates": self._dates(), "zone": self.random.choice(ZONES)}
        if not self._one_in(12):
            made["flags"] = self.random.sample([*FLAGS, "flag_of_tomorrow"], self.random.choice((0, 1, 1, 2, 2, 3, 5)))
        if self._one_in(4):
            made["as_of"] = self._moment(hours=500)
        if self._one_in(3):
            made["approvals"] = [self._agreed(exercise=self.random.choice(self.slugs)) for _ in range(5)]
        if self._one_in(3):
            made["overrides"] = [self._agreed(rule=self.random.choice(self.rules)) for _ in range(12)]
            made["overrides"] += [
                self._agreed(rule=self.random.choice(self.rules), exercise=self.random.choice(self.slugs))
                for _ in range(12)
            ]
        if self._one_in(5):
            made["left_out"] = {
                "properties": self.random.sample(get_args(Property), 2),
                "postures": self.random.sample(get_args(Posture), 3),
            }
        return made

    def moment(self) -> str:
        return self._moment(hours=2)

    def _dates(self) -> dict[str, Any]:
        dates: dict[str, Any] = {}
        for kind in ("due", "birth", "loss", "caesarean", "surgery"):
            if self._one_in(5):
                dates[kind] = (NOW + timedelta(days=self.random.randint(-420, 330))).date().isoformat()
        if self._one_in(6):
            dates["trauma_work"] = [self._moment(hours=60)]
        if self._one_in(4):
            dates["dosing"] = [self._dosing() for _ in range(self.random.randint(1, 2))]
        return dates

    def _dosing(self) -> dict[str, Any]:
        start = NOW + timedelta(minutes=self.random.randint(-80 * 60, 6 * 60))
        told: dict[str, Any] = {"at": start.isoformat()}
        if self._one_in(2):
            told["discharged_at"] = (start + timedelta(minutes=self.random.randint(30, 300))).isoformat()
        elif self._one_in(4):
            told["discharged_at"] = None
        return told

    def _agreed(self, **told: str) -> dict[str, str]:
        return {"by": self.random.choice(("client", "therapist", "prescriber")), **told}

    def _moment(self, *, hours: int) -> str:
        return (NOW + timedelta(minutes=self.random.randint(-hours * 60, hours * 60))).isoformat()

    def _one_in(self, chances: int) -> bool:
        return self.random.randrange(chances) == 0
