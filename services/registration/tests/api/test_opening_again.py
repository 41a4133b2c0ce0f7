"""Opening data beside what stands: companies that are known, and what officers decided before a restore."""

from collections.abc import AsyncIterator

import pytest

from services.registration.tests.api.test_opening_files import (
    EMPLOYERS,
    PERSONS,
    checked,
    everything,
    everything_again,
    loaded,
    read,
    released,
)
from services.registration.tests.support import CODE, OTHER_CODE, Register, party_of, register_on
from shared.kernel.identifiers import employer_id
from shared.testing.recalling import recall
from shared.testing.servers import Databases
from shared.testing.tokens import TestIssuer

pytestmark = pytest.mark.postgres

COMPANY, THIRD_CODE = "202001012345", "C3333333333C"


@pytest.fixture
async def again(databases: Databases, issuer: TestIssuer) -> AsyncIterator[Register]:
    async with register_on(databases, issuer) as restored:
        yield restored


async def test_employers_of_one_company_are_set_aside_but_the_first(register: Register) -> None:
    rows = [f"{CODE},KILANG MAJU SDN BHD,{COMPANY}", f"{OTHER_CODE},KILANG MAJU CAWANGAN JOHOR,{COMPANY}"]
    file = await checked(register, "employers", rows)
    assert file["checked"] == {"new": 1, "known": 0, "rejected": 1}
    errors = (await read(register, file["opening_file"], "/errors")).text.split()
    assert errors[1:] == ["2,mycoid,company_number_registered"]
    await released(register)
    await register.work_off()
    found = (await read(register, file["opening_file"])).json()
    assert (found["state"], found["loaded"]) == ("loaded", {"new": 1, "known": 0, "rejected": 1})
    other = await checked(register, "employers", [rows[0], f"{THIRD_CODE},KILANG MAJU UTARA,{COMPANY}"])
    assert other["checked"] == {"new": 0, "known": 1, "rejected": 1}
    await released(register)
    # Without the number it is taken, and states it afterwards.
    assert (await loaded(register, "employers", [f"{OTHER_CODE},KILANG MAJU CAWANGAN JOHOR,"]))["loaded"]["new"] == 1


async def test_a_company_registered_between_dry_run_and_load_sets_the_line_aside_then(register: Register) -> None:
    file = await checked(register, "employers", EMPLOYERS)
    body = {"name": "KILANG LAIN SDN BHD", "employer_code": THIRD_CODE, "mycoid": COMPANY}
    answer = await register.as_party("POST", "/v1/employers", "registration:employer:write", json=body)
    assert answer.status_code == 201, answer.text
    await released(register)
    await register.work_off()
    found = (await read(register, file["opening_file"])).json()
    assert (found["state"], found["loaded"]) == ("loaded", {"new": 1, "known": 0, "rejected": 1})
