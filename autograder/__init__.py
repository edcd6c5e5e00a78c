"""An autograder for neural-network assignments in NumPy: what an instructor needs to write one.

Each name is imported when it is first asked for, so that whoever is only passing by, as pytest's plugin and Jupyter's
extension are, does not wait for NumPy.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_ROOMS = {
    "datasets": ("digits",),
    "placement": (
        "biases_beside_kinks",
        "large_logits",
        "one_hot_labels",
        "relu_network_inputs",
        "upstream_gradient",
        "values_beside_kink",
    ),
    "properties": ("backward_properties", "own_forward_check"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """A name of `__all__`, from the room that has it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f".{_ROOM_OF.get(name, 'definition')}", __name__), name)
    globals()[name] = found
    return found


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext autograder` does in a notebook: its own checks show where an answer differs."""
    from .integrations.jupyter import load  # noqa: PLC0415  for those who ask for it

    load(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
