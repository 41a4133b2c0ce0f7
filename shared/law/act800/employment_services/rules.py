"""Duties of employers in employment services (Act 800 s.45F, passed in 2026 and not commenced)."""

from shared.kernel.money import Sen
from shared.law.book import LawOn
from shared.law.rule import rule


@rule("9999-01-01")
def highest_vacancy_fine(offence: int, law: LawOn) -> Sen:
    """The highest fine in sen for the first, second, ... offence of not reporting vacancies (s.45F).

    Every offence after the last one listed has the fine of the last. Raises `ValueError` for an offence under 1.
    """
    if offence < 1:
        raise ValueError("offences are counted from 1")
    table = law.table("act800.employment_services.vacancy_fines")
    return table.whole(table.find(min(offence, len(table.rows))), "fine")
