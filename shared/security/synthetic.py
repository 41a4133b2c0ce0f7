"""Numbers that no real person bears, for a sandbox: there, and only there, nobody else is registered.

A MyKad is YYMMDD-PB-###G, and its ninth digit tells the century of the birth: 5 to 7 of the last one, 0 to 3 of this
one (`assumed`: practice, no instrument says so). A synthetic number has the digit of the other century. Read as the
national registration writes numbers, it is that of somebody who is born in decades, or was born 115 years ago or more.
"""

import re
from datetime import date

from shared.security.national_id import IdKind, NationalId

LAST_CENTURY, THIS_CENTURY = "567", "0123"
OLDEST_YEARS = 115
# No day of birth begins so, and no series that is issued.
SSFW_PREFIX = "9999"
# No old identity card has these letters, and none has them before as many digits (assumed: seen of none).
OLD_IC = re.compile(r"ZZ[0-9]{8}")
# A passport's number has nine characters at most (ICAO Doc 9303).
LONGEST_PASSPORT = 9


def is_synthetic(national_id: NationalId, born_on: date, today: date) -> bool:
    """Whether no real person bears the number of somebody who is said to be born on this day.

    Of a soldier's or a policeman's nothing tells.
    """
    number = national_id.number
    if national_id.kind is IdKind.SSFW:
        return number.startswith(SSFW_PREFIX)
    if national_id.kind is IdKind.OLD_IC:
        return bool(OLD_IC.fullmatch(number))
    if national_id.kind is IdKind.PASSPORT:
        return len(number) > LONGEST_PASSPORT
    return national_id.kind is IdKind.MYKAD and number[:6] == f"{born_on:%y%m%d}" and _is_nobodys(number, today)


def _is_nobodys(mykad: str, today: date) -> bool:
    """Whether the day of birth that the number tells has not come, or lies longer ago than anybody lives."""
    year, digit = int(mykad[:2]), mykad[8]
    if digit in LAST_CENTURY:
        read = 1900 + year
    elif digit in THIS_CENTURY:
        read = 2000 + year
    else:
        return False
    tells = (read, int(mykad[2:4]), int(mykad[4:6]))
    return tells > _parts(today, 0) or tells <= _parts(today, OLDEST_YEARS)


def _parts(day: date, years: int) -> tuple[int, int, int]:
    return day.year - years, day.month, day.day
