"""For whoever keeps the office running: figures, incidents, processes, people and keys."""
