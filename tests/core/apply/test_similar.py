"""Similar texts: the same subject is found, the same everyday words are not."""

from hypothesis import given
from hypothesis import strategies as st

from apportion.core.apply.similar import Text, find_alike

OTHERS = (
    Text(name="sleep", words="Whether offline consolidation at night stops forgetting of skills."),
    Text(name="muon", words="Whether Muon's gain over AdamW survives a hundredfold in size."),
    Text(name="video", words="How few tokens a second of video needs."),
)


def test_the_same_subject_in_other_words_is_found_first():
    found = find_alike(
        "Does consolidation offline, at night, keep old skills from forgetting?", OTHERS
    )
    assert [one.name for one in found] == ["sleep"]
    assert "consolidation" in found[0].shared


def test_words_that_everybody_uses_make_nothing_alike():
    assert find_alike("Whether the model can be trained with more training runs", OTHERS) == ()


def test_nothing_written_is_like_nothing():
    assert find_alike("", OTHERS) == ()
    assert find_alike("depth", ()) == ()


@given(st.lists(st.text(max_size=40), max_size=5), st.text(max_size=40))
def test_closeness_lies_between_nothing_and_the_same(texts, words):
    others = [Text(name=str(n), words=text) for n, text in enumerate(texts)]
    assert all(0 < one.closeness < 1.0000001 for one in find_alike(words, others, most=5))
