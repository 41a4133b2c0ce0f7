"""What benefits knows of claims: tables that may be emptied and are filled again (docs/reliability.md)."""

from services.benefits.storage import tables as t

PROJECTIONS = (t.assessment, t.entitlement, t.entitlement_term, t.refusal, t.known_merge)
