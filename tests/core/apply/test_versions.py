"""What two who write at once come to: nothing that either wrote is lost."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.apply.versions import Mark, changes, compare, merge

FIELDS = st.dictionaries(st.sampled_from("abcd"), st.text(max_size=12), max_size=4)


@given(base=FIELDS, theirs=FIELDS, mine=FIELDS)
def test_every_word_that_i_changed_is_kept_or_told_as_a_clash(base, theirs, mine):
    merged = merge(base=base, theirs=theirs, mine=mine)
    clashing = {clash.field: clash for clash in merged.clashes}
    for field, text in mine.items():
        if text != base.get(field, ""):
            kept = merged.content.get(field, "") == text
            assert kept or clashing[field].mine == text


@given(base=FIELDS, theirs=FIELDS, mine=FIELDS)
def test_every_word_that_they_saved_stands_unless_i_alone_changed_it(base, theirs, mine):
    merged = merge(base=base, theirs=theirs, mine=mine)
    for field, text in theirs.items():
        if text != base.get(field, ""):
            assert merged.content[field] == text


@given(content=FIELDS, mine=FIELDS)
def test_nobody_else_having_written_my_words_stand_whole(content, mine):
    merged = merge(base=content, theirs=content, mine=mine)
    assert merged.clashes == ()
    assert merged.content == {
        **content,
        **{k: v for k, v in mine.items() if v != content.get(k, "")},
    }


def test_a_clash_tells_both_texts_and_what_they_came_from():
    merged = merge(base={"q": "depth"}, theirs={"q": "depth at 1B"}, mine={"q": "width"})
    (clash,) = merged.clashes
    assert (clash.base, clash.theirs, clash.mine) == ("depth", "depth at 1B", "width")
    assert merged.content == {"q": "depth at 1B"}


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_a_comparison_holds_both_texts_to_the_letter(before, after):
    pieces = compare(before, after)
    assert "".join(p.text for p in pieces if p.mark is not Mark.NEW) == before
    assert "".join(p.text for p in pieces if p.mark is not Mark.GONE) == after


def test_a_huge_field_is_told_as_replaced_without_a_search():
    old, new = "a " * 20_000, "b " * 20_000
    assert [piece.mark for piece in compare(old, new)] == [Mark.GONE, Mark.NEW]


def test_only_what_differs_is_listed():
    listed = changes({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"})
    assert [(change.field, change.before, change.after) for change in listed] == [
        ("b", "2", "3"),
        ("c", "", "4"),
    ]
