from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler
from litestar.params import BodyKwarg, ParameterKwarg
from litestar.response import Response
from litestar.types.builtin_types import NoneType
from litestar.typing import FieldDefinition
from msgspec import Struct

from server.web.elsewhere import TEMPORARY_REDIRECT
from server.web.negotiation import JSON, MESSAGEPACK
from server.web.problems import MEDIA_TYPE, ProblemDetails, phrase
from server.web.ranges import PARTIAL, FileReply, RangedReply
from server.web.reply import NOT_MODIFIED
from server.web.schema import Json, bounds_of

_BINARY: Final = {"type": "string", "format": "binary"}
_TEXT: Final = {"type": "string"}
_LOCATION: Json = {
    "Location": {"description": "Where it is for now.", "schema": {"type": "string", "format": "uri"}},
}
_ETAG: Final = {"ETag": {"description": "For If-None-Match.", "schema": {"type": "string"}}}


class Operation(Struct, frozen=True, kw_only=True):
    """One method of one path: Litestar's outline of it and the handler that serves it."""

    path: str
    method: str
    outline: Json
    handler: HTTPRouteHandler

    def taken(self) -> Iterator[Any]:
        """Yield every type the operation takes."""
        yield from (field.annotation for field in self._fields().values())
        body = self._body()
        if body is not None and media_type_of(body) == JSON:
            yield body.raw

    def given(self) -> Iterator[Any]:
        """Yield every type the operation answers with."""
        yield ProblemDetails
        content = self._content()
        if content is not None and content[0] == JSON:
            yield content[1]
        for spec in (self.handler.responses or {}).values():
            yield spec.data_container

    def written(self, schemas: Mapping[Any, Json]) -> Json:
        """Return the operation as it is published; `schemas` has one for each type it takes or gives."""
        written = {key: part for key, part in self.outline.items() if key not in {"deprecated", "responses"}}
        written["summary"] = self.handler.summary or self.handler.handler_name.replace("_", " ").capitalize()
        if description := cleandoc(self.handler.description or self.handler.fn.__doc__ or "").partition("\n\n")[0]:
            written["description"] = description
        if self.outline.get("deprecated"):
            written["deprecated"] = True
        if parameters := self._parameters(schemas):
            written["parameters"] = parameters
        body = self._body()
        if body is not None:
            media = media_type_of(body)
            content = {"schema": schemas[body.raw] if media == JSON else _BINARY}
            written["requestBody"] = {"required": body.is_required, "content": {media: content}}
        responses = self._successes(schemas) | self._problems(schemas)
        written["responses"] = {status: responses[status] for status in sorted(responses)}
        return written

    def _fields(self) -> dict[str, FieldDefinition]:
        """Return the handler's parameters and those of its dependencies by their names on the wire."""
        signatures = [each.parsed_fn_signature for each in self.handler.resolve_dependencies().values()]
        fields = {
            _name(field): field
            for signature in [*signatures, self.handler.parsed_fn_signature]
            for field in signature.parameters.values()
        }
        return {each["name"]: fields[each["name"]] for each in self._outlined() if each["name"] in fields}

    def _outlined(self) -> list[Json]:
        return list(self.outline.get("parameters", ()))

    def _parameters(self, schemas: Mapping[Any, Json]) -> list[Json]:
        fields = self._fields()
        written = []
        for each in sorted(self._outlined(), key=lambda parameter: (parameter["in"], parameter["name"])):
            field = fields.get(each["name"])
            schema = each["schema"] if field is None else schemas[field.annotation] | bounds_of(field.kwarg_definition)
            if field is not None and field.has_default and isinstance(field.default, str | int | float):
                schema = schema | {"default": field.default}
            described = {"description": each["description"]} if each.get("description") else {}
            required = {"required": True} if each.get("required") else {}
            written.append({"name": each["name"], "in": each["in"]} | described | required | {"schema": schema})
        return written

    def _body(self) -> FieldDefinition | None:
        return self.handler.parsed_fn_signature.parameters.get("data")

    def _content(self) -> tuple[str, Any] | None:
        """Return the media type and the type of a successful answer, or None when it has no body."""
        returned = self.handler.parsed_fn_signature.return_type
        if returned.is_subclass_of(FileReply):
            return str(self.handler.media_type or "application/octet-stream"), bytes
        inner = returned
        if returned.is_subclass_of(Response):
            inner = returned.inner_types[0] if returned.inner_types else FieldDefinition.from_annotation(bytes)
        if inner.is_subclass_of(NoneType):
            return None
        return str(getattr(self.handler.media_type, "value", self.handler.media_type) or JSON), inner.raw

    def _successes(self, schemas: Mapping[Any, Json]) -> Json:
        content = self._content()
        answer: Json = {"description": self.handler.response_description or phrase(self.handler.status_code)}
        if content is not None:
            media, annotation = content
            schema = schemas[annotation] if media == JSON else _TEXT if media.startswith("text/") else _BINARY
            medias = (JSON, MESSAGEPACK) if media == JSON else (media,)
            answer["content"] = {each: {"schema": schema} for each in medias}
        if self.method != "get":
            return {str(self.handler.status_code): answer}
        answer["headers"] = _ETAG
        found = {str(self.handler.status_code): answer, str(NOT_MODIFIED): {"description": "Not Modified"}}
        returned = self.handler.parsed_fn_signature.return_type
        if returned.is_subclass_of(FileReply):
            found[str(PARTIAL)] = answer | {"description": "Partial Content"}
            if not returned.is_subclass_of(RangedReply):
                found[str(TEMPORARY_REDIRECT)] = {"description": "Temporary Redirect", "headers": _LOCATION}
        return found

    def _problems(self, schemas: Mapping[Any, Json]) -> Json:
        content = {MEDIA_TYPE: {"schema": schemas[ProblemDetails]}}
        extra = self.handler.responses or {}
        statuses = {400, *(status for status in extra if status >= 400)}  # noqa: PLR2004 - HTTP's own classes
        statuses |= {413, 415} if self._body() is not None else set()
        # Only what a caller puts into it makes an address too long.
        statuses |= {414} if any(each["in"] in {"path", "query"} for each in self._outlined()) else set()
        statuses |= {401} if self.handler.resolve_security() else set()
        # Whoever signs in, or has, needs the database, which may be busy for a moment.
        statuses |= {503} if self.handler.resolve_security() or self._body() is not None else set()
        statuses |= {416} if self.handler.parsed_fn_signature.return_type.is_subclass_of(FileReply) else set()
        found: Json = {}
        for status in statuses:
            found[str(status)] = {"description": phrase(status), "content": content}
        for status, spec in extra.items():
            schema = {str(spec.media_type): {"schema": schemas[spec.data_container]}}
            found[str(status)] = {"description": spec.description, "content": schema}
        return found


def _name(field: FieldDefinition) -> str:
    definition = field.kwarg_definition
    return (definition.name if isinstance(definition, ParameterKwarg) else None) or field.name


def media_type_of(body: FieldDefinition) -> str:
    """Return the media type in which an operation takes its body."""
    definition = body.kwarg_definition
    if not isinstance(definition, BodyKwarg):
        return JSON
    return str(getattr(definition.media_type, "value", definition.media_type))
