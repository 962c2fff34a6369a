"""The numbered rules of the lint. A rule's sentence is its function's docstring, so that nobody writes it twice."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from server.catalogue.lint.case import Case
from server.catalogue.lint.item import Item
from server.catalogue.lint.journey import Journey
from server.catalogue.lint.take import Take
from server.catalogue.tree import Route
from server.catalogue.vocabulary import Severity


class Problem(NamedTuple):
    """What a rule found: a line of the words file or a route of exercise.yaml, and the detail without a full stop."""

    where: int | Route
    detail: str
    severity: Severity = "error"


TakeCheck: TypeAlias = Callable[[Take], Iterator[Problem]]
ItemCheck: TypeAlias = Callable[[Item], Iterator[Problem]]
CatalogueCheck: TypeAlias = Callable[[Sequence[Item]], Iterator[tuple[Item, Problem]]]
SetCheck: TypeAlias = Callable[[Case], Iterator[Problem]]
WayCheck: TypeAlias = Callable[[Journey], Iterator[tuple[str, Problem]]]

TAKE_RULES: dict[str, TakeCheck] = {}
"""Rules that look at every length and alt variant."""
ITEM_RULES: dict[str, ItemCheck] = {}
"""Rules that look at an exercise once."""
CATALOGUE_RULES: dict[str, CatalogueCheck] = {}
"""Rules that compare exercises."""
SET_RULES: dict[str, SetCheck] = {}
"""Rules that look at a starter set."""
WAY_RULES: dict[str, WayCheck] = {}
"""Rules that look at swaps and tracks."""
SENTENCES: dict[str, str] = {}
"""Every rule's sentence, by its number."""


def _sentence(number: str, docstring: str | None) -> None:
    SENTENCES[number] = " ".join((docstring or "").split()).rstrip(".")


def take_rule(number: str) -> Callable[[TakeCheck], TakeCheck]:
    """Register a rule that looks at every length and alt variant."""

    def register(check: TakeCheck) -> TakeCheck:
        TAKE_RULES[number] = check
        _sentence(number, check.__doc__)
        return check

    return register


def item_rule(number: str) -> Callable[[ItemCheck], ItemCheck]:
    """Register a rule that looks at an exercise once."""

    def register(check: ItemCheck) -> ItemCheck:
        ITEM_RULES[number] = check
        _sentence(number, check.__doc__)
        return check

    return register


def catalogue_rule(number: str) -> Callable[[CatalogueCheck], CatalogueCheck]:
    """Register a rule that compares exercises."""

    def register(check: CatalogueCheck) -> CatalogueCheck:
        CATALOGUE_RULES[number] = check
        _sentence(number, check.__doc__)
        return check

    return register


def set_rule(number: str) -> Callable[[SetCheck], SetCheck]:
    """Register a rule that looks at a starter set."""

    def register(check: SetCheck) -> SetCheck:
        SET_RULES[number] = check
        _sentence(number, check.__doc__)
        return check

    return register


def way_rule(number: str) -> Callable[[WayCheck], WayCheck]:
    """Register a rule that looks at swaps and tracks; it names the file of each problem."""

    def register(check: WayCheck) -> WayCheck:
        WAY_RULES[number] = check
        _sentence(number, check.__doc__)
        return check

    return register
