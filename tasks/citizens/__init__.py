"""What citizens and others outside do without an account: complaints begun and noted, links, the signpost."""
