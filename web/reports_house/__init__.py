"""The pages of the reports house: reporting a breach, the mailbox, and what the office hands over."""
