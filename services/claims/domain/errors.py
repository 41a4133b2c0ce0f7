"""What claims refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class ClaimUnknown(JaringError):
    """There is no such claim, or it is not the caller's to see."""

    code = "claim_unknown"
    title = "No such claim"
    kind = Kind.NOT_FOUND


class NoticeUnknown(JaringError):
    """There is no such notice, or it is not the caller's to see."""

    code = "notice_unknown"
    title = "No such notice"
    kind = Kind.NOT_FOUND


class DecisionUnknown(JaringError):
    """The claim has no decision of this revision."""

    code = "decision_unknown"
    title = "No such decision"
    kind = Kind.NOT_FOUND


class AccidentInFuture(JaringError):
    """An accident is reported after it happened."""

    code = "accident_in_future"
    title = "The accident day is in the future"
    kind = Kind.INVALID


class CertificateBeforeAccident(JaringError):
    """A certificate for this accident begins on its day or later."""

    code = "certificate_before_accident"
    title = "The certificate begins before the accident"
    kind = Kind.INVALID


class CertificateReversed(JaringError):
    """The last certified day comes before the first."""

    code = "certificate_reversed"
    title = "The certificate ends before it begins"
    kind = Kind.INVALID


class PersonNotNamed(JaringError):
    """A notice names the person by person number or by national id: one of them, not both."""

    code = "person_not_named"
    title = "The injured person is not named"
    kind = Kind.INVALID
    hint = "Give either person or national_id."


class NotForThisParty(JaringError):
    """An employer reports for itself only."""

    code = "not_for_this_party"
    title = "This party may not act for that employer"
    kind = Kind.FORBIDDEN
