"""A case as people see it: found, listed, told in words, drawn on its diagram; and the record that somebody looked."""
