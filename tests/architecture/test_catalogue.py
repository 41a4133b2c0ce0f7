"""A kind of benefit is named in the catalogue and by the collectors of its facts, and nowhere else in the services."""

import re
from pathlib import Path

import pytest

from services.claims.domain.catalogue import CATALOGUE
from services.claims.domain.question import Question

ROOT = Path(__file__).resolve().parents[2]
NAMED_IN = (
    "services/claims/domain/catalogue.py",
    "services/claims/domain/collectors/",
    # The rows of before were all of one benefit.
    "services/claims/migrations/",
    "services/benefits/migrations/",
)
QUESTIONS = [question for of_kind in CATALOGUE.values() for question in of_kind]
BENEFITS = sorted({question.name for question in QUESTIONS if question.owes})


def naming(root: Path) -> list[str]:
    """The lines of services that name a benefit as a value, outside tests and where it may stand."""
    named = re.compile(rf'"(?:{"|".join(BENEFITS)})"')
    found = []
    for path in sorted(root.glob("services/**/*.py")):
        where = path.relative_to(root).as_posix()
        if "/tests/" in where or where.startswith(NAMED_IN):
            continue
        lines = enumerate(path.read_text().splitlines(), start=1)
        # An example in a document is no value.
        found += [f"{where}:{number}" for number, line in lines if named.search(line) and "examples=" not in line]
    return found


def test_no_benefit_is_named_beside_the_catalogue() -> None:
    assert naming(ROOT) == []


def test_a_benefit_that_is_named_elsewhere_is_found(tmp_path: Path) -> None:
    place = tmp_path / "services/benefits/domain/settlement.py"
    place.parent.mkdir(parents=True)
    place.write_text('if benefit == "funeral_benefit":\n    pass\n')
    assert naming(tmp_path) == ["services/benefits/domain/settlement.py:1"]


@pytest.mark.parametrize("kind", CATALOGUE, ids=str)
def test_a_question_comes_after_those_whose_answers_it_reads(kind: object) -> None:
    names = [question.name for question in CATALOGUE[kind]]  # type: ignore[index]
    assert len(set(names)) == len(names)
    for place, question in enumerate(CATALOGUE[kind]):  # type: ignore[index]
        assert question.unless_found is None or question.unless_found in names[:place] or question.of_cause


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_what_a_question_owes_has_a_fund_and_a_determination(question: Question) -> None:
    assert question.asked.name == question.determination
    assert question.owes == (question.fund is not None)
