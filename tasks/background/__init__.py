"""What time and queues bring, each in a turn of its own: timers, messages, jobs, mail; which process does it, and by which clock."""
