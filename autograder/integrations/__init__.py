"""One door each to where people already are."""
