"""Using a passkey: to sign in, or to prove again who somebody is (decision 0015).

A passkey that has verified its user is both factors: the device somebody has, and the finger or the code that opens it.
"""

from server.accounts.work import Work
from server.auth import repository as sign_ins
from server.auth.door import Caller, Door
from server.auth.entry import Begin, Passed, T, let_in
from server.auth.families import Refused
from server.auth.oidc.repository import provider_is_only_way
from server.auth.passkeys import proof
from server.auth.passkeys.schemas import PasskeySignIn, Site
from server.auth.step_up import NotProven, Proven, note_proof


async def sign_in(door: Door, site: Site, data: PasskeySignIn, begin: Begin[T]) -> T:
    """Sign a member in by a passkey that has verified them.

    Raises:
        Refused: anything is not as it must be; one answer for all.
    """
    shown = proof.read_shown(door, data.credential)
    async with door.unit() as session:
        role = await proof.prove(session, door, site, shown, data.credential)
        if await provider_is_only_way(session, shown.owner.organisation):
            raise proof.refused()
        organisation, member = shown.owner
        passed = Passed(organisation=organisation, member=member, role=role, made_by="passkey")
        return await let_in(session, door.keys, passed, door.now, begin)


async def step_up(caller: Caller, site: Site, data: PasskeySignIn) -> Proven:
    """Note that the caller has proven again, by a passkey of theirs, who they are; it holds for five minutes.

    Raises:
        NotProven: anything is not as it must be, or it is somebody else's; one answer for all.
    """
    try:
        shown = proof.read_shown(caller.door, data.credential)
        if shown.owner != (caller.access.organisation, caller.access.subject):
            raise proof.refused()
        async with caller.unit() as work:
            await proof.prove(work.session, caller.door, site, shown, data.credential)
            return await _note_step_up(work)
    except Refused as error:
        # The caller's own sign-in goes on: 401 would say that it is over.
        raise NotProven("This passkey does not show that it is you.") from error


async def _note_step_up(work: Work) -> Proven:
    present = await sign_ins.lock_sign_in(work.session, work.access, work.access.sign_in)
    if present is None:
        raise proof.refused()
    return note_proof(work, present)
