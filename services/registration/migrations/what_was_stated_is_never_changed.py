"""What parties stated, sent and were answered is never changed, by no role: a correction is another row."""

from shared.persistence.platform import keep_stored_answers, never_changed

revision = "registration_0012"
down_revision = "registration_0011"

_WHOLE = (
    *("person_fact", "spell_fact", "contribution_upload", "contribution_file_fault", "contribution_file_sum"),
    "parked_action",
)


def upgrade() -> None:
    """Refuse what nobody may."""
    keep_stored_answers("registration")
    for table in _WHOLE:
        never_changed(table)
    never_changed("national_id", "id", "person", "kind", "number_sealed", "blind_index", "id_token")
    never_changed("contribution_file", "file", "tenant", "employer", "digest", "lines", "received_at")
