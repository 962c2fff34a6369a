from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.handlers import BaseRouteHandler

from server.kit.explain import explain
from server.web.limits import check_json
from server.web.negotiation import JSON
from server.web.operation import media_type_of
from server.web.problems import FrameworkProblem


class JsonRequest(Request[Any, Any, Any]):
    """The application's request class: JSON bodies are decoded once, strictly, straight into the handler's type.

    Where a handler declares another media type, the body is given to it as it is.
    """

    async def json(self) -> Any:  # noqa: ANN401 - whatever type the handler declares
        """Return the body as the type of the handler's `data`.

        Raises:
            FrameworkProblem: 415, the body is not declared as what the handler takes; 413, it is too large.
            Invalid: 400, it is not JSON, holds NUL, is nested too deeply or does not fit the type.
        """
        body, taken = await self.body(), _taken(self.route_handler)
        if self.content_type[0] != taken:
            raise FrameworkProblem(415, f"Send {taken}.", code="unsupported_media_type", headers={"Accept": taken})
        if taken != JSON:
            return body
        check_json(body)
        try:
            return _decoder(self.route_handler).decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise explain(error) from None


@cache
def _taken(handler: BaseRouteHandler) -> str:
    data = handler.parsed_fn_signature.parameters.get("data")
    return media_type_of(data) if data else JSON


@cache
def _decoder(handler: BaseRouteHandler) -> msgspec.json.Decoder[Any]:
    # By handler: Litestar's annotations take longer to hash than a body to decode.
    data = handler.parsed_fn_signature.parameters.get("data")
    return msgspec.json.Decoder(Any if data is None else data.raw)
