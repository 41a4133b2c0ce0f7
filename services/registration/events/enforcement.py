"""Topic ``registration``: matters of enforcement, alike when it happens and when they are republished; no officers."""

from collections.abc import Sequence

from services.registration.domain.assessment import AssessedLine, Assessment, Objection
from services.registration.domain.contribution import AMOUNTS
from services.registration.domain.enforcement import Compound, Inspection, InspectionState, Notice, Payment
from shared.contracts.registration import (
    AssessedLineV1,
    AssessmentStatedV1,
    CompoundPaymentV1,
    CompoundStatedV1,
    EnforcementNoticeStatedV1,
    InspectionStatedV1,
    ObjectionV1,
)


def inspection_stated(said: Inspection) -> InspectionStatedV1:
    """An inspection, which is planned once and reported once."""
    return InspectionStatedV1(
        inspection=said.id,
        employer=said.employer,
        revision=1 if said.state is InspectionState.PLANNED else 2,
        stated_at=said.stated_at,
        state=said.state.value,
        reason=said.reason.value,
        planned_for=said.planned_for,
        held_on=said.held_on,
        findings=tuple(each.value for each in said.findings),
        evidence=said.evidence,
        reported_at=said.reported_at,
    )


def notice_stated(said: Notice) -> EnforcementNoticeStatedV1:
    """A follow-up notice."""
    return EnforcementNoticeStatedV1(
        notice=said.id,
        employer=said.employer,
        revision=said.revision,
        stated_at=said.stated_at,
        inspection=said.inspection,
        state=said.state.value,
        demand=said.demand.value,
        given_on=said.given_on,
        answer_by=said.answer_by,
        law=said.law,
        evidence=said.evidence,
        decided_at=said.decided_at,
    )


def assessment_stated(said: Assessment, lines: Sequence[AssessedLine]) -> AssessmentStatedV1:
    """An assessment, with all of its lines."""
    return AssessmentStatedV1(
        assessment=said.id,
        employer=said.employer,
        revision=said.revision,
        stated_at=said.stated_at,
        inspection=said.inspection,
        state=said.state.value,
        evidence=said.evidence,
        object_by=said.object_by,
        known_on=said.known_on,
        law=said.law,
        lines=tuple(map(_line, lines)),
        objection=None if said.objection is None else _objection(said.objection),
        decided_at=said.decided_at,
    )


def compound_stated(said: Compound, payments: Sequence[Payment]) -> CompoundStatedV1:
    """A compound, with what was paid of it."""
    return CompoundStatedV1(
        compound=said.id,
        number=said.number,
        employer=said.employer,
        revision=said.revision,
        stated_at=said.stated_at,
        inspection=said.inspection,
        state=said.state.value,
        offence=said.offence.value,
        amount_sen=said.amount_sen,
        evidence=said.evidence,
        law=said.law,
        offered_on=said.offered_on,
        pay_by=said.pay_by,
        lapsed_at=said.lapsed_at,
        paid_late=said.paid_late,
        payments=tuple(map(_payment, payments)),
        decided_at=said.decided_at,
        decided_for=said.decided_for,
    )


def _line(line: AssessedLine) -> AssessedLineV1:
    due = {name: getattr(line.amounts, name) for name in AMOUNTS}
    return AssessedLineV1(month=str(line.month), person=line.person, wage_sen=line.wage_sen, **due)


def _objection(said: Objection) -> ObjectionV1:
    return ObjectionV1(reason=said.reason.value, evidence=said.evidence, stated_by=said.source, objected_at=said.at)


def _payment(paid: Payment) -> CompoundPaymentV1:
    return CompoundPaymentV1(
        credit=paid.credit, amount_sen=paid.amount_sen, banked_on=paid.banked_on, taken_back=paid.is_taken_back
    )
