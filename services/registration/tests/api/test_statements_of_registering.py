"""How often registering asks the database beside what every request does, so that it does not grow back unseen."""

import re

import pytest

from services.registration.tests.support import Register
from shared.testing.statements import statements

pytestmark = pytest.mark.postgres


async def test_an_employer_gets_its_number_with_the_statement_that_keeps_it(register: Register) -> None:
    with statements(register.service.app.state.database) as made:
        await register.employer()
    assert [each[:30] for each in made if re.search(r"\bemployer\b", each)] == ["WITH next AS MATERIALIZED ( SE"]


async def test_a_person_is_numbered_kept_and_derived(register: Register) -> None:
    with statements(register.service.app.state.database) as made:
        await register.person()
    about = [each for each in made if re.search(r"\b(recalled_person|person|derive_person_attributes)\b", each)]
    assert len(about) == 3
