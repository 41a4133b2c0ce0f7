"""Who read is found by the claim that was read, however it was come by; and whom decisions owe reads who did."""

from alembic import op

from shared.persistence.platform import grant, never_changed, protect, run
from shared.persistence.read_log_tables import fill_in, log_what_was_read

revision = "claims_0067"
down_revision = "claims_0066"

_SAYS = "CAST(convert_from(letter.content, 'UTF8') AS jsonb)"
_PART = "CAST(split_part(letter.about, '/', 2) AS uuid)"
# To which claims documents, letters, tasks and the like lead that were read before.
_CLAIMS = f"""
INSERT INTO read_log_about (about, kind, read)
SELECT DISTINCT found.claim, 'claim', found.read
FROM (
    SELECT claim.id AS claim, told.read FROM read_log_about AS told JOIN claim ON claim.notice = told.about
    WHERE told.kind = 'notice'
    UNION ALL SELECT thing.claim, told.read FROM read_log_about AS told JOIN document AS thing ON thing.id = told.about
    UNION ALL SELECT thing.claim, told.read FROM read_log_about AS told
              JOIN board_case AS thing ON thing.id = told.about
    UNION ALL SELECT thing.claim, told.read FROM read_log_about AS told
              JOIN investigation AS thing ON thing.id = told.about
    UNION ALL SELECT thing.claim, told.read FROM read_log_about AS told
              JOIN evidence_request AS thing ON thing.id = told.about
    UNION ALL SELECT thing.claim, told.read FROM read_log_about AS told
              JOIN referral_offer AS thing ON thing.id = told.about
    UNION ALL SELECT thing.claim, told.read FROM read_log_about AS told JOIN complaint AS thing ON thing.id = told.about
    UNION ALL SELECT CASE split_part(letter.about, '/', 1)
                     WHEN 'claim' THEN {_PART}
                     WHEN 'evidence_request' THEN (SELECT claim FROM evidence_request WHERE id = {_PART})
                     WHEN 'board_case' THEN (SELECT claim FROM board_case WHERE id = {_PART})
                     WHEN 'complaint' THEN (SELECT claim FROM complaint WHERE id = {_PART})
                     WHEN 'certificate' THEN NULL
                     ELSE CAST(split_part({_SAYS} ->> 'reference', ' / ', 1) AS uuid) END, told.read
              FROM read_log_about AS told JOIN letter ON letter.id = told.about
    UNION ALL SELECT CASE split_part(task.subject, '/', 1)
                     WHEN 'claim' THEN subject.id
                     WHEN 'question' THEN subject.id
                     WHEN 'investigation' THEN (SELECT claim FROM investigation WHERE id = subject.id)
                     WHEN 'inconsistency' THEN (SELECT claim FROM inconsistency WHERE id = subject.id)
                     WHEN 'board_case' THEN (SELECT claim FROM board_case WHERE id = subject.id)
                     WHEN 'evidence_request' THEN (SELECT claim FROM evidence_request WHERE id = subject.id)
                     WHEN 'complaint' THEN (SELECT claim FROM complaint WHERE id = subject.id) END, told.read
              FROM read_log_about AS told JOIN task ON task.id = told.about
              CROSS JOIN LATERAL (SELECT CAST(split_part(task.subject, '/', 2) AS uuid) AS id
                                  WHERE split_part(task.subject, '/', 1) <> 'figure_entry') AS subject
    UNION ALL SELECT board_case.claim, told.read
              FROM read_log_about AS told JOIN task ON task.id = told.about
              JOIN board_case ON task.subject = 'board_session/' || board_case.session
) AS found
WHERE found.claim IS NOT NULL
ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants
# Letters that did not say whose benefit they are about name whoever that is in their first lines.
_LETTERS_OF_BEFORE = f"""
INSERT INTO read_log_person (person, read)
SELECT DISTINCT CAST(substr(named.number[1], 2, 9) AS bigint), told.read
FROM read_log_about AS told JOIN letter ON letter.id = told.about
CROSS JOIN LATERAL
     regexp_matches({_SAYS} -> 'said' -> 'en' ->> 'opening', '\\mP[0-9]+[0-9A-Z]\\M', 'g') AS named (number)
WHERE split_part(letter.about, '/', 1) IN ('certificate', 'suspension', 'recovery')
      AND {_SAYS} -> 'says' -> 'of' IS NULL AND length(named.number[1]) = 11
ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants
# Whom a decision of the claim named as owed something, as the one that it is about or beside it.
_PARTIES = """
CREATE TABLE claim_party (
    claim uuid NOT NULL,
    person bigint NOT NULL,
    PRIMARY KEY (claim, person)
);
"""
_OWED = """
SELECT {claim}, CAST(split_part(owed ->> 'party', ':', 2) AS bigint), {since}
FROM {source} CROSS JOIN LATERAL
     jsonb_array_elements(CAST(convert_from(event, 'UTF8') AS jsonb) -> 'entitlements') AS owed
WHERE owed ->> 'party' LIKE 'person:%'
"""
_OWED_BEFORE = (
    _OWED.format(claim="claim", since="CAST(envelope ->> 'decided_at' AS timestamptz)", source="decision")
    + " UNION ALL "
    + _OWED.format(claim="claim", since="CAST(NULL AS timestamptz)", source="recalled_decision")
)
_KNOWN_BEFORE = f"""
INSERT INTO claim_party (claim, person)
SELECT DISTINCT claim, person FROM ({_OWED_BEFORE}) AS owed (claim, person, since)
"""  # noqa: S608 - constants
# Who read the claim itself once a decision had named them.
_READ_BEFORE = f"""
INSERT INTO read_log_person (person, read)
SELECT DISTINCT owed.person, told.read
FROM ({_OWED_BEFORE}) AS owed (claim, person, since)
JOIN read_log_about AS told ON told.about = owed.claim AND told.kind = 'claim'
JOIN read_log ON read_log.id = told.read AND read_log.at >= owed.since AND read_log.route LIKE '/v1/claims/%'
ON CONFLICT DO NOTHING
"""  # noqa: S608 - constants
# Whoever is told of a claim is written down for all of them, and learns of none.
_PARTIES_OF = """
CREATE FUNCTION parties_of_claims(of_claims uuid[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT person FROM public.claim_party WHERE claim = ANY (of_claims)
$$
"""


def upgrade() -> None:
    """What was read before is found too, where its address or its letter says of what it was."""
    log_what_was_read("claims")
    fill_in(_CLAIMS, _LETTERS_OF_BEFORE)
    run(_PARTIES)
    fill_in(_KNOWN_BEFORE, _READ_BEFORE)
    grant("claims", "claim_party", worker="SELECT, INSERT")
    protect("claims", "claim_party", mine="false")
    never_changed("claim_party")
    op.execute(_PARTIES_OF)
    op.execute("REVOKE ALL ON FUNCTION parties_of_claims(uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION parties_of_claims(uuid[]) TO claims_api, claims_worker")
