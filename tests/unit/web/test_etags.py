import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kit.errors import PreconditionFailed, PreconditionRequired
from server.web.etags import etag_of, etags, is_unchanged, require_match, revision_etag

TAG = st.text(st.characters(codec="latin-1", exclude_characters='"', exclude_categories=["Cc"], min_codepoint=0x21))


@pytest.mark.parametrize(
    "field", ['"a"', 'W/"a"', '"x", "a"', '"x","a"', ',, "x" ,\t"a",', "*", " * ", '"with,comma", "a"']
)
def test_what_the_caller_has_is_unchanged(field: str) -> None:
    assert is_unchanged(field, '"a"')


@pytest.mark.parametrize("field", [None, "", "a", '"b"', '"A"', '"a', '"a" junk', 'w/"a"', '"x, a"'])
def test_anything_else_is_not(field: str | None) -> None:
    assert not is_unchanged(field, '"a"')


@given(st.lists(st.tuples(st.booleans(), TAG)))
def test_a_list_of_tags_is_read_as_it_was_written(tags: list[tuple[bool, str]]) -> None:
    written = [f'{"W/" if weak else ""}"{tag}"' for weak, tag in tags if "\x7f" not in tag]
    assert etags(", ".join(written)) == written


@given(st.text())
def test_no_field_breaks_the_reading(field: str) -> None:
    assert all(field.count(tag) for tag in etags(field))


@given(st.binary(), st.binary())
def test_equal_bytes_have_equal_tags_and_other_bytes_other_ones(one: bytes, other: bytes) -> None:
    assert (etag_of(one) == etag_of(other)) == (one == other)


@pytest.mark.parametrize("field", ['"r7"', '"r7+m"', '"r6", "r7"', "*"])
def test_a_write_that_names_the_present_revision_goes_on(field: str) -> None:
    require_match(field, revision_etag(7))


@pytest.mark.parametrize("field", ['"r6"', 'W/"r7"', "r7", ""])
def test_a_write_that_names_another_revision_stops(field: str) -> None:
    with pytest.raises(PreconditionFailed):
        require_match(field, revision_etag(7))


def test_a_write_must_name_a_revision() -> None:
    with pytest.raises(PreconditionRequired):
        require_match(None, revision_etag(7))
