"""The same submissions, marked by several systems: an assignment, what is handed in, and each system's door."""
