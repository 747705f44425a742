"""The office as whoever runs it sees it: what waits, what cannot go on and how it is mended, what is logged and counted, copies."""
