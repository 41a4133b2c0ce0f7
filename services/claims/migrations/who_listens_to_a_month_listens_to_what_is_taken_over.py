"""Claims that listen to a month of somebody listen to whether months were taken over: one subject in place of forty."""

from shared.persistence.platform import run

revision = "claims_0037"
down_revision = "claims_0036"

_LISTEN = """
UPDATE due_work SET waits_for = waits_for || ARRAY(
    SELECT DISTINCT 'taken_over/' || split_part(subject, '/', 2) FROM unnest(waits_for) AS subject
    WHERE split_part(subject, '/', 1) IN ('wage', 'older_wages') ORDER BY 1)
WHERE kind = 'assess_claim' AND waits_for::text ~ '(wage|older_wages)/';
"""


def upgrade() -> None:
    """Those that were assessed before; who is assessed from now on says so itself."""
    run(_LISTEN)
