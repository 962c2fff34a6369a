"""L08 to L10, L14, L19 and L20: sentences, hard words, and words that no client hears (content brief 4.2)."""

from collections.abc import Iterator

from server.catalogue.lint.item import Item
from server.catalogue.lint.reading import MEASURES
from server.catalogue.lint.registry import Problem, item_rule, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.lint.text import sentences_in, words_in

LONGEST_SENTENCE, MEAN_SENTENCE = 16, 10
AFTERCARE_WORDS = (5, 22)


@take_rule("L08")
def sentence_length(take: Take) -> Iterator[Problem]:
    """Keep each sentence to 16 words, and the mean to 10."""
    lengths = [(cue, len(words_in(sentence))) for cue, sentence in take.sentences]
    for cue, found in lengths:
        if found > LONGEST_SENTENCE:
            yield Problem(cue.source_line, f"a sentence has {found} words")
    mean = sum(found for _, found in lengths) / max(1, len(lengths))
    if mean > MEAN_SENTENCE:
        yield Problem(take.cues[0].source_line, f"the mean is {mean:.1f}", "warning")


@take_rule("L09")
def reading_ease(take: Take) -> Iterator[Problem]:
    """Keep a script to reading grade 5, and each text beside it to grade 7, by the measure of its language."""
    wanted = take.item.lexicon.reading
    measure = MEASURES[wanted.measure]
    found = measure.score([sentence for _, sentence in take.sentences])
    if measure.is_harder(found, wanted.script):
        yield Problem(take.cues[0].source_line, f"the script has {measure.noun} {found:.1f}, {wanted.script:g} is fine")
    for name, text in take.item.front_texts():
        found = measure.score(sentences_in(text))
        if name != "title" and measure.is_harder(found, wanted.beside):
            yield Problem(1, f"`{name}` has {measure.noun} {found:.1f}, {wanted.beside:g} is fine")


@take_rule("L10")
def long_words(take: Take) -> Iterator[Problem]:
    """Use plain words: few long ones and no very long ones, as the language counts them, and no jargon."""
    jargon, wanted = take.item.lexicon.patterns["jargon"], take.item.lexicon.reading
    syllables = MEASURES[wanted.measure].syllables
    for cue in take.cues:
        for word in words_in(cue.text):
            if (found := syllables(word)) > wanted.most_syllables:
                yield Problem(cue.source_line, f"`{word}` has {found} syllables, {wanted.most_syllables} are fine")
        if match := jargon.search(cue.text):
            yield Problem(cue.source_line, f"`{match.group()}` is jargon")
    words = [word for cue in take.cues for word in words_in(cue.text)]
    share = sum(syllables(word) >= wanted.long_syllables for word in words) / len(words)
    if share > wanted.long_share:
        detail = f"{share:.1%} have {wanted.long_syllables} syllables or more, {wanted.long_share:.0%} are fine"
        yield Problem(take.cues[0].source_line, detail, "warning")


@take_rule("L14")
def imperatives(take: Take) -> Iterator[Problem]:
    """Start few sentences with an imperative."""
    lexicon = take.item.lexicon
    first = [_first_word(sentence, lexicon.lead_ins) for _, sentence in take.sentences]
    share = sum(lexicon.commands(word) for word in first) / max(1, len(first))
    if share > take.item.profile.imperatives:
        detail = f"{share:.0%} do, {take.item.profile.imperatives:.0%} are fine"
        yield Problem(take.cues[0].source_line, detail, "warning")


def _first_word(sentence: str, lead_ins: frozenset[str]) -> str:
    words = [word.lower() for word in words_in(sentence)]
    return next((word for word in words if word not in lead_ins), "")


@item_rule("L19")
def aftercare(item: Item) -> Iterator[Problem]:
    """Write an after-care line of 5 to 22 words."""
    low, high = AFTERCARE_WORDS
    found = len(words_in(item.words.front.aftercare))
    if not low <= found <= high:
        yield Problem(1, f"it has {found} words")


@take_rule("L20")
def forbidden_phrases(take: Take) -> Iterator[Problem]:
    """Use none of the forbidden phrases."""
    texts = [(cue.source_line, cue.text) for cue in take.cues]
    texts += [(section.source_line, section.label) for section in take.item.words.sections.values()]
    texts += [(1, text) for _, text in take.item.front_texts()]
    for line, text in texts:
        for entry, found in take.item.lexicon.forbidden_in(text):
            instead = f"; write {entry.instead}" if entry.instead else ""
            yield Problem(line, f"{entry.id} `{found}`: {entry.why}{instead}", entry.severity)
