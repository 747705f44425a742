"""What changed in a text can be read back into both versions."""

import pytest

from tasks.treatment.text_changes import MOST_WORDS, Part, changes


def test_a_word_that_came_and_one_that_went_stand_where_they_were() -> None:
    assert changes("Hij kwam niet.\nEr was panne.", "Hij kwam te laat.\nEr was panne.") == [
        Part("same", "Hij kwam "),
        Part("gone", "niet.\n"),
        Part("new", "te laat.\n"),
        Part("same", "Er was panne."),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "alles is nieuw"),
        ("alles is weg", ""),
        ("  een\n\ntwee ", "twee een\n"),
        ("a b " * 9, "b a " * 7),
        ("x", "x"),
    ],
)
def test_both_versions_are_whole(before: str, after: str) -> None:
    parts = changes(before, after)
    assert "".join(part.text for part in parts if part.kind != "new") == before
    assert "".join(part.text for part in parts if part.kind != "gone") == after


def test_what_is_too_long_to_compare_is_shown_as_it_is() -> None:
    long = "woord " * MOST_WORDS
    assert changes("kort", long) == [Part("same", long)]
