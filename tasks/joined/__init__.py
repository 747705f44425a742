"""Cases that belong together or come from one another: joined, merged, split off, sent to another office."""
