import re

import msgspec

from server.kit.errors import FieldError, Invalid

_AT = re.compile(r"(?P<what>.*?)(?: - at (?:`key` in )?`\$(?P<path>[^`]*)`)?", re.DOTALL)
_TOKEN = re.compile(r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_BYTE = re.compile(r"\(byte (\d+)\)")

# msgspec's own sentences that hold only names of types and bounds of ours; everything else (an enum error quotes the
# value, an unknown field quotes its name) is replaced by a sentence of its own.
_KINDS = (
    (re.compile(r"Expected `[^`]+`, got `[^`]+`"), "wrong_type"),
    (re.compile(r"Expected `[^`]+` of length (?:[<>=]+ )?\d+"), "wrong_length"),
    (re.compile(r"Expected `array` of (?:at least )?(?:length )?\d+.*"), "wrong_length"),
    (re.compile(r"Expected `[^`]+` [<>]=? \S+"), "out_of_range"),
    (re.compile(r"Expected `[^`]+` that's a multiple of \S+"), "out_of_range"),
    (re.compile(r"(?:Number|Integer value) out of range"), "out_of_range"),
    (re.compile(r"Expected `[^`]+` matching regex '.*'", re.DOTALL), "wrong_format"),
    (re.compile(r"Expected `[^`]+` with(?: a| no) timezone component"), "wrong_format"),
    (re.compile(r"Invalid (?:UUID|base64|decimal|ISO8601|RFC3339|epoch)[\w \d]*"), "wrong_format"),
)


def pointer_of(path: str) -> str:
    """Return the JSON Pointer (RFC 6901) of one of msgspec's paths: `.items[0].id` is `/items/0/id`.

    A value in a mapping has no name there (`[...]`): the pointer then ends at the mapping, so no key is repeated.
    """
    pointer = ""
    for token in re.finditer(r"\.[^.\[\]]+|\[[^\]]*\]", path):
        part = _TOKEN.fullmatch(token.group())
        if part is None:
            break
        pointer += f"/{part['name'] or part['index']}"
    return pointer


def field_error(message: str, pointer: str = "") -> FieldError:
    """Say one of msgspec's validation messages again without any value that was sent.

    `pointer` leads from the body to what was validated.
    """
    match = _AT.fullmatch(message)
    what, path = (match["what"], match["path"] or "") if match else ("", "")
    where = pointer + pointer_of(path)
    if missing := _MISSING.fullmatch(what):
        return FieldError(pointer=f"{where}/{missing['name']}", code="missing", detail="This field is required.")
    for pattern, code in _KINDS:
        if pattern.fullmatch(what):
            return FieldError(pointer=where, code=code, detail=f"{what.replace('`', '')}.")
    if what.startswith(("Invalid enum value", "Invalid value")):
        return FieldError(pointer=where, code="not_allowed", detail="Not one of the allowed values.")
    return FieldError(pointer=where, code="invalid", detail="Not acceptable here.")


def explain(error: msgspec.DecodeError | RecursionError | UnicodeDecodeError, pointer: str = "") -> Invalid:
    """Turn what a msgspec decoder or `msgspec.convert` raises into the problem to answer with.

    `pointer` leads from the body to what was decoded (`/items/3` for one item of a batch).
    """
    if isinstance(error, RecursionError):
        return Invalid("The body is nested too deeply.", code="too_deep")
    if isinstance(error, UnicodeDecodeError):
        return Invalid("The body is not UTF-8.", code="not_utf8")
    if isinstance(error, msgspec.ValidationError):
        return Invalid("The body does not fit.", errors=[field_error(str(error), pointer)])
    byte = _BYTE.search(str(error))
    place = f"goes wrong at byte {byte[1]}" if byte else "breaks off"
    return Invalid(f"The body is not valid JSON: it {place}.", code="malformed")
