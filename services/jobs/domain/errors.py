"""What jobs refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class SeekerUnknown(JaringError):
    """There is no such job seeker, or it is not the caller's to see."""

    code = "seeker_unknown"
    title = "No such job seeker"
    kind = Kind.NOT_FOUND


class SeekerState(JaringError):
    """The job seeker has found work: interviews and offers belong to an open search."""

    code = "seeker_state"
    title = "The job seeker's search is closed"
    kind = Kind.CONFLICT


class InterviewInFuture(JaringError):
    """An interview is recorded with its outcome, on its day or later."""

    code = "interview_in_future"
    title = "The interview day is in the future"
    kind = Kind.INVALID


class OfferAlreadyAccepted(JaringError):
    """An accepted offer of the same employer still waits for its proof."""

    code = "offer_already_accepted"
    title = "An offer of this employer is accepted already"
    kind = Kind.CONFLICT


class WageMissing(JaringError):
    """An offer names the monthly wage, which is above nought."""

    code = "wage_missing"
    title = "An offer needs a wage"
    kind = Kind.INVALID


class OfficersOnly(JaringError):
    """Only the organisation's own officers may do this."""

    code = "officers_only"
    title = "Only an officer may do this"
    kind = Kind.FORBIDDEN
