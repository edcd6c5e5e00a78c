"""The isolated process: `observe` runs a submission and its probes there; `encode` and `decode` are its wire."""

from .beside.frames import encode
from .sitting import observe
from .wire import decode, size
from .workers import Isolation, isolation

__all__ = ["Isolation", "decode", "encode", "isolation", "observe", "size"]
