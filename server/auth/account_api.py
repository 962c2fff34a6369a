"""A member's own account."""

from typing import Any
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from server.accounts.schemas import MEMBERS
from server.accounts.work import Work
from server.auth import account
from server.auth.door import Caller
from server.auth.factors import service as factors
from server.auth.schemas import Account, ChangePassword, ConfirmTotp, OwnSignIns, RecoveryCodes, TotpSecret
from server.web.policy import allow
from server.web.problems import problems


@get("/v1/account", operation_id="readAccount", responses=problems(401, 403), **allow(*MEMBERS, enrolling=True))
async def read_account(work: NamedDependency[Work]) -> Account:
    """Read who you are here, and by what you can sign in."""
    return await account.read_account(work)


@patch(
    "/v1/account/password",
    operation_id="changePassword",
    status_code=204,
    responses=problems(400, 401, 403, 429),
    **allow(*MEMBERS, enrolling=True),
)
async def change_password(data: JSONBody[ChangePassword], caller: NamedDependency[Caller]) -> None:
    """Change your password; all your other sign-ins end."""
    await account.change_password(caller, data)


@get("/v1/account/sign-ins", operation_id="listOwnSignIns", responses=problems(401, 403), **allow(*MEMBERS))
async def list_own_sign_ins(work: NamedDependency[Work]) -> OwnSignIns:
    """List your sign-ins that go on."""
    return await account.list_sign_ins(work)


@delete(
    "/v1/account/sign-ins/{sign_in_id:uuid}",
    operation_id="endOwnSignIn",
    responses=problems(401, 403, 404),
    **allow(*MEMBERS),
)
async def end_own_sign_in(sign_in_id: FromPath[UUID], work: NamedDependency[Work]) -> None:
    """End one of your sign-ins."""
    await account.end_sign_in(work, sign_in_id)


@post(
    "/v1/account/second-factors/totp",
    operation_id="beginTotp",
    responses=problems(401, 403, 409),
    **allow(*MEMBERS, step_up=True, enrolling=True),
)
async def begin_totp(work: NamedDependency[Work]) -> TotpSecret:
    """Make a secret for an authenticator app; it is a factor once a code of it is confirmed."""
    return await factors.begin_totp(work)


@post(
    "/v1/account/second-factors/totp/confirm",
    operation_id="confirmTotp",
    status_code=200,
    responses=problems(400, 401, 403, 409),
    **allow(*MEMBERS, enrolling=True),
)
async def confirm_totp(data: JSONBody[ConfirmTotp], work: NamedDependency[Work]) -> RecoveryCodes:
    """Confirm the authenticator app by its first code; the recovery codes are shown this one time."""
    return await factors.confirm_totp(work, data)


@delete(
    "/v1/account/second-factors/totp",
    operation_id="removeTotp",
    responses=problems(401, 403, 404),
    **allow(*MEMBERS, step_up=True),
)
async def remove_totp(work: NamedDependency[Work]) -> None:
    """Remove the authenticator app and the recovery codes."""
    await factors.remove_totp(work)


@post(
    "/v1/account/recovery-codes",
    operation_id="renewRecoveryCodes",
    responses=problems(401, 403, 409),
    **allow(*MEMBERS, step_up=True),
)
async def renew_recovery_codes(work: NamedDependency[Work]) -> RecoveryCodes:
    """Make ten new recovery codes; the old ones end."""
    return await factors.renew_recovery_codes(work)


HANDLERS: list[Any] = [
    read_account,
    change_password,
    list_own_sign_ins,
    end_own_sign_in,
    begin_totp,
    confirm_totp,
    remove_totp,
    renew_recovery_codes,
]
