"""Whose work is insured under Act 800 (First Schedule)."""

from shared.law.book import LawOn
from shared.law.rule import rule


@rule("2018-01-01")
def work_is_insured(kind: str, law: LawOn) -> bool:
    """Whether the First Schedule leaves a kind of work in; domestic servants were left out until 31 May 2021."""
    return kind not in law.names("act800.cover.excluded")


@rule("2018-01-01")
def spouse_is_insured(law: LawOn) -> bool:
    """Whether the employer's spouse is insured (First Schedule)."""
    return law.says("act800.cover.spouse_insured")
