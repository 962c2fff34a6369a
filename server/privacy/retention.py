"""How long what nobody needs any more is kept (`docs/privacy.md`).

What a client practised is kept until they, or the clinic on their word, erase it.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from server.privacy import repository


class Rule(Struct, frozen=True, kw_only=True):
    """Rows of `table` go once any of the instants in `since` lies `keep` back; `what` says it in words."""

    table: str
    since: tuple[str, ...]
    keep: timedelta
    what: str


RULES: Final = (
    Rule(table="pairings", since=("expires_at",), keep=timedelta(days=30), what="expired more than 30 days ago"),
    Rule(table="invitations", since=("expires_at",), keep=timedelta(days=30), what="expired more than 30 days ago"),
    Rule(table="factor_challenges", since=("expires_at",), keep=timedelta(days=1), what="expired more than a day ago"),
    Rule(table="spent_challenges", since=("expires_at",), keep=timedelta(days=1), what="expired more than a day ago"),
    Rule(
        table="sign_ins",
        since=("ended_at", "refresh_expires_at"),
        keep=timedelta(days=400),
        what="ended or expired more than 400 days ago",
    ),
    Rule(table="guesses", since=("free_at",), keep=timedelta(days=1), what="harmless for more than a day"),
)


async def apply(session: AsyncSession, organisation: UUID, rule: Rule, now: datetime, *, deletes: bool) -> int:
    """Return how many rows of an organisation a rule concerns; `deletes` them too."""
    before = now - rule.keep
    if deletes:
        return await repository.delete_older(session, organisation, rule.table, rule.since, before)
    return await repository.count_older(session, organisation, rule.table, rule.since, before)
