"""The mistakes and variants of `tiny`."""

from autograder import Mistake, Variant

MISTAKES = [
    Mistake("absolute", "relu", right="np.maximum(0, z)", wrong="np.abs(z)", sentence="Negative entries become 0."),
    Mistake("columns", "normalize", right="axis=1", wrong="axis=0", sentence="Which way do rows run?"),
]

VARIANTS = [Variant("masked", "relu", right="np.maximum(0, z)", other="z * (z > 0)")]
