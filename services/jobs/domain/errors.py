"""What jobs refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class SeekerUnknown(JaringError):
    """There is no such job seeker, or it is not the caller's to see."""

    code = "seeker_unknown"
    title = "No such job seeker"
    title_ms = "Tiada pencari kerja sedemikian"
    kind = Kind.NOT_FOUND


class SeekerState(JaringError):
    """The job seeker has found work: interviews and offers belong to an open search."""

    code = "seeker_state"
    title = "The job seeker's search is closed"
    title_ms = "Pencarian kerja orang itu telah ditutup"
    kind = Kind.CONFLICT


class InterviewInFuture(JaringError):
    """An interview is recorded with its outcome, on its day or later."""

    code = "interview_in_future"
    title = "The interview day is in the future"
    title_ms = "Tarikh temu duga adalah pada masa hadapan"
    kind = Kind.INVALID


class OfferAlreadyAccepted(JaringError):
    """An accepted offer of the same employer still waits for its proof."""

    code = "offer_already_accepted"
    title = "An offer of this employer is accepted already"
    title_ms = "Tawaran majikan ini telah pun diterima"
    kind = Kind.CONFLICT


class WageMissing(JaringError):
    """An offer names the monthly wage, which is above zero."""

    code = "wage_missing"
    title = "An offer needs a wage"
    title_ms = "Tawaran kerja memerlukan gaji"
    kind = Kind.INVALID
