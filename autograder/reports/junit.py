"""JUnit's XML, as GitLab, GitHub's viewers and Jenkins read it: a suite for each submission, a case for each check."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from .. import feedback
from ..plain import shown, visible
from ..records import GradeReport, Status
from ..testcases import Case, Outcome, cases

NAME = "junit.xml"


def as_xml(reports: Sequence[GradeReport]) -> bytes:
    """The reports, without times, so that the same marks are the same bytes."""
    suites = [_suite(report) for report in reports]
    root = ET.Element("testsuites", {"name": "autograder", **_sums(suites)})
    root.extend(suites)
    ET.indent(root)
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def _suite(report: GradeReport) -> ET.Element:
    found = cases(report)
    counts = {
        "tests": str(len(found)),
        "failures": str(sum(case.outcome is Outcome.FAILED for case in found)),
        "errors": str(sum(case.outcome is Outcome.ERROR for case in found)),
        "skipped": "0",
        "time": "0",
    }
    suite = ET.Element("testsuite", {"name": shown(report.submission, 2000), **counts})
    known = {"assignment": report.assignment, "status": report.status.value, "isolation": report.isolation}
    if report.status is not Status.ERROR:
        known |= {"points": feedback.number(report.points), "possible": feedback.number(report.possible)}
    _properties(suite, known)
    suite.extend(_case(case) for case in found)
    ET.SubElement(suite, "system-out").text = visible("\n".join(feedback.report(report)))
    return suite


def _case(case: Case) -> ET.Element:
    name = f"{case.name}: {case.title}" if case.title else case.name
    made = ET.Element("testcase", {"classname": visible(case.question), "name": visible(name), "time": "0"})
    text = visible("\n".join(case.text))
    if case.outcome is not Outcome.ERROR:
        _properties(made, {"points": feedback.number(case.points), "possible": feedback.number(case.possible)})
    if case.outcome is Outcome.PASSED:
        if text:
            ET.SubElement(made, "system-out").text = text
        return made
    kind = "failure" if case.outcome is Outcome.FAILED else "error"
    ET.SubElement(made, kind, {"message": text.partition("\n")[0]}).text = text
    return made


def _properties(element: ET.Element, values: dict[str, str]) -> None:
    properties = ET.SubElement(element, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})


def _sums(suites: Sequence[ET.Element]) -> dict[str, str]:
    return {name: str(sum(int(suite.get(name, "0")) for suite in suites)) for name in ("tests", "failures", "errors")}
