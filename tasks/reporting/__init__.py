"""What the office tells about its work: recommendations, summaries, satisfaction, the annual report."""
