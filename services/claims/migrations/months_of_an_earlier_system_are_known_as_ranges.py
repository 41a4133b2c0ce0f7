"""Months that registration took over from an earlier system are known as ranges: written out they would be a nation's
rows times ten years."""

from shared.persistence.platform import grant, run

revision = "claims_0035"
down_revision = "claims_0034"

_TABLE = """
CREATE TABLE known_wage_range (
    person bigint NOT NULL,
    employer bigint NOT NULL,
    first_month date NOT NULL,
    last_month date NOT NULL CHECK (last_month >= first_month),
    wage_sen bigint NOT NULL CHECK (wage_sen >= 0),
    PRIMARY KEY (person, employer, first_month)
);
"""


def upgrade() -> None:
    """As the wages of months, whose line of the same employer and month takes the place of what a range says."""
    run(_TABLE)
    grant("claims", "known_wage_range", api="SELECT", worker="SELECT, INSERT, UPDATE, DELETE, TRUNCATE")
