"""What claims refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class ClaimUnknown(JaringError):
    """There is no such claim, or it is not the caller's to see."""

    code = "claim_unknown"
    title = "No such claim"
    title_ms = "Tiada tuntutan sedemikian"
    kind = Kind.NOT_FOUND


class NoticeUnknown(JaringError):
    """There is no such notice, or it is not the caller's to see."""

    code = "notice_unknown"
    title = "No such notice"
    title_ms = "Tiada notis sedemikian"
    kind = Kind.NOT_FOUND


class DecisionUnknown(JaringError):
    """The claim has no decision of this revision."""

    code = "decision_unknown"
    title = "No such decision"
    title_ms = "Tiada keputusan sedemikian"
    kind = Kind.NOT_FOUND


class AccidentInFuture(JaringError):
    """An accident is reported after it happened."""

    code = "accident_in_future"
    title = "The accident day is in the future"
    title_ms = "Tarikh kemalangan adalah pada masa hadapan"
    kind = Kind.INVALID


class CertificateBeforeAccident(JaringError):
    """A certificate for this accident begins on its day or later."""

    code = "certificate_before_accident"
    title = "The certificate begins before the accident"
    title_ms = "Sijil perubatan bermula sebelum kemalangan"
    kind = Kind.INVALID


class CertificateReversed(JaringError):
    """The last certified day comes before the first."""

    code = "certificate_reversed"
    title = "The certificate ends before it begins"
    title_ms = "Sijil perubatan tamat sebelum ia bermula"
    kind = Kind.INVALID


class PersonNotNamed(JaringError):
    """A notice names the person by person number or by national id: one of them, not both."""

    code = "person_not_named"
    title = "The injured person is not named"
    title_ms = "Orang yang cedera tidak dinamakan"
    kind = Kind.INVALID
    hint = "Give either person or national_id."


class NotForThisParty(JaringError):
    """An employer reports for itself only."""

    code = "not_for_this_party"
    title = "This party may not act for that employer"
    title_ms = "Pihak ini tidak boleh bertindak bagi pihak majikan itu"
    kind = Kind.FORBIDDEN
