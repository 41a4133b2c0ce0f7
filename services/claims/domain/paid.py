"""What of a lawful benefit is paid: all of it, or what the coordination over several leaves."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from shared.law.act4.coordination.determination import BENEFITS
from shared.law.decision import INSURED, DecisionRecord

COORDINATION = "coordination"
TermBody: TypeAlias = Mapping[str, Any]


def in_law(question: str) -> str:
    """What the law calls the benefit of a question."""
    return question.replace("_", " ")


def terms_paid(question: str, records: Mapping[str, DecisionRecord]) -> list[TermBody]:
    """What of a question's record is paid: all of its terms, or those that the coordination over it leaves.

    Where that could not be asked again over a record that changed, it goes on: nothing is paid beside what stands.
    """
    record, coordination = records[question], records.get(COORDINATION)
    if coordination is None or in_law(question) not in BENEFITS:
        return list(record.body.get("terms", ()))
    kept = [term for term in coordination.body["terms"] if term["benefit"] == in_law(question)]
    # The terms of its own: those of another claim stand beside them where a person has several.
    parties = {term["party"] for term in kept}
    return [term for term in record.body["terms"] if term["party"] in parties] if INSURED in parties else kept
