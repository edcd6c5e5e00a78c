"""No mistakes: it is there for those who write nothing."""

MISTAKES = []
VARIANTS = []
