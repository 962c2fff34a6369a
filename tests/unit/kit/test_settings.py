from pathlib import Path

import pytest

from server.settings import SETTINGS, SettingsError, database_url, read_settings

SECRET = "hunter2-hunter2"


def sentences(**environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    return caught.value.sentences


def test_nothing_needs_to_be_set_in_a_checkout() -> None:
    settings = read_settings({"HOME": "/home/somebody"})
    assert settings.database_url == "sqlite+aiosqlite:///var/groundwork.db"
    assert settings.audio == Path("var/audio")
    assert settings.content.name == "content"
    assert (settings.host, settings.port, settings.body_limit) == ("127.0.0.1", 8000, 1024 * 1024)
    assert (settings.cors_origins, settings.docs) == ((), True)


def test_folders_follow_the_data_folder() -> None:
    settings = read_settings({"GROUNDWORK_DATA": "/srv/groundwork"})
    assert settings.database_url == "sqlite+aiosqlite:////srv/groundwork/groundwork.db"
    assert settings.audio == Path("/srv/groundwork/audio")


def test_hosting_providers_names_are_understood_and_our_own_win() -> None:
    assert read_settings({"PORT": "9000"}).port == 9000
    assert read_settings({"PORT": "9000", "GROUNDWORK_PORT": "9001"}).port == 9001


@pytest.mark.parametrize(
    "given, url",
    [
        (f"postgres://u:{SECRET}@h/db", f"postgresql+asyncpg://u:{SECRET}@h/db"),
        (
            f"postgresql://u:{SECRET}%40@h:5433/db?sslmode=require",
            f"postgresql+asyncpg://u:{SECRET}%40@h:5433/db?ssl=require",
        ),
        ("postgresql+asyncpg://h/db", "postgresql+asyncpg://h/db"),
        ("sqlite:///var/a.db", "sqlite+aiosqlite:///var/a.db"),
        ("sqlite+aiosqlite:////srv/a.db", "sqlite+aiosqlite:////srv/a.db"),
        ("var/a.db", "sqlite+aiosqlite:///var/a.db"),
    ],
)
def test_a_database_is_named_in_any_common_form(given: str, url: str) -> None:
    assert database_url(given) == url
    assert read_settings({"DATABASE_URL": given}).database_url == url


@pytest.mark.parametrize("given", ["mysql://u@h/db", "postgresql://h", "sqlite://", "", "postgresql://h:port/db"])
def test_any_other_database_is_refused(given: str) -> None:
    assert sentences(DATABASE_URL=given) == (f"DATABASE_URL must be {SETTINGS['database_url'].allowed}.",)


@pytest.mark.parametrize("password", ["postgres", "password", "groundwork", "fourteen chars", "%61" * 14])
def test_a_password_that_anybody_could_guess_is_refused(password: str) -> None:
    for url in ("postgresql://u:{}@h/db", "postgresql://u@h/db?password={}"):
        assert sentences(DATABASE_URL=url.format(password))[0].startswith("DATABASE_URL must be ")
        assert database_url(url.format(f"{password}%61" * 2))


@pytest.mark.parametrize("variable", ["GROUNDWORK_DATABASE_URL_FILE", "DATABASE_URL_FILE"])
def test_a_secret_can_be_in_a_file(tmp_path: Path, variable: str) -> None:
    file = tmp_path / "url"
    file.write_text(f"postgresql://u:{SECRET}@h/db\n")
    assert read_settings({variable: str(file)}).database_url == f"postgresql+asyncpg://u:{SECRET}@h/db"
    file.unlink()
    assert sentences(**{variable: str(file)}) == (f"{variable} must be a file that can be read.",)


@pytest.mark.parametrize(
    "variable, value",
    [
        ("GROUNDWORK_PORT", "65536"),
        ("GROUNDWORK_PORT", "-1"),
        ("GROUNDWORK_HOST", "a b"),
        ("GROUNDWORK_LOG_LEVEL", "loud"),
        ("GROUNDWORK_LOG_FORMAT", "xml"),
        ("GROUNDWORK_BODY_LIMIT", "1MiB"),
        ("GROUNDWORK_CORS_ORIGINS", "*"),
        ("GROUNDWORK_CORS_ORIGINS", "https://a.example/path"),
        ("GROUNDWORK_DOCS", "maybe"),
        ("GROUNDWORK_DATA", ""),
        ("GROUNDWORK_CONTENT", "/nowhere/at/all"),
    ],
)
def test_a_wrong_value_gets_one_sentence_with_what_is_allowed(variable: str, value: str) -> None:
    (sentence,) = sentences(**{variable: value})
    allowed = next(each.allowed for each in SETTINGS.values() if each.variable == variable)
    assert sentence == f"{variable} must be {allowed}."


def test_all_wrong_values_are_told_together() -> None:
    assert len(sentences(GROUNDWORK_PORT="x", GROUNDWORK_DOCS="y", GROUNDWORK_DAAT="z")) == 3


def test_an_unknown_name_is_an_error_with_a_guess_at_what_was_meant() -> None:
    assert sentences(GROUNDWORK_LOG_LEVLE="info") == (
        "GROUNDWORK_LOG_LEVLE is not a setting; did you mean GROUNDWORK_LOG_LEVEL?",
    )
    assert sentences(GROUNDWORK_XYZZY="1") == ("GROUNDWORK_XYZZY is not a setting.",)


def test_no_secret_is_ever_shown() -> None:
    settings = read_settings({"DATABASE_URL": f"postgresql://u:{SECRET}@h/db"})
    assert SECRET not in repr(settings)
    assert not any(SECRET in each for each in sentences(DATABASE_URL=f"oracle://u:{SECRET}@h", PORT="x"))


def test_every_setting_can_be_documented() -> None:
    assert all(each.about.endswith(".") and each.allowed for each in SETTINGS.values())


@pytest.mark.parametrize("given", ["s3://clinic-sound", "s3://clinic-sound/groundwork/audio", "s3://clinic-sound/"])
def test_audio_is_kept_in_a_folder_or_in_a_bucket(given: str) -> None:
    assert read_settings({"GROUNDWORK_AUDIO": given}).audio == given.rstrip("/")
    assert read_settings({"GROUNDWORK_AUDIO": "/srv/audio"}).audio == Path("/srv/audio")


@pytest.mark.parametrize(
    "given",
    ["s3://", "s3://x", "s3://key:secret@bucket", "s3://Bucket", "s3://bucket?a=b", "gs://bucket", "https://b/x"],
)
def test_any_other_address_of_audio_is_refused(given: str) -> None:
    assert sentences(GROUNDWORK_AUDIO=given) == (f"GROUNDWORK_AUDIO must be {SETTINGS['audio'].allowed}.",)


@pytest.mark.parametrize("given", ["/", "_audio/", "/_audio", "/a//b/", "/a b/", "/ä/", "/a\n/"])
def test_a_prefix_that_is_none_is_refused(given: str) -> None:
    assert sentences(GROUNDWORK_ACCEL=given) == (f"GROUNDWORK_ACCEL must be {SETTINGS['accel'].allowed}.",)


def test_a_proxy_sends_from_a_folder_and_not_from_a_bucket() -> None:
    assert read_settings({"GROUNDWORK_ACCEL": "/_audio/"}).accel == "/_audio/"
    told = sentences(GROUNDWORK_ACCEL="/_audio/", GROUNDWORK_AUDIO="s3://clinic-sound")
    assert told == ("GROUNDWORK_ACCEL is for audio in a folder, and GROUNDWORK_AUDIO names a bucket.",)
