"""Terms: what a change of a rule or of the closing days would move, carrying it out, and what follows a date that moved."""
