"""One door each to where people already are; they do not know one another."""
