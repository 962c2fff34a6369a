from collections.abc import Iterator
from typing import Any, get_args

import msgspec
from litestar import Litestar
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.utils.signature import ParsedSignature


def refuse_faulty_parameters(app: Litestar) -> None:
    """Stop the start of an application with a parameter that would fail or be waved through at every request.

    Litestar 2.25 reads `FromQuery[Annotated[int, Meta(ge=1)]]` and drops the bound without a word: neither the value
    is checked nor the document says so. `Annotated[int, QueryParameter(ge=1)]` is enforced. And a union of two types
    that are both written as text (`UUID | Literal["last"]`) is accepted at the start and a 500 at each request.

    Raises:
        TypeError: naming the handler and the parameter.
    """
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler, _ in route.route_handler_map.values():
                providers = [each.parsed_fn_signature for each in handler.resolve_dependencies().values()]
                for signature in (*providers, handler.parsed_fn_signature):
                    _check(str(handler), signature)


def _check(handler: str, signature: ParsedSignature) -> None:
    for name, field in signature.parameters.items():
        if not isinstance(field.kwarg_definition, ParameterKwarg):
            continue
        if any(_metas(field.raw)):
            raise TypeError(f"{handler}: bound `{name}` by QueryParameter(...) or PathParameter(...) instead.")
        try:
            msgspec.inspect.type_info(field.annotation)
        except TypeError as error:
            raise TypeError(f"{handler}: no value can be read as the type of `{name}`.") from error


def _metas(annotation: Any) -> Iterator[bool]:  # noqa: ANN401 - an annotation is anything
    for part in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
        yield isinstance(part, msgspec.Meta)
        yield from _metas(part)
