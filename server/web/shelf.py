from collections import OrderedDict
from typing import Final

from litestar.types import HTTPScope

from server.web.answer import Answer
from server.web.conditional import Repeatable, noted

MOST_KEPT: Final = 512
Address = tuple[str, bytes]


class Shelf:
    """What everybody is answered alike, kept by its address: the next who asks is answered without any routing.

    It holds what a shared cache may hold (RFC 9111 3), `public` and repeatable, by path and query as they were written,
    and knows no more of it than that. Routing, reading of parameters and injection take several times what all else
    takes for an answer from memory.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[Address, tuple[str, Repeatable]] = OrderedDict()

    def has(self, scope: HTTPScope) -> bool:
        """Tell whether something is kept for an address, which was judged when it was put there."""
        return (scope["path"], scope["query_string"]) in self._kept

    def answer(self, scope: HTTPScope) -> Answer | None:
        """Answer from the shelf, and name the route that was spared; None when the application must be asked."""
        address = scope["path"], scope["query_string"]
        kept = self._kept.get(address)
        if kept is None or scope["method"] != "GET":
            return None
        route, answered = kept
        if not answered.is_current():
            del self._kept[address]
            return None
        answer = answered.answer_to(scope)
        if answer is not None:
            self._kept.move_to_end(address)
            scope["path_template"] = route
        return answer

    def keep(self, scope: HTTPScope) -> None:
        """Keep what the application has just answered, if that may be kept; the least used is forgotten."""
        answered = noted(scope)
        if answered is None or not (answered.is_public and answered.is_current()):
            return
        self._kept[scope["path"], scope["query_string"]] = str(scope.get("path_template")), answered
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
