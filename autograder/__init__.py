"""An autograder for neural-network assignments in NumPy: what an instructor needs to write one."""

from .datasets import digits
from .definition import (
    Assignment,
    Check,
    Convention,
    Edit,
    Equivalent,
    Manual,
    Mistake,
    Otter,
    Question,
    Variant,
    check,
    gradient_check,
)
from .placement import (
    biases_beside_kinks,
    large_logits,
    one_hot_labels,
    relu_network_inputs,
    upstream_gradient,
    values_beside_kink,
)
from .properties import backward_properties, own_forward_check

__all__ = [
    "Assignment",
    "Check",
    "Convention",
    "Edit",
    "Equivalent",
    "Manual",
    "Mistake",
    "Otter",
    "Question",
    "Variant",
    "backward_properties",
    "biases_beside_kinks",
    "check",
    "digits",
    "gradient_check",
    "large_logits",
    "one_hot_labels",
    "own_forward_check",
    "relu_network_inputs",
    "upstream_gradient",
    "values_beside_kink",
]
