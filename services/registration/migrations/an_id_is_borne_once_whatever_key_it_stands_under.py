"""An id is borne once by its token as well, which does not depend on the keys that are rotated: one whose key is not
here is not added a second time."""

from shared.persistence.platform import run

revision = "registration_0075"
down_revision = "registration_0074"

_ONCE = """
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX uq_national_id_token ON national_id (id_token) WHERE withdrawn_at IS NULL;
"""


def upgrade() -> None:
    """Of kind and number, as the index of the sealed id."""
    run(_ONCE)
