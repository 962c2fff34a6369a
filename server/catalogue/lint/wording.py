"""L08 to L10, L14, L19 and L20: sentences, hard words, and words that no client hears (content brief 4.2)."""

from collections.abc import Iterator

from server.catalogue.lint.item import Item
from server.catalogue.lint.registry import Problem, item_rule, take_rule
from server.catalogue.lint.take import Take
from server.catalogue.lint.text import reading_grade, sentences_in, syllables_in, words_in

LONGEST_SENTENCE, MEAN_SENTENCE = 16, 10
SCRIPT_GRADE, FRONT_GRADE = 5, 7
LONG_SYLLABLES, LONGEST_SYLLABLES, LONG_SHARE = 3, 5, 0.04
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
def script_grade(take: Take) -> Iterator[Problem]:
    """Keep the reading grade (Flesch-Kincaid) of a script to 5, and of each text beside it to 7."""
    found = reading_grade([sentence for _, sentence in take.sentences])
    if found > SCRIPT_GRADE:
        yield Problem(take.cues[0].source_line, f"the script has grade {found:.1f}")
    for name, text in take.item.front_texts():
        found = reading_grade(sentences_in(text))
        if name != "title" and found > FRONT_GRADE:
            yield Problem(1, f"`{name}` has grade {found:.1f}")


@take_rule("L10")
def long_words(take: Take) -> Iterator[Problem]:
    """Use plain words: few of three syllables or more, none of five, no jargon."""
    jargon = take.item.lexicon.patterns["jargon"]
    for cue in take.cues:
        for word in words_in(cue.text):
            if syllables_in(word) >= LONGEST_SYLLABLES:
                yield Problem(cue.source_line, f"`{word}` has five syllables or more")
        if found := jargon.search(cue.text):
            yield Problem(cue.source_line, f"`{found.group()}` is jargon")
    words = [word for cue in take.cues for word in words_in(cue.text)]
    share = sum(syllables_in(word) >= LONG_SYLLABLES for word in words) / len(words)
    if share > LONG_SHARE:
        yield Problem(take.cues[0].source_line, f"{share:.1%} have three syllables or more, 4% are fine", "warning")


@take_rule("L14")
def imperatives(take: Take) -> Iterator[Problem]:
    """Start few sentences with an imperative."""
    lexicon = take.item.lexicon
    first = [_first_word(sentence, lexicon.lead_ins) for _, sentence in take.sentences]
    share = sum(word in lexicon.imperatives for word in first) / max(1, len(first))
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
