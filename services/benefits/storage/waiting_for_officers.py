"""What waits until an officer looks at it and opens no task: the worker counts it for the alarms."""

from sqlalchemy import text

from services.benefits.domain.recoveries import RepaymentState
from services.benefits.domain.waiting import WaitingReason
from services.benefits.storage.bank_files import BankFileReason
from services.benefits.storage.ledger import COUNTERED

# Each is found by an index and counted up to a bound. What waits by no state stands at zero, so that the first is seen.
FOR_OFFICERS = text(f"""
    WITH found (state, since) AS (
        (SELECT '{RepaymentState.TO_BE_RELEASED}', entered_at
         FROM repayment_waiting AS kept JOIN repayment ON id = kept.repayment
         WHERE route = 'counter' AND NOT EXISTS (SELECT FROM repayment_word AS said WHERE said.repayment = id)
         LIMIT 10000)
        UNION ALL
        (SELECT '{RepaymentState.COUNTER_TO_BE_RELEASED}', proposed_at
         FROM counter_entry AS kept WHERE released_by IS NULL AND NOT EXISTS (
             SELECT FROM transfer AS back
             WHERE back.repayment = kept.repayment AND {COUNTERED})
         LIMIT 10000)
        UNION ALL
        (SELECT CASE WHEN recovery IS NULL THEN '{RepaymentState.UNKNOWN_REFERENCE}'
                     ELSE '{RepaymentState.MORE_THAN_OPEN}' END, booked_at
         FROM transfer AS kept JOIN repayment ON repayment.id = kept.repayment
         WHERE cause = 'repaid_beyond' AND NOT EXISTS (
             SELECT FROM transfer AS back
             WHERE back.repayment = kept.repayment AND {COUNTERED})
         LIMIT 10000)
        UNION ALL
        (SELECT '{BankFileReason.BANK_SILENT}', created_at FROM bank_file
         WHERE reason = '{BankFileReason.BANK_SILENT}' LIMIT 10000)
        UNION ALL
        (SELECT '{WaitingReason.AMOUNT_OUT_OF_BOUNDS}', decided_at FROM settlement JOIN assessment USING (claim)
         WHERE waiting @> '[{{"reason": "{WaitingReason.AMOUNT_OUT_OF_BOUNDS}"}}]' LIMIT 10000))
    SELECT state, count(since),
           coalesce(CAST(extract(epoch FROM CAST(:now AS timestamptz) - min(since)) AS double precision), 0)
    FROM (VALUES ('{RepaymentState.TO_BE_RELEASED}'), ('{RepaymentState.COUNTER_TO_BE_RELEASED}'),
                 ('{RepaymentState.UNKNOWN_REFERENCE}'), ('{RepaymentState.MORE_THAN_OPEN}'),
                 ('{BankFileReason.BANK_SILENT}'), ('{WaitingReason.AMOUNT_OUT_OF_BOUNDS}')) AS known (state)
    LEFT JOIN found USING (state) GROUP BY state
""")  # noqa: S608 - constants
