"""The fuzzer of the wire: it finds what is planted, and in a second or two nothing else."""

import struct
import sys

import pytest

from autograder.sandbox import messages, watch, wire
from benchmarks import fuzz_wire
from benchmarks.fuzz_wire import BrokenRuleError, Coverage, Fuzzer, one_input, seeds


def test_no_input_breaks_a_rule():
    """A few thousand changed inputs, of every message and of the stream, give records or violations."""
    fuzzer = Fuzzer(one_input, Coverage(wire, messages, watch), seeds())
    assert fuzzer.run(1.5) is None
    assert fuzzer.inputs > len(seeds())
    assert len(fuzzer.corpus) > 20


def planted(data):
    """A fault behind three bytes, each of which is told by a branch of its own."""
    if data[:1] != b"\x07":
        return
    if data[1:2] != b"b":
        return
    if data[2:3] != b"a":
        return
    raise ZeroDivisionError


def test_coverage_leads_to_what_is_planted():
    """What blind changes would take millions of inputs for is found in thousands."""
    fuzzer = Fuzzer(planted, Coverage(sys.modules[__name__]), [b"\0\0\0\0"])
    found = fuzzer.run(60)
    assert found is not None
    assert found.startswith(b"\x07ba")
    assert fuzzer.inputs < 200_000


@pytest.mark.parametrize(
    ("value", "rule"), [(3, "a value of type int"), ("x" * 99, "99 bytes"), (ZeroDivisionError("by zero"), "by zero")]
)
def test_a_broken_rule_is_seen(monkeypatch, value, rule):
    """A value of no kind, more bytes than came, and an exception that is no Violation."""

    def decode(_):
        if isinstance(value, Exception):
            raise value
        return value

    monkeypatch.setattr(fuzz_wire.wire, "decode", decode)
    with pytest.raises((BrokenRuleError, ZeroDivisionError), match=rule):
        one_input(b"\0" + struct.pack("<I", 0))
