"""An exercise in one language, with all that the lint measures it by."""

from collections.abc import Iterator
from dataclasses import dataclass

from server.catalogue.lexicon import Lexicon
from server.catalogue.lint.cues import SpokenSeconds
from server.catalogue.loader import Loaded
from server.catalogue.reference_loader import Reference
from server.catalogue.schemas import Exercise, Words
from server.catalogue.yardstick import Profile


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
