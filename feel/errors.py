"""The one error of this room."""


class FeelError(Exception):
    """A FEEL text that cannot be used: where, why, and what was expected."""

    def __init__(self, message: str, position: int = 0, expected: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.expected = expected

    def __str__(self) -> str:
        hint = f" (verwacht: {self.expected})" if self.expected else ""
        return f"{self.message}, op plaats {self.position + 1}{hint}"
