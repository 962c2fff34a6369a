"""How old a crisis card may be: numbers are dated data (content brief 0.11 and 6.5)."""

from datetime import date, timedelta
from typing import Final

from server.catalogue.crisis.schemas import CardFile, CrisisContent

LOOK_AGAIN_AFTER: Final = timedelta(days=180)
TOO_OLD_AFTER: Final = timedelta(days=365)


def look_again_on(card: CardFile) -> date:
    """Return the last day on which a card is not yet worth a warning."""
    return card.documented_on + LOOK_AGAIN_AFTER


def is_old(card: CardFile, today: date) -> bool:
    """Whether a card should be looked at again."""
    return today > look_again_on(card)


def is_too_old(card: CardFile, today: date) -> bool:
    """Whether nothing may be released with this card."""
    return today - card.documented_on > TOO_OLD_AFTER


def crisis_warnings(content: CrisisContent, today: date) -> tuple[str, ...]:
    """Return a sentence about all cards that should be looked at again, or nothing."""
    old = sorted(card.country for card in content.cards.values() if is_old(card, today))
    if not old:
        return ()
    return (f"Crisis cards were documented more than {LOOK_AGAIN_AFTER.days} days ago: {', '.join(old)}.",)
