"""What a run came to: a line for each case, a summary, JSON and JUnit XML for machines."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from conformance.runner import Result

SIGNS = {"passed": "ok     ", "failed": "FAILED ", "skipped": "skipped"}


def line(result: Result) -> str:
    """One line of a case, and below it what differs."""
    head = f"{SIGNS[result.state]} {result.case.id}"
    if result.state == "skipped":
        return f"{head}: {result.said[0]}"
    if result.state == "passed":
        return head
    return "\n".join((f"{head}: {result.case.about}", *(f"          {each}" for each in result.said), _why(result)))


def summary(results: Sequence[Result]) -> str:
    """How many cases passed, failed and were passed over."""
    counts = Counter(result.state for result in results)
    parts = [f"{counts[state]} {state}" for state in ("passed", "failed", "skipped")]
    return f"{len(results)} cases: {', '.join(parts)}"


def write_json(path: Path, url: str, results: Sequence[Result]) -> None:
    """The report as JSON."""
    counts = Counter(result.state for result in results)
    report = {
        "installation": url,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "counts": {state: counts[state] for state in SIGNS},
        "cases": [
            {
                "case": result.case.id,
                "state": result.state,
                "said": list(result.said),
                "source": result.case.source,
                "certainty": result.case.certainty,
                "worked": result.case.worked,
                "seconds": round(result.seconds, 3),
            }
            for result in results
        ],
    }
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_junit(path: Path, results: Sequence[Result]) -> None:
    """The report as the JUnit XML that build servers read."""
    counts = Counter(result.state for result in results)
    head = (
        f'<testsuite name="jaring-conformance" tests="{len(results)}" failures="{counts["failed"]}" '
        f'skipped="{counts["skipped"]}" errors="0" time="{sum(each.seconds for each in results):.3f}">'
    )
    text = "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *map(_junit, results), "</testsuite>", ""))
    path.write_text(text, encoding="utf-8")


def _junit(result: Result) -> str:
    names = f"classname={quoteattr(result.case.group)} name={quoteattr(result.case.name)}"
    head = f'<testcase {names} time="{result.seconds:.3f}"'
    if result.state == "passed":
        return f"{head}/>"
    if result.state == "skipped":
        return f"{head}><skipped message={quoteattr(result.said[0])}/></testcase>"
    said = escape("\n".join((*result.said, _why(result))))
    return f"{head}><failure message={quoteattr(result.said[0])}>{said}</failure></testcase>"


def _why(result: Result) -> str:
    return f"          expected by: {result.case.source} ({result.case.certainty}; worked: {result.case.worked})"
