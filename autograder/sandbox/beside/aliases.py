"""Another accepted name of a stub: statements that use it are read as if they used the stub's own.

Only the reading is changed, by which statements are chosen and stubs are found: what is run is the statement as it was
written. A class is called what its student calls it, in `__name__` and wherever it is entered as it is made. The two
names are bound to one object meanwhile (`bindings`).
"""

from collections.abc import Iterable, Mapping
from types import CodeType

from .scopes import Place, places
from .steps import Reading, Step


def under_own_names(steps: list[Step], aliases: Mapping[str, str], reading: Reading) -> list[Step]:
    """The steps with each stub under its own name; `aliases` maps the other names to it."""
    found: list[Step] = []
    for step in steps:
        used = places(step.node, aliases) if aliases else []
        if not used:
            found.append(step)
            continue
        _rename(used, aliases)
        for made in reading.again(step, step.node):
            made.code = _as_written(made, used, aliases, reading)
            found.append(made)
    return found


def one_thing(steps: list[Step], aliases: Mapping[str, str]) -> dict[str, str]:
    """Those of the aliases that mean the stub.

    Where the cells bind both names, or one statement uses both, they mean two things by them: a function `ReLU` beside
    the class `ReLu`. Where they bind the stub's own and never use the other, that one is free for anything.
    """
    if not aliases:
        return {}
    names = [*aliases, *aliases.values()]
    used = [{place.name for place in places(step.node, names)} for step in steps]
    bound = {name for step in steps if not step.says_nothing for name in step.names.binds}
    return {
        alias: name
        for alias, name in aliases.items()
        if not any({alias, name} <= found for found in used)
        and not {alias, name} <= bound
        and (name not in bound or any(alias in found for found in used))
    }


def _rename(used: Iterable[Place], names: Mapping[str, str]) -> None:
    for place in used:
        place.write(names[place.name])


def _as_written(step: Step, used: Iterable[Place], aliases: Mapping[str, str], reading: Reading) -> CodeType:
    """The code of the step with the names that its student wrote."""
    for place in used:
        place.write(place.name)
    try:
        return reading.code(step) or step.code
    finally:
        _rename(used, aliases)
