"""What our own code must not do, read from its text: each rule finds a planted fault and nothing in the packages."""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for name in ("server", "audio") for path in (ROOT / name).rglob("*.py"))
Rule = Callable[[ast.AST], bool]

XML = {"xml", "lxml", "defusedxml", "xmltodict", "html5lib", "bs4", "elementpath"}
DIRECTORIES_CACHES_AND_MAIL = {
    *("ldap", "ldap3", "bonsai", "jpype", "py4j", "smtplib", "imaplib", "poplib", "aiosmtplib", "email"),
    *("memcache", "pymemcache", "pylibmc", "aiomcache", "nntplib", "telnetlib", "ftplib"),
}
TEMPLATES_AND_TYPESETTERS = {"jinja2", "mako", "chameleon", "genshi", "string", "pylatex", "markdown", "mistune"}
UNPICKLERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "jsonpickle"}
FOREIGN_MEMORY = {"ctypes", "cffi", "mmap"}
SHELLS = {"subprocess", "pty", "pexpect", "sh", "fabric", "commands"}
CRYPTOGRAPHY = {"cryptography", "hashlib", "hmac", "secrets", "argon2", "pyotp", "webauthn", "authlib", "joserfc"}
OTHER_CRYPTOGRAPHY = {
    "Crypto",
    "Cryptodome",
    "nacl",
    "rsa",
    "ecdsa",
    "jwt",
    "jose",
    "bcrypt",
    "passlib",
    "OpenSSL",
    "crypt",
}
# Their patterns stand in a table of constants beside them.
TABLES_OF_PHRASES = {"server/web/problems.py", "server/web/reference.py", "server/catalogue/scaffold.py"}
# GRANT takes no parameters: the names come from the database's own catalogue and are quoted.
GRANTS = {"server/db/roles.py"}
# Who may open a connection: the health check of this machine, and what the operator has configured.
CALLERS = {"server/cli/serving.py", "server/auth/oidc/asking.py"}
# Who may start another program: a player of sound on an author's own machine; the server never does.
PLAYING = {"server/cli/hearing.py"}
# Who may map a file: for the kernel to read, read-only, for one call (decision 0036).
MAPPING = {"server/web/zerocopy.py"}
# Who may read an archive: the one that a client takes along, bounded there.
UNPACKERS = {"server/privacy/archive.py"}
ARCHIVES = {"zipfile", "tarfile", "bz2", "lzma", "zlib", "zipimport"}


def imports(node: ast.AST) -> set[str]:
    """Return the top packages that a statement imports."""
    if isinstance(node, ast.Import):
        return {each.name.partition(".")[0] for each in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level:
        return {(node.module or "").partition(".")[0]}
    return set()


def called(node: ast.AST) -> str:
    """Return the name that is called, as written, or nothing."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def first(node: ast.AST) -> ast.expr | None:
    return node.args[0] if isinstance(node, ast.Call) and node.args else None


def importing(*packages: set[str]) -> Rule:
    return lambda node: bool(imports(node) & set().union(*packages))


def makes_code_of_text(node: ast.AST) -> bool:
    return called(node) in {"eval", "exec", "compile", "__import__"} or called(node).endswith(
        ("run_path", "literal_eval")
    )


def runs_a_shell(node: ast.AST) -> bool:
    shell = isinstance(node, ast.keyword) and node.arg == "shell"
    return shell or called(node) in {"os.system", "os.popen"} or called(node).startswith(("os.exec", "os.spawn"))


def builds_sql(node: ast.AST) -> bool:
    """Whether a statement that is written as text holds anything but constants."""
    if called(node).rpartition(".")[2] not in {"text", "exec_driver_sql", "literal_column", "executescript"}:
        return False
    given = first(node)
    return isinstance(given, ast.JoinedStr | ast.BinOp) or (isinstance(given, ast.Call) and "format" in called(given))


def unescaped_pattern(node: ast.AST) -> bool:
    """Whether a regular expression is put together from something that is not escaped."""
    if not called(node).startswith("re.") or called(node) == "re.escape":
        return False
    parts = [each.value for each in ast.walk(first(node) or node) if isinstance(each, ast.FormattedValue)]
    return any("re.escape" not in ast.unparse(each) and not ast.unparse(each).isupper() for each in parts)


def formats_a_variable(node: ast.AST) -> bool:
    """Whether `format` takes its pattern from anything but a constant."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    of = node.func.value
    return (
        node.func.attr in {"format", "format_map"} and not isinstance(of, ast.Constant) and "json" not in called(node)
    )


def weak_hash(node: ast.AST) -> bool:
    weak = {"md5", "sha1", "md4", "ripemd160", "crc32"}
    named = isinstance(node, ast.Attribute) and node.attr.lower() in weak
    return named or (isinstance(node, ast.Constant) and str(node.value).lower() in weak)


def weak_cipher(node: ast.AST) -> bool:
    """Whether a cipher or a padding is used other than authenticated encryption."""
    weak = {"ECB", "CBC", "CTR", "OFB", "CFB", "PKCS1v15", "ARC4", "TripleDES", "Blowfish", "Fernet", "Cipher"}
    names = {each.name for each in node.names} if isinstance(node, ast.ImportFrom) else set()
    return bool(names & weak) or (isinstance(node, ast.Attribute) and node.attr in weak)


def redirects(node: ast.AST) -> bool:
    names = {each.name for each in node.names} if isinstance(node, ast.ImportFrom) else set()
    return "Redirect" in names or (isinstance(node, ast.keyword) and node.arg == "follow_redirects" and _true(node))


def _true(node: ast.keyword) -> bool:
    return not (isinstance(node.value, ast.Constant) and node.value.value is False)


def opens_connections(node: ast.AST) -> bool:
    """Whether a module imports what sends requests of its own; `http` alone holds only names."""
    modules = {each.name for each in node.names} if isinstance(node, ast.Import) else set()
    modules |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
    return any(
        each.startswith(
            ("httpx", "http.client", "urllib.request", "socket", "aiohttp", "requests", "authlib.integrations")
        )
        for each in modules
    )


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def handles_bits_itself(node: ast.AST) -> bool:
    """Whether bits are mixed by exclusive or, which is how ciphers of one's own begin."""
    return isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.BitXor)


def skips_a_certificate(node: ast.AST) -> bool:
    """Whether a connection is opened without looking at who answers."""
    if isinstance(node, ast.keyword) and node.arg in {"verify", "check_hostname", "verify_mode"}:
        return isinstance(node.value, ast.Constant) and not node.value.value
    return isinstance(node, ast.Attribute) and node.attr in {"CERT_NONE", "_create_unverified_context"}


def found(rule: Rule, folder: str = "") -> Iterator[str]:
    """Yield the places in the packages (or one folder) where a rule is broken."""
    for path in MODULES:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(folder):
            yield from (f"{name}:{getattr(each, 'lineno', 0)}" for each in nodes(path) if rule(each))


def files(places: Iterator[str]) -> set[str]:
    return {place.partition(":")[0] for place in places}


def test_no_code_is_made_of_text() -> None:
    assert list(found(makes_code_of_text)) == []


def test_no_shell_and_no_other_program_is_run() -> None:
    assert list(found(runs_a_shell)) == []
    assert files(found(importing(SHELLS), "server")) == PLAYING


def test_no_statement_for_the_database_is_put_together_from_text() -> None:
    assert files(found(builds_sql)) <= GRANTS


def test_nothing_reads_or_queries_xml() -> None:
    assert list(found(importing(XML))) == []


def test_nothing_speaks_to_directories_caches_or_mail() -> None:
    assert list(found(importing(DIRECTORIES_CACHES_AND_MAIL))) == []


def test_there_is_no_template_engine_and_no_typesetter() -> None:
    assert list(found(importing(TEMPLATES_AND_TYPESETTERS))) == []


def test_nothing_is_unpickled() -> None:
    assert list(found(importing(UNPICKLERS))) == []


def test_archives_are_unpacked_in_one_place() -> None:
    assert files(found(importing(ARCHIVES), "server")) <= UNPACKERS


def test_the_server_handles_no_memory_by_hand() -> None:
    assert files(found(importing(FOREIGN_MEMORY))) == MAPPING


def test_what_goes_into_a_regular_expression_is_escaped() -> None:
    assert list(found(unescaped_pattern, "server")) == []


def test_no_format_string_is_taken_from_data() -> None:
    assert files(found(formats_a_variable, "server")) <= TABLES_OF_PHRASES


def test_no_weak_hash_is_used() -> None:
    assert list(found(weak_hash)) == []


def test_only_authenticated_encryption_is_used() -> None:
    assert list(found(weak_cipher)) == []


def test_cryptography_comes_from_the_named_libraries() -> None:
    assert list(found(importing(OTHER_CRYPTOGRAPHY))) == []
    assert list(found(importing(CRYPTOGRAPHY), "server"))
    assert list(found(handles_bits_itself, "server")) == []


def test_secrets_come_from_the_systems_generator() -> None:
    assert files(found(importing({"random", "numpy"}), "server")) == {"server/demo.py"}


def test_only_the_named_modules_open_connections() -> None:
    assert files(found(opens_connections, "server")) == CALLERS


def test_no_certificate_is_left_unchecked() -> None:
    assert list(found(skips_a_certificate)) == []


def test_nobody_is_redirected_and_no_redirect_is_followed() -> None:
    assert list(found(redirects)) == []


@pytest.mark.parametrize(
    "rule, fault, right",
    [
        (makes_code_of_text, "eval(text)", "evaluate(text)"),
        (runs_a_shell, "run(command, shell=True)", "run(command)"),
        (runs_a_shell, "os.system(command)", "os.stat(command)"),
        (importing(SHELLS), "import subprocess", "import suppression"),
        (builds_sql, 'text(f"SELECT {name}")', 'text("SELECT :name")'),
        (builds_sql, 'connection.exec_driver_sql("SELECT " + name)', 'connection.exec_driver_sql("BEGIN")'),
        (builds_sql, 'text("SELECT {}".format(name))', "text(other)"),
        (importing(XML), "from xml.etree import ElementTree", "from server.xml import name"),
        (importing(UNPICKLERS), "import pickle", "import msgspec"),
        (unescaped_pattern, 're.search(f"^{word}", text)', 're.search(f"^{re.escape(word)}", text)'),
        (formats_a_variable, "word.format(name=1)", '"{name}".format(name=1)'),
        (weak_hash, "hashlib.md5(secret)", "hashlib.sha256(secret)"),
        (weak_hash, 'hashlib.new("sha1")', 'hashlib.new("sha256")'),
        (weak_cipher, "from cryptography.fernet import Fernet", "from cryptography.aead import AESGCM"),
        (handles_bits_itself, "mixed = byte ^ key", "both = one | other"),
        (weak_cipher, "modes.ECB()", "AESGCM(key)"),
        (opens_connections, "import http.client", "from http import HTTPStatus"),
        (opens_connections, "from httpx import AsyncClient", "from urllib.parse import urlsplit"),
        (skips_a_certificate, "AsyncClient(verify=False)", "AsyncClient(verify=True)"),
        (skips_a_certificate, "context.verify_mode = ssl.CERT_NONE", "context.verify_mode = ssl.CERT_REQUIRED"),
        (redirects, "from litestar.response import Redirect", "from litestar.response import File"),
        (redirects, "client.get(url, follow_redirects=True)", "client.get(url, follow_redirects=False)"),
    ],
)
def test_a_planted_fault_is_found(rule: Rule, fault: str, right: str) -> None:
    assert any(rule(each) for each in ast.walk(ast.parse(fault)))
    assert not any(rule(each) for each in ast.walk(ast.parse(right)))


def test_the_packages_are_really_read() -> None:
    assert len(MODULES) > 100
    assert list(found(importing({"hashlib"}), "server/"))
