"""What checking found: one sentence at one element. Errors stop publishing, warnings are shown."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """`element_id` is where, `rule` which rule (docs/lint/<rule>.md explains it)."""

    element_id: str
    rule: str
    severity: str
    sentence: str

    @property
    def docs(self) -> str:
        return f"docs/lint/{self.rule}.md"
