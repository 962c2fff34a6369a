from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from server.accounts.schemas import STAFF
from server.accounts.work import Work
from server.practice.attention import service, settings
from server.practice.attention.schemas import (
    Acknowledgement,
    ChangeSignalSettings,
    ClientSignals,
    Inbox,
    SignalRules,
    SignalSettings,
)
from server.practice.attention.service import Desk
from server.web.policy import allow, allow_everybody
from server.web.problems import problems

Since = Annotated[
    date | None, QueryParameter(description="Of what arrived from this date (UTC) on; default: the last 30 days")
]
SETTINGS = "/v1/clients/{client_id:uuid}/signal-settings"


@get("/v1/signal-rules", operation_id="readSignalRules", **allow_everybody())
async def read_signal_rules(signal_desk: NamedDependency[Desk]) -> SignalRules:
    """Read the rules by which a phone decides offline what to say and offer."""
    return settings.rules_for_phones(signal_desk.rules)


@get("/v1/signals", operation_id="readInbox", responses=problems(400, 401, 403), **allow(*STAFF))
async def read_inbox(work: NamedDependency[Work], signal_desk: NamedDependency[Desk], since: Since = None) -> Inbox:
    """Read what might need a look, of all clients in the caller's care. Nobody watches this for them."""
    return await service.read_inbox(work, signal_desk, since)


@get(
    "/v1/clients/{client_id:uuid}/signals",
    operation_id="readClientSignals",
    responses=problems(400, 401, 403, 404),
    **allow(*STAFF),
)
async def read_client_signals(
    client_id: FromPath[UUID], work: NamedDependency[Work], signal_desk: NamedDependency[Desk], since: Since = None
) -> ClientSignals:
    """Read what might need a look of one client, within what they share."""
    return await service.read_signals(work, signal_desk, client_id, since)


@post(
    "/v1/clients/{client_id:uuid}/signals/{signal_id:uuid}/acknowledgements",
    operation_id="acknowledgeSignal",
    status_code=200,
    responses=problems(401, 403, 404),
    **allow(*STAFF),
)
async def acknowledge_signal(
    client_id: FromPath[UUID],
    signal_id: FromPath[UUID],
    work: NamedDependency[Work],
    signal_desk: NamedDependency[Desk],
) -> Acknowledgement:
    """Note that the caller has looked at a signal; again changes nothing."""
    return await service.acknowledge(work, signal_desk, client_id, signal_id)


@get(SETTINGS, operation_id="readSignalSettings", responses=problems(401, 403, 404), **allow(*STAFF))
async def read_signal_settings(
    client_id: FromPath[UUID], work: NamedDependency[Work], signal_desk: NamedDependency[Desk]
) -> SignalSettings:
    """Read the rules of signals as they are for one client."""
    return await settings.read_settings(work, signal_desk.rules, client_id)


@put(SETTINGS, operation_id="changeSignalSettings", responses=problems(400, 401, 403, 404), **allow(*STAFF))
async def change_signal_settings(
    client_id: FromPath[UUID],
    data: JSONBody[ChangeSignalSettings],
    work: NamedDependency[Work],
    signal_desk: NamedDependency[Desk],
) -> SignalSettings:
    """Set the rules of signals for one client: off, or thresholds moved within their bounds."""
    return await settings.change_settings(work, signal_desk.rules, client_id, data)


HANDLERS: list[Any] = [
    read_signal_rules,
    read_inbox,
    read_client_signals,
    acknowledge_signal,
    read_signal_settings,
    change_signal_settings,
]
