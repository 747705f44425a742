"""What a process manager makes: versions of diagrams, decisions and forms, checked, published, and running cases taken along."""
