"""What each flag leaves of the catalogue, one at a time, in medium length (content brief 2.8)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final, NamedTuple, get_args

from server.catalogue.suitability.decide import OUTCOMES, Outcome, Suitability
from server.catalogue.suitability.person import Person
from server.catalogue.vocabulary import Flag, Technique

BEGIN: Final = "<!-- begin: groundwork suitability remains -->\n"
END: Final = "<!-- end -->\n"
OFFERED: Final[frozenset[Outcome]] = frozenset({"as_is", "caution", "adapt"})
_HEAD: Final = """| flag | as is | caution | adapt | approve | exclude | left g/b/s |
|---|---|---|---|---|---|---|
"""
# Without dates, no moment makes a difference.
_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)


class Remains(NamedTuple):
    """How many exercises have each outcome, and how many of each technique are offered without approval."""

    flag: Flag
    outcomes: tuple[int, ...]
    left: tuple[int, ...]


def remains(suitability: Suitability) -> Iterator[Remains]:
    """Count for each flag alone; outcomes from as is to exclude, techniques in the vocabulary's order."""
    for flag in get_args(Flag):
        decided = suitability.decide_all(Person(flags=frozenset({flag})), _ANY_TIME)
        outcomes = Counter(each.decision for each in decided.values())
        offered = (slug for slug, each in decided.items() if each.decision in OFFERED)
        left = Counter(suitability.traits[slug].exercise.technique for slug in offered)
        yield Remains(
            flag=flag,
            outcomes=tuple(outcomes[each] for each in OUTCOMES),
            left=tuple(left[each] for each in get_args(Technique)),
        )


def as_markdown(suitability: Suitability) -> str:
    """Write the table of what remains."""
    rows = (
        f"| `{each.flag}` | {' | '.join(map(str, each.outcomes))} | {'/'.join(map(str, each.left))} |\n"
        for each in remains(suitability)
    )
    return _HEAD + "".join(rows)


def put_into(document: str, table: str) -> str:
    """Put the table between the marks of a document.

    Raises:
        ValueError: the document has no marks.
    """
    before, found, rest = document.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError("the document has no marks to put the table between")
    return f"{before}{BEGIN}{table}{END}{after}"
