"""What the office tells of its work: figures, recommendations, summaries, feeds; and what it sees in them itself."""
