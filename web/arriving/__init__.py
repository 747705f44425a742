"""How calls come in: connections dealt over the processes, and an end to what each may bring and how long it may take."""
