from datetime import date

from server.accounts import service as accounts
from server.accounts.models import ClientRow
from server.accounts.work import Work
from server.kit.days import practice_date_of
from server.kit.errors import FieldError, Invalid


async def today_of(work: Work, owner: ClientRow) -> date:
    """Return the practice date it is for a client now."""
    return practice_date_of(work.now, await accounts.zone_of(work, owner), owner.day_start)


def out_of_order(pointer: str) -> Invalid:
    """Return the problem of a date that makes no span with another."""
    error = FieldError(
        pointer=pointer, code="out_of_range", detail="The end is before the beginning, or one of them is too far away."
    )
    return Invalid("These dates do not make a span.", errors=[error])
