"""Crisis cards as bytes, each made once."""

from server.catalogue.crisis.schemas import CrisisCard, CrisisContent, StopCard
from server.catalogue.crisis.service import card_of, nearest, stop_card_of
from server.web.conditional import Prepared, public_for

_KEPT = public_for(3600)


class CrisisAnswers:
    """Every card in every language, and what is told of a country without one."""

    def __init__(self, content: CrisisContent) -> None:
        self.content = content
        self._cards = {
            (country, language): Prepared(card_of(content, country, language), cache_control=_KEPT)
            for country in content.cards
            for language in content.words
        }
        self._stops = {
            language: Prepared(stop_card_of(content, language), cache_control=_KEPT) for language in content.words
        }

    def card(self, country: str, locale: str) -> Prepared[CrisisCard]:
        """Return a country's card; that of one without is made when it is asked for."""
        language = nearest(self.content, locale)
        known = self._cards.get((country, language))
        return known or Prepared(card_of(self.content, country, language), cache_control=_KEPT)

    def stop_card(self, locale: str) -> Prepared[StopCard]:
        """Return the list of when to stop and get help."""
        return self._stops[nearest(self.content, locale)]
