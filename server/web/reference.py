from collections.abc import Iterator
from html import escape
from typing import Any, Final

from server.web.page import element, page, table
from server.web.schema import Json

_RANGES: Final = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "less than {}"),
    ("multipleOf", "a multiple of {}"),
    ("minLength", "{} characters or more"),
    ("maxLength", "{} characters or fewer"),
    ("minItems", "{} items or more"),
    ("maxItems", "{} items or fewer"),
    ("pattern", "matching {}"),
    ("format", "{}"),
    ("default", "default {}"),
)
_PROBLEM: Final = 400
_UNTAGGED: Final = "other"


def reference(document: Json) -> bytes:
    """Return a readable page of an OpenAPI document: no script, nothing loaded from anywhere."""
    info = document["info"]
    tags = [tag["name"] for tag in document["tags"]] + [_UNTAGGED]
    operations = list(_operations(document))
    groups = {tag: [each for each in operations if tag in each[2].get("tags", [_UNTAGGED])] for tag in tags}
    about = "".join(element("p", _prose(line)) for line in info["description"].split("\n\n"))
    main = (
        element("h1", f"{escape(info['title'])} API {escape(info['version'])}")
        + about
        + element("p", element("a", "The OpenAPI document", href="/openapi.json"))
        + "".join(_group(tag, group) for tag, group in groups.items() if group)
        + _schemas(document["components"]["schemas"])
    )
    return page(f"{info['title']} API", _navigation(groups), main)


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def _navigation(groups: dict[str, list[tuple[str, str, Json]]]) -> str:
    return "".join(
        element("h2", escape(tag.capitalize()))
        + element("ul", *(element("li", _link(each, f"#{each['operationId']}")) for _, _, each in operations))
        for tag, operations in groups.items()
        if operations
    ) + element("h2", element("a", "Schemas", href="#schemas"))


def _link(operation: Json, href: str) -> str:
    return element("a", escape(operation["summary"]), href=href)


def _group(tag: str, operations: list[tuple[str, str, Json]]) -> str:
    return element("section", element("h2", escape(tag.capitalize())), *(_operation(*each) for each in operations))


def _operation(method: str, path: str, operation: Json) -> str:
    parameters = [
        (element("code", escape(each["name"])), each["in"], _required(each.get("required")), _value(each))
        for each in operation.get("parameters", ())
    ]
    answers = [
        (status, _prose(answer["description"]), _content(answer)) for status, answer in operation["responses"].items()
    ]
    fine = [each for each in answers if int(each[0]) < _PROBLEM]
    wrong = [each[:2] for each in answers if int(each[0]) >= _PROBLEM]
    address = element("code", element("span", method.upper(), class_="method"), f" {escape(path)}", class_="path")
    return element(
        "article",
        element("h3", escape(operation["summary"])),
        element("p", address),
        _described(operation),
        element("p", "Needs a bearer token.", class_="note") if operation.get("security") else "",
        table("Parameters", ("Name", "In", "Needed", "Value"), parameters),
        _body(operation),
        table("Answers", ("Status", "Meaning", "Body"), fine),
        table("Problems", ("Status", "Meaning"), wrong),
        id=operation["operationId"],
    )


def _value(parameter: Json) -> str:
    return shape(parameter["schema"]) + (f". {_prose(parameter['description'])}" if "description" in parameter else "")


def _described(part: Json) -> str:
    return element("p", _prose(part["description"])) if part.get("description") else ""


def _body(operation: Json) -> str:
    body = operation.get("requestBody")
    return element("h4", "Body") + element("p", _content(body)) if body else ""


def _content(part: Json) -> str:
    contents = part.get("content", {})
    return "".join(
        f"{shape(content['schema'])} as {', '.join(element('code', escape(media)) for media in contents)}"
        for content in list(contents.values())[:1]
    )


def _schemas(schemas: Json) -> str:
    return element(
        "section",
        element("h2", "Schemas", id="schemas"),
        *(
            element("article", element("h3", escape(name)), _described(schema), _fields(schema), id=f"schema-{name}")
            for name, schema in schemas.items()
        ),
    )


def _fields(schema: Json) -> str:
    if "properties" not in schema:
        return element("p", shape(schema))
    required = schema.get("required", ())
    rows = [
        (element("code", escape(name)), _required(name in required), shape(field))
        for name, field in schema["properties"].items()
    ]
    return table("Fields", ("Name", "Needed", "Value"), rows)


def _required(required: object) -> str:
    return "required" if required else "optional"


def shape(schema: Json) -> str:
    """Say in a few words, as HTML, what a value of a schema looks like."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return element("a", escape(name), href=f"#schema-{name}") + _bounds(schema)
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return " or ".join(shape(each) for each in schema[choice]) + _bounds(schema)
    if "enum" in schema:
        return "one of " + ", ".join(element("code", escape(str(each))) for each in schema["enum"]) + _bounds(schema)
    return _kind(schema) + _bounds(schema)


def _kind(schema: Json) -> str:
    if schema.get("type") == "array":
        if "prefixItems" in schema:
            return f"array of {', '.join(shape(each) for each in schema['prefixItems'])}"
        return f"array of {shape(schema['items'])}" if schema.get("items") else "array"
    if isinstance(schema.get("additionalProperties"), dict):
        return f"object of {shape(schema['additionalProperties'])}"
    return escape(str(schema.get("type", "anything")))


def _bounds(schema: Json) -> str:
    said = [phrase.format(element("code", escape(_shown(schema[key])))) for key, phrase in _RANGES if key in schema]
    return "".join(f", {each}" for each in said)


def _shown(value: Any) -> str:  # noqa: ANN401 - a literal of JSON
    return str(value).lower() if isinstance(value, bool) else str(value)


def _prose(text: str) -> str:
    """Return a sentence as HTML, its `code` marked."""
    parts = escape(text).split("`")
    return "".join(element("code", part) if index % 2 else part for index, part in enumerate(parts))
