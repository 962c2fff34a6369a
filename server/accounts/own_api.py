"""Phones, and who read what."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from server.accounts import devices, record
from server.accounts.schemas import STAFF, AuditPage, Devices, RecordReads
from server.accounts.work import Work
from server.web.policy import allow
from server.web.problems import problems

Cursor = Annotated[str | None, QueryParameter(max_length=200, description="`next_cursor` of the last answer")]
Limit = Annotated[int, QueryParameter(ge=1, le=200, description="How many at most")]


@get("/v1/me/devices", operation_id="listDevices", responses=problems(401, 403), **allow("client"))
async def list_devices(work: NamedDependency[Work]) -> Devices:
    """List the caller's own phones."""
    return await devices.list_devices(work, work.access.subject)


@delete(
    "/v1/me/devices/{device_id:uuid}",
    operation_id="endDevice",
    responses=problems(401, 403, 404),
    **allow("client"),
)
async def end_device(device_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End one of the caller's own phones; what it has queued stays on it."""
    await devices.end_device(work, work.access.subject, device_id)


@get(
    "/v1/clients/{client_id:uuid}/devices",
    operation_id="listClientDevices",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def list_client_devices(client_id: FromPath[UUID], work: NamedDependency[Work]) -> Devices:
    """List a client's phones."""
    return await devices.list_devices(work, client_id)


@delete(
    "/v1/clients/{client_id:uuid}/devices/{device_id:uuid}",
    operation_id="endClientDevice",
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def end_client_device(client_id: FromPath[UUID], device_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End a client's phone, as when it was lost; what it has queued stays on it."""
    await devices.end_device(work, client_id, device_id)


@get("/v1/me/record-reads", operation_id="listRecordReads", responses=problems(400, 401, 403), **allow("client"))
async def list_record_reads(work: NamedDependency[Work], cursor: Cursor = None, limit: Limit = 50) -> RecordReads:
    """List who read or changed the caller's record."""
    return await record.read_record_reads(work, cursor, limit)


@get("/v1/audit", operation_id="readAudit", responses=problems(400, 401, 403), **allow("admin"))
async def read_audit(work: NamedDependency[Work], cursor: Cursor = None, limit: Limit = 50) -> AuditPage:
    """Read the clinic's audit: ids and actions, no names."""
    return await record.read_audit(work, cursor, limit)


HANDLERS: list[Any] = [list_devices, end_device, list_client_devices, end_client_device, list_record_reads, read_audit]
