"""The functions of the language: those of DMN 1.5, 10.3.4, and apart those of Camunda's dialect."""

from feel.builtins import camunda, contexts, conversion, lists, logic, numbers, ranges, statistics, strings, temporal
from feel.builtins.registry import TABLE, Builtin, NoValue, Signature, call_by_name, call_by_place

__all__ = ["TABLE", "Builtin", "NoValue", "Signature", "call_by_name", "call_by_place"]

# Importing a family registers it; naming them here keeps that visible.
FAMILIES = (conversion, logic, strings, numbers, lists, statistics, contexts, temporal, ranges, camunda)
