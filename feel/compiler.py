"""A syntax tree to Python closures: compiled once, evaluated many times, by any thread.

Nothing raises but FeelError: a wrong type gives null and a warning that says why, as the standard asks.
"""

from feel import calls, iterations, logic, unary, values_of_trees
from feel.code import Code, compile_node

__all__ = ["Code", "compile_node"]

# Importing a family registers its compilers; naming them here keeps that visible.
FAMILIES = (values_of_trees, logic, calls, iterations, unary)
