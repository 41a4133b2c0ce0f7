"""What employers push stands in one order with their files: what was received later wins, whenever it is worked off."""

from shared.persistence.platform import index_inbound_keys, run

revision = "registration_0048"
down_revision = "registration_0047"

# The receipts of files and the numbers of pushed events are of one sequence. What waits keeps its order and is the
# later one: nothing says when it arrived among files of before.
_ONE_ORDER = """
ALTER TABLE inbound_event DISABLE TRIGGER never_changed;
-- squawk-ignore ban-alter-identity
ALTER TABLE inbound_event ALTER COLUMN number DROP IDENTITY;
SELECT setval(pg_get_serial_sequence('contribution_file', 'receipt'),
              greatest((SELECT coalesce(max(number), 1) FROM inbound_event),
                       (SELECT coalesce(max(receipt), 1) FROM contribution_file)));
ALTER TABLE inbound_event ALTER COLUMN number SET DEFAULT nextval('contribution_file_receipt_seq');
UPDATE inbound_event AS known SET number = waiting.number
    FROM (SELECT event, nextval('contribution_file_receipt_seq') AS number
          FROM (SELECT event FROM inbound_event WHERE state IN ('received', 'parked') ORDER BY number) AS ordered)
         AS waiting
    WHERE known.event = waiting.event;
ALTER TABLE inbound_event ENABLE TRIGGER never_changed;
GRANT USAGE ON SEQUENCE contribution_file_receipt_seq TO registration_api, registration_worker;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ix_contribution_file_employer_receipt ON contribution_file (employer, receipt);
"""


def upgrade() -> None:
    """One sequence, an index by which the files between two events are found, and one for the later of a key."""
    run(_ONE_ORDER)
    index_inbound_keys()
