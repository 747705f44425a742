"""Where process managers change diagrams, decisions, forms, letters and terms."""
