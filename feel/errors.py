"""The one error of this room."""


class FeelError(Exception):
    """A FEEL text that cannot be used: where (from 0; -1 for the text as a whole), why, and what was expected."""

    def __init__(self, message: str, position: int = -1, expected: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        hint = f" (verwacht: {self.expected})" if self.expected else ""
        where = f", op plaats {self.position + 1}" if self.position >= 0 else ""
        return f"{self.message}{where}{hint}"
