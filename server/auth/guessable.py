"""How many guesses a password takes of somebody who knows common and leaked passwords, words, names and keyboards."""

from collections.abc import Iterable, Iterator
from typing import Final

from anyio import CapacityLimiter, to_thread

# zxcvbn, Wheeler 2016: 3 of 0 to 4 takes more than 10^8 guesses.
SCORE: Final = 3
# The work grows with the square of the length, and with the readings of characters that stand for letters.
LOOKED_AT: Final = 72
LOOKALIKES: Final = frozenset("48({[<3691!|70$5+%2@")
MOST_LOOKALIKES: Final = 10
# One at a time: it is Python, so that two would take as long together as one after the other.
_pool = CapacityLimiter(1)


async def is_guessable(password: str, words: Iterable[str]) -> bool:
    """Whether the beginning of a password is guessed too soon, worked out away from the event loop.

    `words`: those around its owner. Only a beginning is looked at, which bounds the work to about a second; what
    follows makes a password harder to guess, never easier.
    """
    return await to_thread.run_sync(_score, "".join(_beginning(password)), list(words), limiter=_pool) < SCORE


def _beginning(password: str) -> Iterator[str]:
    lookalikes = set[str]()
    for character in password[:LOOKED_AT]:
        lookalikes |= LOOKALIKES & {character}
        if len(lookalikes) > MOST_LOOKALIKES:
            return
        yield character


def _score(password: str, words: list[str]) -> int:
    # Late: its lists of words are needed when somebody chooses a password, not at every start.
    from zxcvbn import matching, scoring, time_estimates  # noqa: PLC0415 - see above

    own = matching.build_ranked_dict([word.lower() for word in words])
    # Not `zxcvbn()` itself, which keeps the words of the last owner in a dictionary that all threads share.
    matches = matching.omnimatch(password, {**matching.RANKED_DICTIONARIES, "user_inputs": own})
    guesses = scoring.most_guessable_match_sequence(password, matches)["guesses"]
    return int(time_estimates.guesses_to_score(guesses))
