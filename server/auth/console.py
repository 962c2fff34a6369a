"""The console's cookie is replaced when somebody shows anew who they are (OWASP ASVS 5.0, 7.2.4)."""

from server.accounts.tokens import Token, hash_secret, new_secret, read_token, same_secret
from server.auth import repository
from server.auth.door import Door
from server.auth.models import SignInRow
from server.db.tenancy import enter


async def end_older(door: Door, cookie: str | None) -> None:
    """End the sign-in that a browser held until it signed in anew, whosever it was; any other cookie ends nothing."""
    token = read_token(cookie or "", "gws")
    if token is None:
        return
    async with door.unit() as session:
        await enter(session, token.organisation)
        older = await repository.find_bearer(session, token.organisation, token.sign_in, lock=True)
        if older and older.sign_in.console and same_secret(token.secret, older.sign_in.access_hash):
            older.sign_in.ended_at = older.sign_in.ended_at or door.now


def replace_cookie(row: SignInRow) -> str:
    """Return the new cookie of a sign-in; the old one ends at once. How long the sign-in lives stays as it was."""
    secret = new_secret()
    row.access_hash = hash_secret(secret)
    return Token(organisation=row.organisation_id, sign_in=row.id, secret=secret).text("gws")
