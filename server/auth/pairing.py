"""Pairing a client's phone by a code that is read out."""

from datetime import datetime, timedelta
from uuid import UUID

from server.accounts.models import DeviceRow, ZoneRow
from server.accounts.organisations import find_organisation
from server.accounts.policy import access_client
from server.accounts.service import read_zone
from server.accounts.work import Visit, Work
from server.auth import codes, repository
from server.auth.families import Refused, start_sign_in
from server.auth.models import PairingRow
from server.auth.schemas import Pair, PairingCode, Tokens
from server.kit.ids import new_id

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5


async def make_pairing_code(work: Work, client: UUID) -> PairingCode:
    """Make a code that pairs one phone within 15 minutes.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    code = await _unused_code(work)
    locator, secret = codes.read_code(code)
    row = PairingRow(
        organisation_id=work.access.organisation,
        id=new_id(),
        client_id=client,
        locator=locator,
        secret_hash=codes.hash_code(secret),
        expires_at=work.now + CODE_LIFE,
        tries=0,
    )
    work.session.add(row)
    return PairingCode(code=codes.show_code(code), expires_at=row.expires_at)


async def _unused_code(work: Work) -> str:
    """Return a code whose first half finds no other: each half has 33 million values, and codes are kept."""
    while True:
        code = codes.new_code()
        if await repository.find_pairing(work.session, work.access.organisation, codes.read_code(code)[0]) is None:
            return code


async def pair(visit: Visit, data: Pair) -> Tokens:
    """Pair a phone by the code that was read out, and note the zone it is in.

    Raises:
        Refused: unknown, used or expired, or five tries are over; one answer for all.
        Invalid: an unknown zone.
    """
    session, now = visit.session, visit.now
    zone = read_zone(data.zone, "/zone")
    handle = data.organisation if isinstance(data.organisation, str) else None
    organisation = await find_organisation(session, handle)
    locator, secret = codes.read_code(data.code)
    row = await repository.find_pairing(session, organisation, locator)
    if row is not None:
        row.tries += 1
    if row is None or not _opens(row, secret, now):
        raise Refused("This code is not valid. Ask for a new one.", code="wrong_code")
    row.used_at = now
    key = {"organisation_id": organisation, "client_id": row.client_id}
    device = DeviceRow(**key, id=new_id(), paired_at=now)
    session.add(device)
    await session.merge(ZoneRow(**key, at=now, zone=zone))
    await session.flush()
    return start_sign_in(session, organisation, row.client_id, "client", device.id, now)


def _opens(row: PairingRow, secret: str, now: datetime) -> bool:
    fresh = row.used_at is None and row.expires_at > now and row.tries <= CODE_TRIES
    return fresh and codes.same_code(secret, row.secret_hash)
