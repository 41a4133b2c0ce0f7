"""What registration took on: files and what they came in, money from the bank, and what officers and others state."""

from services.registration.domain import queues as q
from shared.inbound.control_totals import INBOUND_EVENT
from shared.kernel.queues import Queue
from shared.persistence.control_totals import ControlTotal, HeldBy, Holder, by_task, by_work

FILE = ControlTotal(
    kind="contribution_file",
    table="contribution_file",
    ended="finished_at IS NOT NULL",
    since="received_at",
    held_by=(
        by_task("'contribution_file/' || held.file", q.CONTRIBUTION_FILE.name),
        *by_work("process_contribution_file", file="held.file"),
    ),
)
ARCHIVE = ControlTotal(
    kind="contribution_archive",
    table="contribution_archive",
    ended="state = 'finished'",
    since="received_at",
    held_by=by_work("process_contribution_archive", archive="held.archive"),
)
UPLOAD = ControlTotal(
    kind="upload",
    table="upload",
    ended="state IN ('complete', 'refused')",
    since="created_at",
    # Whoever sends it was told until when; what nobody goes on with is let go of then.
    held_by=(HeldBy(Holder.OUTSIDE, "state = 'open'"),),
)
OPENING_FILE = ControlTotal(
    kind="opening_file",
    table="opening_file",
    ended="state IN ('loaded', 'dropped')",
    since="received_at",
    held_by=(
        by_task("'opening_file/' || held.file", q.OPENING_FILE.name),
        # Each piece by itself.
        HeldBy(
            Holder.RULE,
            "EXISTS (SELECT FROM due_work WHERE kind IN ('check_opening', 'load_opening') AND failed IS NULL "
            "AND payload LIKE '{\"file\":\"' || held.file || '\"%')",
        ),
    ),
)
BANK_STATEMENT = ControlTotal(
    kind="bank_statement",
    table="bank_statement",
    ended="state = 'taken'",
    since="received_at",
    held_by=(
        *by_work("take_bank_statement", statement="held.statement"),
        # Officers see them listed, and an alarm counts them: it is no task.
        HeldBy(Holder.UNTIMED, "state IN ('to_be_released', 'held')"),
    ),
)
BANK_CREDIT = ControlTotal(
    kind="bank_credit",
    table="bank_credit",
    ended="state <> 'unmatched'",
    since="received_at",
    held_by=(by_task("'bank_credit/' || held.credit", q.BANK_CREDIT.name),),
)
REGISTER_STATEMENT = ControlTotal(
    kind="register_statement",
    table="register_statement",
    ended="state IN ('applied', 'dismissed')",
    since="received_at",
    held_by=(
        by_task("'register_statement/' || held.id", q.REGISTER_STATEMENT.name),
        *by_work("apply_register_statement", statement="held.id"),
    ),
)
ERASURE = ControlTotal(
    kind="erasure",
    table="erasure",
    # Of who is erased in part the rest is kept until a day that the law names: nothing is to be done until then.
    ended="state IN ('refused', 'erased', 'partly')",
    since="stated_at",
    held_by=(
        by_task("'erasure/' || held.erasure", q.ERASURE.name),
        *by_work("ask_of_erasure", erasure="held.erasure"),
        *by_work("erase_person", erasure="held.erasure"),
    ),
)
INSPECTION = ControlTotal(
    kind="inspection",
    table="inspection",
    ended="state IN ('held', 'called_off')",
    since="stated_at",
    # Whoever planned it: a day is named, and nothing reminds of it.
    held_by=(HeldBy(Holder.UNTIMED, "state = 'planned'"),),
)


def _enforced(matter: str, table: str, ended: str) -> ControlTotal:
    """What is held against an employer until a day, and then by officers."""
    return ControlTotal(
        kind=table,
        table=table,
        ended=ended,
        since="stated_at",
        held_by=(
            by_task(f"'enforcement/{matter}/' || held.{matter}", q.ENFORCEMENT.name),
            *by_work("follow_enforcement", matter=f"'{matter}'", id=f"held.{matter}"),
        ),
    )


def _stated(queue: Queue, table: str, id_: str, ended: str, work: str | None = None, field: str = "") -> ControlTotal:
    """What somebody stated and two officers decide."""
    left = () if work is None else by_work(work, **{field: f"held.{id_}"})
    return ControlTotal(
        kind=table,
        table=table,
        ended=ended,
        since="stated_at",
        held_by=(by_task(f"'{queue.subject}/' || held.{id_}", queue.name), *left),
    )


COVER_PAYMENT = ControlTotal(
    kind="cover_payment",
    table="cover_payment",
    ended="state IN ('counts', 'late_refused', 'reversed')",
    since="reported_at",
    held_by=(
        by_task("'cover_payment/' || held.payment", q.COVER_PAYMENT.name),
        *by_work("ask_of_cover_payment", payment="held.payment"),
    ),
)
_CORRECTED = "EXISTS (SELECT FROM person_correction_end WHERE correction = held.correction)"
_MERGED = "EXISTS (SELECT FROM person_merge_end WHERE statement = held.statement)"
CONTROL_TOTALS = (
    *(FILE, ARCHIVE, UPLOAD, OPENING_FILE, BANK_STATEMENT, BANK_CREDIT, REGISTER_STATEMENT, ERASURE, INSPECTION),
    *(INBOUND_EVENT, COVER_PAYMENT),
    _enforced("notice", "enforcement_notice", "state IN ('complied', 'not_complied')"),
    _enforced("assessment", "assessment", "state IN ('confirmed', 'withdrawn')"),
    _enforced("compound", "compound", "state IN ('refused', 'paid', 'prosecuted', 'withdrawn')"),
    _stated(q.SPELL_STATEMENT, "spell_statement", "statement", "decided_at IS NOT NULL"),
    _stated(
        q.EMPLOYER_STATEMENT,
        "employer_statement",
        "statement",
        "decided_at IS NOT NULL",
        "ask_of_employer",
        "statement",
    ),
    _stated(
        q.SPELL_CORRECTION,
        "spell_correction",
        "correction",
        "decided_at IS NOT NULL",
        "ask_of_spell_correction",
        "correction",
    ),
    _stated(q.PERSON_CORRECTION, "person_correction", "correction", _CORRECTED, "ask_of_correction", "correction"),
    _stated(q.PERSON_MERGE, "person_merge_statement", "statement", _MERGED),
    _stated(q.FAMILY_RELATION, "relation_statement", "id", "answered_at IS NOT NULL"),
)
