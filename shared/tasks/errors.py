"""What is refused to an officer who works on a task, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class TaskUnknown(JaringError):
    """There is no such task, or it stands in a queue in which the officer does not work."""

    code = "task_unknown"
    title = "No such task"
    title_ms = "Tiada tugasan sedemikian"
    kind = Kind.NOT_FOUND


class TaskOver(JaringError):
    """The task was approved, or closed because its reason is gone."""

    code = "task_over"
    title = "The task is over"
    title_ms = "Tugasan itu telah selesai"
    kind = Kind.CONFLICT
    hint = "Read the task: its history says how it ended."


class TaskTaken(JaringError):
    """An officer has it already."""

    code = "task_taken"
    title = "The task is taken"
    title_ms = "Tugasan itu telah diambil"
    kind = Kind.CONFLICT
    hint = "Take another one, or have this one released."


class TaskNotTaken(JaringError):
    """Nobody has it: there is nothing to release."""

    code = "task_not_taken"
    title = "The task is not taken"
    title_ms = "Tugasan itu belum diambil"
    kind = Kind.CONFLICT


class TaskNotYours(JaringError):
    """Whoever proposes has taken the task before."""

    code = "task_not_yours"
    title = "The task is not taken by this officer"
    title_ms = "Tugasan itu tidak diambil oleh pegawai ini"
    kind = Kind.CONFLICT
    hint = "Take the task first."


class TaskAlreadyProposed(JaringError):
    """A proposal waits for another officer."""

    code = "task_already_proposed"
    title = "A proposal waits for another officer"
    title_ms = "Satu cadangan sedang menunggu pegawai lain"
    kind = Kind.CONFLICT
    hint = "Approve or refuse it; who proposed it may release the task."


class NothingProposed(JaringError):
    """There is nothing to approve or to refuse."""

    code = "nothing_proposed"
    title = "Nothing is proposed"
    title_ms = "Tiada cadangan dikemukakan"
    kind = Kind.CONFLICT


class ApproverIsProposer(JaringError):
    """What one officer proposes, another one approves or refuses."""

    code = "approver_is_proposer"
    title = "Another officer is needed"
    title_ms = "Pegawai lain diperlukan"
    kind = Kind.FORBIDDEN
    hint = "Who proposed it may release the task, which withdraws the proposal."


class RevisionStale(JaringError):
    """The subject has moved on since the revision that was named; `errors` says what of it changed."""

    code = "revision_stale"
    title = "The subject of the task has moved on"
    title_ms = "Perkara tugasan itu telah berubah"
    kind = Kind.PRECONDITION_FAILED
    hint = "Read the task, and name its newest revision if the same still holds."


class SubjectChanging(JaringError):
    """Facts about the subject have arrived that no revision of it knows yet: nobody has looked at what they change."""

    code = "subject_changing"
    title = "The subject of the task is about to change"
    title_ms = "Perkara tugasan itu akan berubah"
    kind = Kind.CONFLICT
    hint = "Read the task again in a moment, and name the newest revision."


class TaskStopped(JaringError):
    """The charter's clock stands already."""

    code = "task_stopped"
    title = "The clock of the task is stopped already"
    title_ms = "Masa tugasan itu telah dihentikan"
    kind = Kind.CONFLICT


class TaskNotStopped(JaringError):
    """The charter's clock runs."""

    code = "task_not_stopped"
    title = "The clock of the task runs"
    title_ms = "Masa tugasan itu sedang berjalan"
    kind = Kind.CONFLICT


class ProposalNotForQueue(JaringError):
    """The queue of the task takes other proposals."""

    code = "proposal_not_for_queue"
    title = "This queue takes no such proposal"
    title_ms = "Barisan ini tidak menerima cadangan sedemikian"
    kind = Kind.INVALID
    hint = "See the kinds of proposals of the queue in the API's documents."


class ProposalOutdated(JaringError):
    """It was written for an earlier release, whose proposals said something else."""

    code = "proposal_outdated"
    title = "The proposal was made for an earlier release"
    title_ms = "Cadangan itu dibuat untuk keluaran terdahulu"
    kind = Kind.CONFLICT
    hint = "Refuse it, and have it proposed again."


class QueryOpen(JaringError):
    """An officer asked something about the proposal, and who made it has not answered yet."""

    code = "query_open"
    title = "A question about the proposal waits for its answer"
    title_ms = "Satu pertanyaan mengenai cadangan itu sedang menunggu jawapan"
    kind = Kind.CONFLICT
    hint = "Who proposed it answers or withdraws it; any other officer may refuse it."


class NothingAsked(JaringError):
    """No question about a proposal waits for an answer."""

    code = "nothing_asked"
    title = "Nothing is asked"
    title_ms = "Tiada pertanyaan dikemukakan"
    kind = Kind.CONFLICT


class OfficeHasTask(JaringError):
    """The task is with that office already."""

    code = "office_has_task"
    title = "That office has the task already"
    title_ms = "Pejabat itu telah memegang tugasan ini"
    kind = Kind.CONFLICT


class StopNeedsAnotherOfficer(JaringError):
    """One officer stops the clock of a task once: who goes on waiting for somebody outside is another one."""

    code = "stop_needs_another_officer"
    title = "Another officer stops the clock of this task again"
    title_ms = "Jam tugasan ini dihentikan semula oleh pegawai lain"
    kind = Kind.FORBIDDEN
    hint = "Release the task: an officer who has not stopped its clock before takes it and says who is waited for."


class NamesNothing(JaringError):
    """A question and its answer are about a fact, an id, a day or a document: in free words somebody could be named."""

    code = "names_nothing"
    title = "This names no fact, id, day or document"
    title_ms = "Ini bukan nama fakta, id, tarikh atau dokumen"
    kind = Kind.INVALID
    hint = "Name a fact of the task or of the law by its code, an id, a day, or the number of a document: KB-2026-0193."
