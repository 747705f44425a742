"""Letters: their texts as versions, what these may name, how they become paper, and who is named in them."""
