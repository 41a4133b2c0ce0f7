"""Survivors' pension: whose death opens it, and each one's part (Act 4 ss.17A, 20A, Eighth Schedule)."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from shared.kernel.money import Sen, half_up
from shared.kernel.periods import age_on
from shared.law.act4.dependants.rules import Relation, shares
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2013-01-01")
def opens(born_on: date, died_on: date, pensioner: bool, law: LawOn) -> bool:
    """Whether the death opens a survivors' pension: before 60 from any cause, or of an invalidity pensioner (s.17A)."""
    return pensioner or age_on(born_on, died_on) < law.age("act4.survivors.age_limit")


@rule("2013-01-01")
def goes_on(pensioner: bool, law: LawOn) -> bool:
    """Whether the pension in payment is what survivors share, rather than one reckoned again (s.20A)."""
    return pensioner and law.says("act4.survivors.pension_in_payment_goes_on")


@rule("2013-01-01")
def survivors_shares(relations: Mapping[str, Relation], law: LawOn) -> Mapping[str, Fraction]:
    """Each survivor's part of the pension, by name: classes and shares of dependants' benefit (`assumed`)."""
    law.says("act4.survivors.shared_as_dependants_benefit")
    return shares(relations, law)


@rule("2013-01-01")
def monthly_share(pension: Sen, part: Fraction, law: LawOn) -> Sen:  # noqa: ARG001  the version is noted in it
    """A part of the monthly pension in sen, half up: it is the amount that is paid (Eighth Schedule)."""
    return half_up(pension * part)
