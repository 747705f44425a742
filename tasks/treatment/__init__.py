"""What is done in a case: mediation, evidence, minutes, who stays out of it, steps chosen, left out or done again."""
