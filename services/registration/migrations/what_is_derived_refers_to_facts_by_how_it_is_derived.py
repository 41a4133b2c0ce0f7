"""What is derived from facts refers to them by how it is derived: a check of each row was the dearest of a load."""

from shared.persistence.platform import run

revision = "registration_0063"
down_revision = "registration_0062"

# Each is written in the transaction that wrote the fact, from the fact's own columns; facts refer to persons and
# employers by the database, and neither persons nor employers are ever deleted, by grant and by trigger; nor are facts,
# but by the function that erases a person, and that deletes what is derived of them too.
_DERIVED = {
    "person_attribute": ("person", "fact"),
    "person_name_token": ("person", "fact"),
    "spell": ("person", "employer", "fact"),
    "membership": ("person",),
}


def upgrade() -> None:
    """The references of the facts stay."""
    for table, columns in _DERIVED.items():
        for column in columns:
            run(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE {table} DROP CONSTRAINT {table}_{column}_fkey;\n")
