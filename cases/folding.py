"""Words as they are compared and searched, in any script: no capitals, no accents, letters and digits only.

Made once for what is kept and once for what is asked, so that the two meet. Two letters that people take for the same (ø and o,
ß and ss, a digit in Arabic and in Latin script) are the same here; nothing is transcribed from one script into another.
Unicode says what is a letter, a mark or a digit: NFKD takes letters and marks apart, the full case folding takes capitals away.
"""

import unicodedata

# Letters that Unicode does not take apart though people read them as the plain one; a stretched Arabic line, which is no letter.
PLAIN = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ı": "i",
    "ħ": "h",
    "\N{ARABIC TATWEEL}": "",
    "\N{MODIFIER LETTER APOSTROPHE}": " ",
}
# Enough for the letters of every script in use; somebody who sends all of Unicode must not fill the memory.
MOST_REMEMBERED = 20_000


class _Folds(dict[int, str]):
    """What becomes of each sign, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = "".join(map(_folded, _apart(chr(code))))
        if len(self) < MOST_REMEMBERED:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def normal(text: str) -> str:
    """The words of a text, with single spaces between them."""
    return " ".join(text.translate(_FOLDS).split())


def _apart(sign: str) -> str:
    """Folded, with its marks beside it; folding may put letters together again, so they are taken apart twice."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())


def _folded(sign: str) -> str:
    """Nothing for a mark or a sign nobody sees, a space for what separates words, else the letter or the digit."""
    if sign in PLAIN:
        return PLAIN[sign]
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    if kind[0] == "M" or kind == "Cf":
        return ""
    return sign if kind[0] in "LN" else " "
