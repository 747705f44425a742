"""`python -m cli` is `ombudsflow`."""

from cli import app

app()
