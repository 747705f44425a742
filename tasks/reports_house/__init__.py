"""The house that takes reports of breaches: a reporter's mailbox, keys beside the database, what comes over from the office."""
