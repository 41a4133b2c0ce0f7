"""What claims knows of others: tables that may be emptied and are filled again (docs/reliability.md)."""

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
    t.known_acting,
    t.known_death,
    ERASED_PERSON,
)
