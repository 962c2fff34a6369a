from sqlalchemy import select
from support.clinic import NOON, PASSWORD, Clinic, Person, completion

from server.accounts.tokens import read_token
from server.auth.models import SignInRow
from server.db.base import Row
from server.db.unit import unit_of_work


async def test_the_database_holds_no_token_code_or_password(clinic: Clinic, theo: Person, ana: Person) -> None:
    code = (await theo.post(f"/v1/clients/{ana.id}/pairing-codes"))["code"].replace("-", "")
    await clinic.http.post("/v1/auth/sign-in", json={"email": "theo@clinic.example", "password": "a canary password"})
    first = ana.tokens
    await ana.sign_in_again()
    await ana.push(completion(NOON))
    secrets = [PASSWORD, "a canary password", "theo@clinic.example", code, code[5:]]
    for tokens in (theo.tokens, first, ana.tokens):
        secrets += [tokens[key] for key in ("access_token", "refresh_token")]
    dump = await everything(clinic)
    assert all(each in dump for each in (code[:5], "here-in-this-room", ana.id))
    assert [each for each in secrets if each in dump] == []
    assert [each for each in secrets if len(each) > 60 and raw_secret(each) in dump] == []


async def everything(clinic: Clinic) -> str:
    """Return every value of every table as text, bytes in hexadecimal."""
    async with unit_of_work(clinic.sessions, writes=False) as session:
        rows = [row for table in Row.metadata.sorted_tables for row in await session.execute(select(table))]
    return "\n".join(value.hex() if isinstance(value, bytes) else str(value) for row in rows for value in row)


def raw_secret(token: str) -> str:
    read = read_token(token, "gwa") or read_token(token, "gwr")
    assert read
    return read.secret.hex()


async def test_the_search_for_secrets_finds_what_is_there(clinic: Clinic, ana: Person) -> None:
    async with unit_of_work(clinic.sessions, writes=True) as session:
        row = await session.scalar(select(SignInRow).where(SignInRow.role == "client"))
        assert row
        row.previous_hash = bytes.fromhex(raw_secret(ana.tokens["refresh_token"]))
    assert raw_secret(ana.tokens["refresh_token"]) in await everything(clinic)
