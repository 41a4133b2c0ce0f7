"""What benefits knows of claims: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.benefits.storage import tables as t
from shared.persistence.erased import ERASED_PERSON

PROJECTIONS = (
    t.assessment,
    t.entitlement,
    t.entitlement_term,
    t.refusal,
    t.known_merge,
    t.known_death,
    t.dead_party,
    ERASED_PERSON,
)
