"""An autograder for neural-network assignments in NumPy: what an instructor needs to write one."""

from .definition import (
    Assignment,
    Check,
    Equivalent,
    Manual,
    Mistake,
    Question,
    Variant,
    check,
    gradient_check,
)

__all__ = ["Assignment", "Check", "Equivalent", "Manual", "Mistake", "Question", "Variant", "check", "gradient_check"]
