"""What is in arrears is found without reading what is not: months that are not due, or were looked at on the day."""

import json
import re
from datetime import date
from typing import Any

import asyncpg
import pytest

from services.registration.storage import accounts
from services.registration.storage.accounts import Arrears
from services.registration.tests.support import Register

pytestmark = pytest.mark.postgres

DAY = date(2026, 9, 1)
EMPLOYERS = 40_000
# Of each employer three months: paid, outstanding and run on the day (of the first half; of the others paid), and not
# due yet. The last one owes interest.
_FILL = """
    INSERT INTO contribution_account (employer, month, tenant, act4_employer_sen, act4_employee_sen,
                                      act800_employer_sen, act800_employee_sen, skbbk_employee_sen, due_on, banked_sen,
                                      run_on, interest_left_sen)
    SELECT e, month, 'employer:' || e, 100, 100, 100, 100, 0, due_on,
           CASE WHEN month = 202607 AND e > $1 / 2 THEN 400 ELSE banked_sen END, run_on,
           CASE WHEN e = $1 AND month = 202606 THEN 500 ELSE 0 END
    FROM generate_series(1, $1) AS e,
         (VALUES (202606, date '2026-07-15', 400, NULL), (202607, date '2026-08-15', 0, date '2026-08-31'),
                 (202608, date '2026-09-15', 0, NULL)) AS known (month, due_on, banked_sen, run_on)
"""


async def test_arrears_are_found_by_their_own_indexes(register: Register) -> None:
    async with register.service.database.connection("migrate") as owner:
        await owner.execute(_FILL.replace("$1", str(EMPLOYERS)))
        await owner.execute("ANALYZE contribution_account")
    whose = {"employer": 1, "after_employer": 0, "after_month": 0, "day": DAY, "limit": 20}
    async with register.service.database.connection("api") as connection:
        await connection.execute("SELECT set_config('jaring.role', 'officer', false)")
        for kind in (*Arrears, None):
            assert await _pages(connection, accounts._LISTED[False, kind], **whose) < 200, kind
        # The last page: what is not due is passed over in the index, and no row of it is read.
        last = {**whose, "after_employer": EMPLOYERS // 2 - 10}
        assert await _pages(connection, accounts._LISTED[False, Arrears.CONTRIBUTIONS], **last) < 200
    async with register.service.database.connection() as connection:
        # Of some 1,500; a few more where the index was filled while others wrote.
        assert await _pages(connection, str(accounts._RUN), day=date(2026, 8, 31), limit=50) < 60, "all is done"


async def _pages(connection: asyncpg.Connection, asked: str, **values: Any) -> int:
    query = re.sub(r"(?<!:):(\w+)", lambda found: _literal(values[found[1]]), asked)
    plan = json.loads(await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}"))[0]["Plan"]
    return int(plan["Shared Hit Blocks"]) + int(plan["Shared Read Blocks"])


def _literal(value: Any) -> str:
    return f"'{value}'::date" if isinstance(value, date) else str(value)
