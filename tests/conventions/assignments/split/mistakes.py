"""The mistakes: dividing twice, and never."""

from autograder import Mistake, Variant

MISTAKES = [
    Mistake("twice", "error", "p - y", "(p - y) / len(p)", "Both divide by N."),
    Mistake("never", "error", "(p - y) / len(p)", "p - y", "Neither divides by N.", convention="summing"),
    Mistake("by_the_other_length", "gradient", "len(x)", "x.shape[1]", "Divide by the number of samples."),
    Mistake("four_steps", "fit", "range(3)", "range(4)", "Count the steps."),
    Mistake("none", "Base.size", "return 1", "return 0", "There is one."),
    Mistake("single", "Twin.size", "return 2", "return 1", "There are two."),
]
VARIANTS = [
    Variant(
        "loop", "error", "(p - y) / len(p)", "np.array([a - b for a, b in zip(p, y)]) / len(p)", convention="summing"
    )
]
