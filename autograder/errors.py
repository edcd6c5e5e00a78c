"""The faults of the harness and of an assignment; what student code does is never one of them.

AutograderError
├── UsageError          a command was asked for something that cannot be: exit 2
└── HarnessError        a mark could not be found, and it is not the student's doing: exit 3
    ├── AssignmentError     an assignment, its reference or its mistakes are not as they must be
    ├── SandboxError        the isolated process could not be started or answered out of turn
    └── BuildError          what was built does not hold what it promises
"""

from __future__ import annotations


class AutograderError(Exception):
    """Anything that is our fault or the instructor's; its text is one sentence for a person."""


class UsageError(AutograderError):
    """The command line asks for what cannot be done."""


class HarnessError(AutograderError):
    """No mark was found and the student is not to blame."""


class AssignmentError(HarnessError):
    """An assignment is not as it must be; the text says where and what is wanted."""


class SandboxError(HarnessError):
    """The isolated process could not be started, or died before student code was run."""


class BuildError(HarnessError):
    """A built notebook or bundle failed the build's check of itself."""
