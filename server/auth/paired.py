"""What begins when a phone was let in: a client's device with its zone, or the sign-in of a support person."""

from uuid import UUID

from server.accounts.models import DeviceRow
from server.accounts.repository import find_zone
from server.accounts.schemas import Role
from server.accounts.scope import lock_scope, new_zone
from server.accounts.sharing.repository import is_supporting
from server.accounts.work import Visit
from server.audit.service import Entry, record
from server.auth.families import Refused, start_sign_in
from server.auth.models import PairingRow
from server.auth.schemas import Tokens
from server.kit.ids import new_id

ACTION = "pairPhone"


async def begin(visit: Visit, row: PairingRow, zone: str) -> Tokens:
    """Sign the phone in that used this pairing.

    Raises:
        Refused: the client has ended whoever this was for.
    """
    if row.support_person_id is None:
        return await _begin_client(visit, row, zone)
    return await _begin_supporter(visit, row, row.support_person_id)


async def _begin_client(visit: Visit, row: PairingRow, zone: str) -> Tokens:
    key = {"organisation_id": row.organisation_id, "client_id": row.client_id}
    scope = await lock_scope(visit.session, row.organisation_id, row.client_id, visit.now)
    device = DeviceRow(**key, id=new_id(), paired_at=visit.now)
    visit.session.add(device)
    if known := await find_zone(visit.session, row.organisation_id, row.client_id, visit.now):
        known.zone, known.received_at = zone, visit.now
        known.version = scope.add(known.id, replaces=known.version)
    else:
        visit.session.add(new_zone(scope, new_id(), visit.now, zone))
    await visit.session.flush()
    await _note(visit, row, "client", row.client_id, device.id)
    return _start(visit, row, row.client_id, "client", device.id)


async def _begin_supporter(visit: Visit, row: PairingRow, support_person: UUID) -> Tokens:
    if not await is_supporting(visit.session, row.organisation_id, support_person):
        raise Refused("This code is not valid. Ask for a new one.", code="wrong_code")
    await _note(visit, row, "support", support_person, None)
    return _start(visit, row, support_person, "support", None)


def _start(visit: Visit, row: PairingRow, subject: UUID, role: Role, device: UUID | None) -> Tokens:
    return start_sign_in(visit.session, row.organisation_id, subject, role, device, visit.now, made_by="pairing")


async def _note(visit: Visit, row: PairingRow, role: Role, actor: UUID, about: UUID | None) -> None:
    entry = Entry(at=visit.now, actor=actor, role=role, action=ACTION, client=row.client_id, object=about)
    await record(visit.session, visit.keys, row.organisation_id, entry)
