"""A phone that keeps a bundle: it follows `docs/bundle.md` and nothing else."""

from typing import Any

MEMBERS = ("suitability", "crisis", "stop", "tombstones", "links")


class BundlePhone:
    """What a phone holds. `forgets`: whether it drops what is no longer offered, as it must."""

    def __init__(self, *, forgets: bool = True) -> None:
        self.version: str | None = None
        self.members: dict[str, Any] = {}
        self.exercises: dict[str, Any] = {}
        self._forgets = forgets

    def take(self, bundle: dict[str, Any]) -> None:
        """Take in an answer, as a whole or not at all."""
        if bundle["full"]:
            self.members, self.exercises = {}, {}
        self.members |= {name: bundle[name] for name in MEMBERS if name in bundle}
        self.exercises |= {each["slug"]: each for each in bundle["exercises"]}
        if self._forgets:
            self.exercises = {slug: self.exercises[slug] for slug in bundle["offered"]}
        self.version = bundle["version"]

    @property
    def held(self) -> dict[str, Any]:
        return {"members": self.members, "exercises": self.exercises}
