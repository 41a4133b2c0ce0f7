"""A certificate is asked for, and reminded of, before anything is held back for want of it; a payee sees its own."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run

revision = "benefits_0050"
down_revision = "benefits_0049"

_REQUESTS = """
CREATE TABLE certificate_request (
    -- Follows from all that names it: nobody is asked twice.
    id uuid PRIMARY KEY,
    claim uuid NOT NULL,
    scheme text NOT NULL,
    benefit text NOT NULL,
    party text NOT NULL,
    tenant text NOT NULL,
    certificate text NOT NULL CHECK (certificate IN ('life', 'status', 'study')),
    due_on date NOT NULL,
    asked_on date NOT NULL CHECK (asked_on <= due_on)
);
CREATE INDEX ix_certificate_request_benefit ON certificate_request (claim, scheme, benefit, party);
CREATE INDEX ix_certificate_request_party ON certificate_request (party, due_on, id);

CREATE TABLE certificate_reminder (
    request uuid PRIMARY KEY REFERENCES certificate_request,
    party text NOT NULL,
    tenant text NOT NULL,
    reminded_on date NOT NULL
);
"""
_MINE = "party = current_setting('jaring.tenant', true) AND party LIKE 'person:%'"
_ONE_OF_MINE = " OR ".join(
    f"EXISTS (SELECT FROM {table} AS own WHERE own.claim = {{table}}.claim)" for table in ("entitlement", "settlement")
)
# What is owed to a payee and what became of it, what it is asked for, and which orders count, of everybody's benefits.
_OWN = {
    **dict.fromkeys(("certificate_request", "certificate_reminder"), _MINE),
    **dict.fromkeys(("entitlement", "entitlement_term", "settlement", "payment", "transfer"), _MINE),
    **{table: _ONE_OF_MINE.format(table=table) for table in ("assessment", "refusal")},
    "increase_order_answer": "counts",
    **{
        table: f"EXISTS (SELECT FROM increase_order_answer AS word WHERE word.increase_order = {table}.{order})"
        for table, order in (("increase_order", "id"), ("increase_factor", "increase_order"))
    },
}


def upgrade() -> None:
    """The worker asks and reminds as it settles; its payee sees what it is asked for, and what is owed to it."""
    run(_REQUESTS)
    for table in ("certificate_request", "certificate_reminder"):
        grant("benefits", table, api="SELECT", worker="SELECT, INSERT")
        protect("benefits", table)
        never_changed(table)
    for table, own in _OWN.items():
        op.execute(f"CREATE POLICY {table}_own ON {table} FOR SELECT TO benefits_api USING ({own})")
