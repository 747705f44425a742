"""Which test shows a row of the support table: `file::name` under tests/. A test checks that each row has one, and that it exists."""

SHOWN_BY: dict[tuple[str, str], str] = {}
REFUSED_BY: dict[tuple[str, str], str] = {}
