"""pytest's plugin: two options that grade a submission, each check an item.

Every pytest on a machine where this package is installed loads this module, so it imports nothing; what grades is
imported when `--assignment` is given. Without that nothing changes.
"""

from __future__ import annotations

from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options, with names that no other plugin is likely to have."""
    group = parser.getgroup("autograder", "grading a submission (autograder)")
    group.addoption("--assignment", metavar="NAME", help="grade by this assignment: its folder, or its name")
    group.addoption(
        "--submission", metavar="PATH", action="append", help="a notebook, a .py or a .zip; may be repeated"
    )
    group.addoption("--grading-seed", metavar="N", type=int, default=0, help="for hidden checks' draws; default: 0")
    group.addoption(
        "--require-isolation",
        metavar="PROMISE",
        choices=["accidents", "secrets", "host"],
        default="secrets",
        help="what student code must be held by: accidents, secrets (the default) or host",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """No conftest.py is loaded where a submission is graded: it may be the student's."""
    if getattr(early_config.known_args_namespace, "assignment", None):
        early_config.known_args_namespace.noconftest = True


def pytest_configure(config: pytest.Config) -> None:
    """Open the door where an assignment is named."""
    if not config.getoption("assignment"):
        if config.getoption("submission"):
            raise pytest.UsageError("--submission is given without --assignment NAME, which says what it is graded by")
        return
    from .pytest_items import Door  # noqa: PLC0415  NumPy and the engine, for those who grade

    config.pluginmanager.register(Door(config), "autograder-door")


def pytest_report_header(config: pytest.Config) -> Any:
    """What is graded by, in pytest's first lines."""
    name = config.getoption("assignment")
    return f"assignment: {name}" if name else None
