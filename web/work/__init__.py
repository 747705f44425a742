"""What waits for somebody of the office: the worklist, a user task, a telephone call."""
