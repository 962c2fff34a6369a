"""An exercise in one language, with all that the lint measures it by."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from server.catalogue.lexicon import Lexicon
from server.catalogue.loader import Loaded
from server.catalogue.reference_loader import Reference
from server.catalogue.schemas import Exercise, Words
from server.catalogue.yardstick import Profile

SpokenSeconds: TypeAlias = Callable[[str], "float | None"]
"""How long a text takes to say in the narrator's clips; None when there is no clip."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """What the rules of the lint look at."""

    loaded: Loaded
    words: Words
    reference: Reference
    lexicon: Lexicon
    spoken_seconds: SpokenSeconds

    @property
    def exercise(self) -> Exercise:
        """Return the exercise itself."""
        return self.loaded.exercise

    @property
    def profile(self) -> Profile:
        """Return the figures its scripts keep to."""
        return self.reference.profiles[self.exercise.profile]

    def front_texts(self) -> Iterator[tuple[str, str]]:
        """Yield the name and text of each field that clients read beside the script."""
        front = self.words.front
        yield "title", front.title
        yield "description", front.description
        if front.notice:
            yield "notice", front.notice
        yield "aftercare", front.aftercare
