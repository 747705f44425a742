"""How long a case is kept, what holds it, how it is destroyed, and what a person may have of their own data."""
