"""What of a lawful benefit is paid: all of it, or what the coordination over several leaves."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

from shared.law.act4.coordination.determination import BENEFITS
from shared.law.decision import INSURED, DecisionRecord, Per

COORDINATION = "coordination"
# Up to this version its terms were those of all claims of the person.
_OF_ALL_CLAIMS = 1
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
    if coordination.asked["version"] > _OF_ALL_CLAIMS:
        # What is lawful no more is paid no more, also where the coordination is not asked again.
        return kept if record.body.get("terms") else []
    # The terms of its own: those of another claim stood beside them where a person has several.
    parties = {term["party"] for term in kept}
    return [term for term in record.body["terms"] if term["party"] in parties] if INSURED in parties else kept


def is_paid_on(day: date, terms: Iterable[TermBody]) -> bool:
    """Whether something by the day or the month, or for a broken month, is paid for a day."""
    return any(term["first"] <= day.isoformat() <= term.get("last", day.isoformat()) for term in terms)


def is_lump_sum(term: TermBody, record: DecisionRecord) -> bool:
    """Whether a term is the lump sum of a record, which takes the place of months from its day on."""
    sums = (each["value"] for each in record.body["amounts"] if each["name"] == "lump sum")
    return term["per"] == Per.ONCE.value and term["sen"] in sums
