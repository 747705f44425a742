"""What a DMN file means when it is evaluated: types, boxed expressions, tables, requirements (OMG DMN 1.5, chapters 6-10)."""
