"""What the browser gets: our style sheet, and the islands built from TypeScript."""
