"""Pairing a phone: by a code that is read out, or by a link that is shown as a QR code (`security.md`, Signing in)."""

from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct, UnsetType

from server.accounts import repository as accounts
from server.accounts.organisations import find_organisation
from server.accounts.policy import access_client
from server.accounts.service import read_zone
from server.accounts.sharing.support import require_support_person
from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret
from server.accounts.work import Visit, Work
from server.auth import codes, guessing, paired, repository
from server.auth.families import Refused
from server.auth.links import drawn, link_to
from server.auth.models import PairingRow
from server.auth.schemas import Pair, PairingCode, PairingLink, Tokens
from server.db.tenancy import enter
from server.kit.errors import FieldError, Invalid
from server.kit.ids import new_id

CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
LINK_LIFE = timedelta(hours=72)


class Holder(Struct, frozen=True, kw_only=True):
    """Whose phone is to be paired: the client's, or that of somebody who supports them."""

    client: UUID
    support_person: UUID | None = None


async def holder_in_care(work: Work, client: UUID) -> Holder:
    """Return a client of the caller's, whose phone the caller may pair.

    Raises:
        NotFound: not in the caller's care.
    """
    await access_client(work, client)
    return Holder(client=client)


async def supporting_holder(work: Work, support_person: UUID) -> Holder:
    """Return somebody who supports the caller, whose phone the caller may pair.

    Raises:
        NotFound: nobody supports the caller under this id.
    """
    await require_support_person(work, support_person)
    return Holder(client=work.access.subject, support_person=support_person)


async def make_code(work: Work, holder: Holder) -> PairingCode:
    """Make a code that pairs one phone within 15 minutes; what was made before and not used is over."""
    await end_pairings(work, holder)
    code = await _unused_code(work)
    locator, secret = codes.read_code(code)
    row = _row(work, holder, codes.hash_code(secret), CODE_LIFE)
    row.locator = locator
    work.session.add(row)
    return PairingCode(code=codes.show_code(code), expires_at=row.expires_at)


async def make_link(work: Work, holder: Holder, public_url: str) -> PairingLink:
    """Make a link that pairs one phone within 72 hours; what was made before and not used is over."""
    await end_pairings(work, holder)
    secret = new_secret()
    row = _row(work, holder, hash_secret(secret), LINK_LIFE)
    work.session.add(row)
    token = Token(organisation=row.organisation_id, sign_in=row.id, secret=secret)
    url = link_to(public_url, "pair", token.text("gwp"))
    return PairingLink(url=url, qr_svg=drawn(url), expires_at=row.expires_at)


async def end_pairings(work: Work, holder: Holder) -> None:
    """Take back every code and link of a holder that was not used yet."""
    await accounts.lock_client(work.session, work.access, holder.client)
    await repository.end_pairings(work.session, work.access, holder.client, holder.support_person, work.now)


def _row(work: Work, holder: Holder, secret_hash: bytes, life: timedelta) -> PairingRow:
    return PairingRow(
        organisation_id=work.access.organisation,
        id=new_id(),
        client_id=holder.client,
        support_person_id=holder.support_person,
        secret_hash=secret_hash,
        expires_at=work.now + life,
        tries=0,
    )


async def _unused_code(work: Work) -> str:
    """Return a code whose first half finds no other: each half has 33 million values, and codes are kept."""
    while True:
        code = codes.new_code()
        if await repository.find_pairing(work.session, work.access.organisation, codes.read_code(code)[0]) is None:
            return code


async def pair(visit: Visit, data: Pair) -> Tokens:
    """Pair a phone by a code or by the secret of a link.

    Raises:
        Refused: unknown, used, ended or expired, or five tries are over; one answer for all.
        Invalid: an unknown zone, or not one of code and secret.
        TooManyRequests: too many wrong codes from one address.
    """
    zone = read_zone(data.zone, "/zone")
    if isinstance(data.code, UnsetType) == isinstance(data.secret, UnsetType):
        error = FieldError(pointer="/code", code="missing", detail="Send either a code or the secret of a link.")
        raise Invalid("Pairing needs one code or one secret.", errors=[error])
    row = await _find(visit, data)
    if row is None:
        raise Refused("This code is not valid. Ask for a new one.", code="wrong_code")
    row.used_at = visit.now
    return await paired.begin(visit, row, zone)


async def _find(visit: Visit, data: Pair) -> PairingRow | None:
    if isinstance(data.secret, str):
        return await _find_by_secret(visit, data.secret)
    handle = data.organisation if isinstance(data.organisation, str) else None
    organisation = await find_organisation(visit.session, handle)
    locator, secret = codes.read_code(str(data.code))
    places = guessing.at_address(visit.keys, organisation, "pairing", visit.address)
    await guessing.count(visit.session, organisation, places, visit.now)
    row = await repository.find_pairing(visit.session, organisation, locator)
    if row is None:
        return None
    row.tries += 1
    if not _is_open(row, visit.now) or row.tries > CODE_TRIES or not codes.same_code(secret, row.secret_hash):
        return None
    await guessing.forgive(visit.session, organisation, places, visit.now)
    return row


async def _find_by_secret(visit: Visit, secret: str) -> PairingRow | None:
    token = read_token(secret, "gwp")
    if token is None:
        return None
    await enter(visit.session, token.organisation)
    row = await repository.lock_pairing(visit.session, token.organisation, token.sign_in)
    opens = row and row.locator is None and _is_open(row, visit.now) and same_secret(token.secret, row.secret_hash)
    return row if opens else None


def _is_open(row: PairingRow, now: datetime) -> bool:
    return row.used_at is None and row.ended_at is None and row.expires_at > now
