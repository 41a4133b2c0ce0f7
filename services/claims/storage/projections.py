"""What claims knows of others: tables that may be emptied and are filled again (docs/reliability.md).

Who has died and who acts for whom is not among them, though an announcement fills it too: a share would go to the dead
again, and somebody whose term ended would read again, until the word of it has come once more.
"""

from services.claims.storage import tables as t
from shared.persistence.erased import ERASED_PERSON

PROJECTIONS = (
    t.known_identity,
    t.known_person,
    t.known_merge,
    t.known_spell,
    t.known_membership,
    t.known_wage,
    t.known_wage_range,
    t.known_payment,
    t.known_placement,
    t.known_increase,
    ERASED_PERSON,
)
