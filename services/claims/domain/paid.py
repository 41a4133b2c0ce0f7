"""What of a lawful benefit is paid: all of it, or what the coordination over several leaves."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from services.claims.domain.asking import Records
from services.claims.domain.collectors.coordination import COORDINATION, in_law
from shared.law.decision import INSURED, DecisionRecord

TermBody: TypeAlias = Mapping[str, Any]


def terms_paid(question: str, records: Records) -> list[TermBody]:
    """What of a question's record is paid: all of its terms, or those that the coordination over it leaves."""
    record, coordination = records[question], records.get(COORDINATION)
    if coordination is None or record.hash not in _decided_over(coordination):
        return list(record.body.get("terms", ()))
    kept = [term for term in coordination.body["terms"] if term["benefit"] == in_law(question)]
    # The terms of its own: those of another claim stand beside them where a person has several.
    parties = {term["party"] for term in kept}
    return [term for term in record.body["terms"] if term["party"] in parties] if INSURED in parties else kept


def _decided_over(coordination: DecisionRecord) -> set[str]:
    """The hashes of the records that a coordination was asked over."""
    return {str(source["id"]) for fact in coordination.body["facts"] for source in fact["sources"]}
