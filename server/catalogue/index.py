"""Finds words in the texts of one language: by stem, by their beginning, and with a slip of the finger."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from math import log
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from server.catalogue.stems import folded, stemmer_of, words_of

SAME, STEM, BEGINNING, SLIP = 1.0, 0.9, 0.6, 0.4
MOST_SLIPS: Final = 8
# What begins so with many words is found by all of them, and ranked by the first few.
MOST_RANKED: Final = 8


class Match(NamedTuple):
    """A known word that answers to one that was asked for, and how well."""

    word: str
    quality: float


class Index:
    """The words of some texts; a set of texts is an integer with a bit for each, the first text's the lowest."""

    def __init__(self, language: str, texts: Sequence[Mapping[str, float]]) -> None:
        """Take texts apart; each is given as its parts with their weights."""
        self.size = len(texts)
        self._stems_of = stemmer_of(language)
        weights: dict[str, dict[int, float]] = defaultdict(dict)
        self._by_stem: dict[str, set[str]] = defaultdict(set)
        spelt: set[str] = set()
        for number, text in enumerate(texts):
            for part, weight in text.items():
                for word in {*words_of(part)}:
                    spelt.add(word)
                    found = weights[folded(word)]
                    found[number] = found.get(number, 0.0) + weight
        for word in spelt:
            for stem in self._stems_of(word):
                self._by_stem[stem].add(folded(word))
        self._words = sorted(weights)
        self._bits = {word: bits_of(found) for word, found in weights.items()}
        self._near = sorted({*self._words, *self._by_stem})
        self._tiers = {word: _tiers(found) for word, found in weights.items()}

    def find(self, asked: str) -> "Found":
        """Return the texts that have every word that is asked for, one way or another; a letter alone ranks nothing."""
        words = {word: self._matches(word) for word in words_of(asked)}
        bits = (1 << self.size) - 1
        for each in words.values():
            either = 0
            for match in each:
                either |= self._bits[match.word]
            bits &= either
        return Found(self, [each for word, each in words.items() if len(word) > 1], bits)

    def _matches(self, word: str) -> list[Match]:
        plain = folded(word)
        best: dict[str, float] = dict.fromkeys(self._beginning_with(plain), BEGINNING)
        best |= {each: STEM for stem in self._stems_of(word) for each in self._by_stem.get(stem, ())}
        if plain in self._bits:
            best[plain] = SAME
        best = best or dict(reversed([*self._slips(plain)]))
        return sorted(map(Match._make, best.items()), key=lambda match: (-match.quality, match.word))

    def _beginning_with(self, plain: str) -> Iterator[str]:
        start = bisect_left(self._words, plain)
        return takewhile(lambda word: word.startswith(plain), islice(self._words, start, None))

    def _slips(self, plain: str) -> Iterator[tuple[str, float]]:
        """Yield the words that are, or whose stem is, one letter away, two from eight on; short ones must be right."""
        allowed = 0 if len(plain) < 4 else 1 if len(plain) < 8 else 2  # noqa: PLR2004 - these are the lengths
        if not allowed:
            return
        near = process.extract(plain, self._near, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        for word, distance, _ in sorted(near, key=lambda each: (each[1], each[0]))[:MOST_SLIPS]:
            for known in {word} & self._bits.keys() | self._by_stem.get(word, set()):
                yield known, SLIP / distance

    def scores(self, matches: Sequence[Match], bits: int) -> dict[int, float]:
        """Return how well each of these texts answers to one word: rare words count more than common ones."""
        scores: dict[int, float] = {}
        for match in matches[:MOST_RANKED]:
            rarity = match.quality * log(1 + self.size / self._bits[match.word].bit_count())
            for weight, tier in self._tiers[match.word]:
                score = weight * rarity
                for number in numbers_of(tier & bits):
                    if score > scores.get(number, 0.0):
                        scores[number] = score
        return scores


class Found(NamedTuple):
    """What was found: `bits` are the texts."""

    searched: Index
    matches: list[list[Match]]
    bits: int

    def ranked(self, bits: int) -> list[int]:
        """Return these of the texts that were found, the best first, equally good ones in their order."""
        numbers = list(numbers_of(bits & self.bits))
        total = dict.fromkeys(numbers, 0.0)
        for matches in self.matches:
            for number, score in self.searched.scores(matches, bits & self.bits).items():
                total[number] += score
        return sorted(numbers, key=total.__getitem__, reverse=True)


def _tiers(found: Mapping[int, float]) -> list[tuple[float, int]]:
    """Return the texts that have a word by how much it weighs there."""
    numbers: dict[float, list[int]] = defaultdict(list)
    for number, weight in found.items():
        numbers[weight].append(number)
    return [(weight, bits_of(numbers[weight])) for weight in sorted(numbers, reverse=True)]


def bits_of(numbers: Iterable[int]) -> int:
    """Return a set of numbers as an integer."""
    wanted = list(numbers)
    if not wanted:
        return 0
    octets = bytearray(max(wanted) // 8 + 1)
    for number in wanted:
        octets[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(octets, "little")


def numbers_of(bits: int) -> Iterator[int]:
    """Yield the numbers of a set, the lowest first."""
    # Python looks through text faster than anything written in it shifts.
    text = f"{bits:b}"[::-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)
