"""A sample office of any size: played cases printed many times over, each with dates, names, keys and a chain of its own."""

from tasks.sample_office.loading import load

__all__ = ["load"]
