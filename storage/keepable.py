"""What no database keeps as text: NUL, which PostgreSQL refuses, and half of a surrogate pair, which cannot be written as UTF-8."""

import re

UNFIT = re.compile("[\x00\ud800-\udfff]")
