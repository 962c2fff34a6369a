"""A clinic's provider of sign-ins on loopback (OpenID Connect Core 1.0, authorization code with PKCE).

It approves whoever comes. What a test sets (`claims`, `header`, `down`, ...) is what it says from then on.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import socket
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from support.clinic import HandClock

CLIENT_ID, SECRET = "groundwork at the clinic", "a canary secret: of/the+client"
Key = RSAKey | ECKey


def new_key(name: str = "first") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"})


class Provider:
    """`claims` change what the ID token says (None leaves one out); `keys` sign, the first of them."""

    def __init__(self, issuer: str, clock: HandClock, key: Key) -> None:
        self.issuer = issuer
        self.clock = clock
        self.keys: list[Key] = [key]
        self.signs_with: Any = None
        self.header: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def approve(self, authorization_url: str) -> dict[str, str]:
        """Sign somebody in who was sent here; return the query that their browser is sent back with."""
        url = urlsplit(authorization_url)
        asked = dict(parse_qsl(url.query))
        assert f"{url.scheme}://{url.netloc}{url.path}" == f"{self.issuer}/authorize"
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT_ID)
        assert (asked["code_challenge_method"], "openid" in asked["scope"].split()) == ("S256", True)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        path = scope["path"]
        self.asked.append(path)
        body = (await receive()).get("body", b"") if scope["method"] == "POST" else b""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        status, own, content = self.answers.get(path) or self._answer(path, headers, body)
        told = [(name.encode(), value.encode()) for name, value in own.items()]
        await send({"type": "http.response.start", "status": status, "headers": told})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        match path:
            case "/.well-known/openid-configuration":
                return self._json(200, self.described())
            case "/keys":
                return self._json(200, KeySet(list(self.keys)).as_dict())
            case "/token":
                form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
                return self._token(headers, form)
            case _:
                return self._json(404, {})

    def described(self) -> dict[str, Any]:
        described = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "authorization_response_iss_parameter_supported": True,
        }
        return described | self.metadata

    def _token(self, headers: dict[str, str], form: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if self._client(headers, form) != (CLIENT_ID, SECRET):
            return self._json(401, {"error": "invalid_client"})
        asked = self._codes.pop(form["code"], {"code_challenge": ""})
        hashed = hashlib.sha256(form["code_verifier"].encode()).digest()
        verified = _text(hashed) == asked["code_challenge"]
        if not verified or form["redirect_uri"] != asked["redirect_uri"]:
            return self._json(400, {"error": "invalid_grant"})
        return self._json(200, {"id_token": self.id_token(asked["nonce"]), "access_token": "a", "token_type": "Bearer"})

    @staticmethod
    def _client(headers: dict[str, str], form: dict[str, str]) -> tuple[str, str]:
        if "authorization" not in headers:
            return form["client_id"], form["client_secret"]
        name, _, secret = b64decode(headers["authorization"].removeprefix("Basic ")).decode().partition(":")
        return unquote(name), unquote(secret)

    def id_token(self, nonce: str) -> str:
        now = int(self.clock.now().timestamp())
        usual = {
            "iss": self.issuer,
            "sub": "theo-at-the-provider",
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            "email": "theo@clinic.example",
            "email_verified": True,
        }
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        key = self.signs_with or self.keys[0]
        header = {"alg": "ES256" if isinstance(key, ECKey) else "RS256", "kid": key.kid} | self.header
        if header["alg"] in ("none", "HS256"):
            return self._forged(header, claims)
        known = {"unheard-of": HeaderParameter("A word nobody else knows", "str")}
        registry = JWSRegistry(known, algorithms=["RS256", "ES256", "RS384"])
        return jwt.encode(header, claims, key, registry=registry)

    def _forged(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Return a token that is signed by nothing, or by the public key taken for a shared secret."""
        signed = ".".join(_text(json.dumps(each).encode()) for each in (header, claims))
        public = self.keys[0].as_pem(private=False)
        return f"{signed}.{_text(hmac.digest(public, signed.encode(), 'sha256')) if header['alg'] == 'HS256' else ''}"

    @staticmethod
    def _json(status: int, content: Any) -> tuple[int, dict[str, str], bytes]:
        return status, {"Content-Type": "application/json"}, json.dumps(content).encode()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Door:
    """A loopback address that stays while the providers behind it come and go."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._behind: Provider | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        assert self._behind
        await self._behind(scope, receive, send)

    def opened(self, clock: HandClock, key: Key) -> Provider:
        """Return a provider that nobody has asked yet, which answers from now on."""
        self._behind = Provider(self.issuer, clock, key)
        return self._behind


@asynccontextmanager
async def serving_door() -> AsyncIterator[Door]:
    """Serve on a free loopback port."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        door = Door(f"http://127.0.0.1:{bound.getsockname()[1]}")
        config = uvicorn.Config(door, log_config=None, lifespan="off", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event to wait for
            await asyncio.sleep(0.005)
        yield door
        server.should_exit = True
        await serving
