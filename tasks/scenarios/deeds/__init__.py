"""What people do in a script, by stage of the case. Each deed answers True when it was done, False when it had nowhere to go."""
