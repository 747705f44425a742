"""A case as the auditor replays it."""
