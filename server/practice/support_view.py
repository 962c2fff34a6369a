"""What somebody who supports a client is shown: what the client shares with them now, and nothing else."""

from msgspec import UNSET

from server.accounts.modes import silenced_since
from server.accounts.policy import access_client
from server.accounts.sharing.schemas import Scope
from server.accounts.sharing.service import shared_scopes
from server.accounts.sharing.support import read_supporter
from server.accounts.work import Work
from server.practice import figures
from server.practice.check_ins.service import read_ratings
from server.practice.schemas import SupportView
from server.practice.standing import read_standing


async def read_support_view(work: Work) -> SupportView:
    """Return what the caller, who supports a client, is shown (`streaks.md` R17: in its gentle form only).

    Raises:
        NotFound: the client has ended it.
    """
    supporter = await read_supporter(work)
    scopes = await shared_scopes(work, supporter.client)
    client = await access_client(work, supporter.client)
    heard: frozenset[Scope] = frozenset() if silenced_since(client) else scopes
    return SupportView(
        shown_name=supporter.shown_name or UNSET,
        streak=figures.gentle((await read_standing(work, client.id)).report()) if "streak" in heard else UNSET,
        check_ins=await read_ratings(work, client.id) if "check_ins" in heard else UNSET,
    )
