"""What was found, in formats of the outside: one module each, and none knows another."""
