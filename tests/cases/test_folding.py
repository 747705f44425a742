"""Words of every script are compared and searched alike: capitals, accents and signs apart."""

import pytest

from cases.folding import normal


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Noël Vandevoorde, d'Hoore", "noel vandevoorde d hoore"),
        ("d’Hoore–Peeters", "d hoore peeters"),
        ("STRAẞE, Straße", "strasse strasse"),
        ("Łukasz Sørensen", "lukasz sorensen"),
        ("İpek IŞIK ışık", "ipek isik isik"),
        ("Мар’яна Йоргова", "мар яна иоргова"),
        ("ΓΙΏΡΓΟΣ Παπαδόπουλος", "γιωργοσ παπαδοπουλοσ"),
        ("أحمد مُحَمَّد ٢٠٢٦", "احمد محمد 2026"),
        ("محـــمد", "محمد"),
        ("דָּוִד", "דוד"),
        ("می‌خواهم", "میخواهم"),
        ("王小明", "王小明"),
        ("Ｆｕｌｌ ①", "full 1"),
        ("2026-0001 / B_12", "2026 0001 b 12"),
        ("💧 … !", ""),
    ],
)
def test_a_text_becomes_its_words(text: str, words: str) -> None:
    assert normal(text) == words


def test_what_is_folded_stays_as_it_is() -> None:
    for text in ("Ὀδυσσεύς", "한국어 이름", "नमस्ते", "ไทย", "ǆungla", "ﷺ"):
        assert normal(normal(text)) == normal(text) != ""
