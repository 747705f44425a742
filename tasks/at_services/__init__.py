"""Complaints at the services themselves: their files, their yearly figures, and the network of their complaint managers."""
