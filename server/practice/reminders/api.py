from typing import Annotated, Any

from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from server.accounts.work import Work
from server.practice.reminders import service
from server.practice.reminders.schemas import Reminders, ReminderSchedule, SetReminders
from server.practice.reminders.texts import ReminderTexts
from server.web.policy import allow
from server.web.problems import problems

Days = Annotated[int, QueryParameter(ge=1, le=31, description="How many dates, today first")]


@get("/v1/me/reminders", operation_id="readReminders", responses=problems(401, 403), **allow("client"))
async def read_reminders(work: NamedDependency[Work], reminder_texts: NamedDependency[ReminderTexts]) -> Reminders:
    """Read when the caller wants to be reminded, and the texts to choose from."""
    return await service.read_reminders(work, reminder_texts)


@put("/v1/me/reminders", operation_id="setReminders", responses=problems(400, 401, 403, 410), **allow("client"))
async def set_reminders(
    data: JSONBody[SetReminders], work: NamedDependency[Work], reminder_texts: NamedDependency[ReminderTexts]
) -> Reminders:
    """Say when the caller wants to be reminded by their own phone; without times, never."""
    return await service.set_reminders(work, reminder_texts, data)


@get(
    "/v1/me/reminder-schedule",
    operation_id="readReminderSchedule",
    responses=problems(400, 401, 403),
    **allow("client"),
)
async def read_reminder_schedule(
    work: NamedDependency[Work], reminder_texts: NamedDependency[ReminderTexts], days: Days = 14
) -> ReminderSchedule:
    """Read what the caller's phone plans by itself. The server sends nothing, ever."""
    return await service.read_schedule(work, reminder_texts, days)


HANDLERS: list[Any] = [read_reminders, set_reminders, read_reminder_schedule]
