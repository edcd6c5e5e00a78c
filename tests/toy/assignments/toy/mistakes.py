"""The toy's mistakes and variants."""

from autograder import Mistake, Variant

LOOPS = """
def relu(z):
    rows = [[max(0.0, entry) for entry in row] for row in np.atleast_2d(z)]
    return np.array(rows if np.ndim(z) == 2 else rows[0])
"""

MISTAKES = [
    Mistake(
        "sum_for_mean",
        "Net.grad",
        right=" / len(x)",
        wrong="",
        sentence="The loss is a mean over the rows, and so is its gradient.",
    ),
    Mistake(
        "absolute", "relu", right="np.maximum(0, z)", wrong="np.abs(z)", sentence="What becomes of a negative number?"
    ),
]

VARIANTS = [
    Variant("masked", "relu", right="np.maximum(0, z)", other="z * (z > 0)"),
    Variant("loops", "relu", source=LOOPS),
]
