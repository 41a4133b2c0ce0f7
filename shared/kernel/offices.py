"""The organisation's offices, by which people's work is shared out: one for each State and Federal Territory.

`assumed`: which branches each of them has is the organisation's to say; one that is to have tasks of its own is a line
here.
"""

import re
from enum import StrEnum

# What a token says of the office that an officer works in. One that stands in no list holds no task.
OFFICE = re.compile(r"[a-z][a-z0-9_]{0,63}")


class Office(StrEnum):
    """An office that may hold a task."""

    HEADQUARTERS = "headquarters"
    JOHOR = "johor"
    KEDAH = "kedah"
    KELANTAN = "kelantan"
    KUALA_LUMPUR = "kuala_lumpur"
    LABUAN = "labuan"
    MELAKA = "melaka"
    NEGERI_SEMBILAN = "negeri_sembilan"
    PAHANG = "pahang"
    PERAK = "perak"
    PERLIS = "perlis"
    PULAU_PINANG = "pulau_pinang"
    PUTRAJAYA = "putrajaya"
    SABAH = "sabah"
    SARAWAK = "sarawak"
    SELANGOR = "selangor"
    TERENGGANU = "terengganu"
