"""A sentence about an answer: text like any other, that still knows what it was made of, so a page can say it in another language."""


class Sentence(str):
    """`Sentence("Vul '%(label)s' in.", label="Uw naam")` is the Dutch text; `template` and `parts` are what it was made of."""

    template: str
    parts: dict[str, str]

    def __new__(cls, template: str, **parts: object) -> "Sentence":
        made = super().__new__(cls, template % parts)
        made.template = template
        made.parts = {name: str(part) for name, part in parts.items()}
        return made
