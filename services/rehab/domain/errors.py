"""What rehab refuses, each with a stable code."""

from collections.abc import Iterable
from typing import Self

from shared.kernel.errors import FieldError, JaringError, Kind


class ReferralUnknown(JaringError):
    """There is no such referral, or it is not the caller's to see."""

    code = "referral_unknown"
    title = "No such referral"
    title_ms = "Tiada rujukan sedemikian"
    kind = Kind.NOT_FOUND


class ReferralState(JaringError):
    """The referral is not in the state that this step starts from."""

    code = "referral_state"
    title = "The referral is not in a state for this"
    title_ms = "Rujukan bukan pada peringkat yang membenarkan langkah ini"
    kind = Kind.CONFLICT
    hint = "Read the referral again and see which step it is at."


class AccidentAwaited(JaringError):
    """The accident behind the referral is not known here at the moment, so no date can be checked against it."""

    code = "accident_awaited"
    title = "The accident of this referral has not arrived"
    title_ms = "Maklumat kemalangan bagi rujukan ini belum diterima"
    kind = Kind.CONFLICT
    hint = "Try again when the accident has been announced."


class CentreUnknown(JaringError):
    """No centre has this code."""

    code = "centre_unknown"
    title = "No such centre"
    title_ms = "Tiada pusat pemulihan sedemikian"
    kind = Kind.INVALID
    hint = "GET /v1/centres lists the centres."

    @classmethod
    def among(cls, codes: Iterable[str]) -> Self:
        """With the codes that there are."""
        wrong = FieldError("/centre", "not_in_list", "The value is not one of those allowed.", allowed=tuple(codes))
        return cls(errors=[wrong])


class CentreFull(JaringError):
    """Every bed of the centre is taken."""

    code = "centre_full"
    title = "The centre has no free bed"
    title_ms = "Tiada katil kosong di pusat itu"
    kind = Kind.CONFLICT
    hint = "Choose another centre, or wait for a discharge."


class AdmissionInFuture(JaringError):
    """An admission is recorded on its day or later."""

    code = "admission_in_future"
    title = "The admission day is in the future"
    title_ms = "Tarikh kemasukan adalah pada masa hadapan"
    kind = Kind.INVALID


class AdmissionBeforeAccident(JaringError):
    """Nobody is admitted for an accident that has not happened yet."""

    code = "admission_before_accident"
    title = "The admission comes before the accident"
    title_ms = "Kemasukan berlaku sebelum kemalangan"
    kind = Kind.INVALID


class DischargeInFuture(JaringError):
    """A discharge is recorded on its day or later."""

    code = "discharge_in_future"
    title = "The discharge day is in the future"
    title_ms = "Tarikh discaj adalah pada masa hadapan"
    kind = Kind.INVALID


class DischargeBeforeAdmission(JaringError):
    """A stay ends on the day on which it began, or later."""

    code = "discharge_before_admission"
    title = "The discharge comes before the admission"
    title_ms = "Discaj berlaku sebelum kemasukan"
    kind = Kind.INVALID


class CertificateMissing(JaringError):
    """Whoever leaves fit for work has a doctor's final certificate that says from when (Act 4 s.22)."""

    code = "certificate_missing"
    title = "A final certificate is needed"
    title_ms = "Sijil perubatan akhir diperlukan"
    kind = Kind.INVALID
    hint = "Give final_certificate with every outcome that begins with fit_."


class CertificateContradicts(JaringError):
    """A certificate of fitness does not go with the outcome that the person is not fit for work."""

    code = "certificate_contradicts"
    title = "The certificate contradicts the outcome"
    title_ms = "Sijil perubatan bercanggah dengan hasil pemulihan"
    kind = Kind.INVALID


class CertificateInFuture(JaringError):
    """A certificate is recorded on the day of its issue or later."""

    code = "certificate_in_future"
    title = "The certificate is issued in the future"
    title_ms = "Sijil perubatan dikeluarkan pada masa hadapan"
    kind = Kind.INVALID


class CertificateBeforeAdmission(JaringError):
    """The certificate that closes a stay is issued, and makes fit, on the day of the admission or later."""

    code = "certificate_before_admission"
    title = "The final certificate comes before the admission"
    title_ms = "Sijil perubatan akhir mendahului kemasukan"
    kind = Kind.INVALID


class BillUnknown(JaringError):
    """There is no such bill, or it is another provider's."""

    code = "bill_unknown"
    title = "No such bill"
    title_ms = "Tiada bil sedemikian"
    kind = Kind.NOT_FOUND


class BillKnown(JaringError):
    """The provider has sent a bill of this number before."""

    code = "bill_known"
    title = "A bill of this number was sent before"
    title_ms = "Bil dengan nombor ini telah dihantar"
    kind = Kind.CONFLICT
    hint = "Find it in GET /v1/bills and correct it where it says something else; another bill has another number."


class BillWithdrawn(JaringError):
    """The provider has taken the bill back: nothing more is decided of it."""

    code = "bill_withdrawn"
    title = "The bill was withdrawn"
    title_ms = "Bil itu telah ditarik balik"
    kind = Kind.CONFLICT
    hint = "Send another bill, with a number of its own."


class ProvidersOnly(JaringError):
    """Only the provider of a treatment states a bill for it: an officer who did would ask for what officers approve."""

    code = "providers_only"
    title = "Only providers state bills"
    title_ms = "Hanya penyedia perkhidmatan boleh mengemukakan bil"
    kind = Kind.FORBIDDEN


class TreatmentInFuture(JaringError):
    """A bill is for what was done."""

    code = "treatment_in_future"
    title = "The treatment is in the future"
    title_ms = "Rawatan adalah pada masa hadapan"
    kind = Kind.INVALID


class AmountZero(JaringError):
    """A bill asks for something, and what is approved of it is something: of which nothing is owed is refused."""

    code = "amount_zero"
    title = "The amount is zero"
    title_ms = "Amaun adalah sifar"
    kind = Kind.INVALID
    hint = "Withdraw a bill that asks for nothing; propose to refuse one of which nothing is owed."


class CapAboveRate(JaringError):
    """More is approved than the statute book allows for the treatment on its day."""

    code = "cap_above_rate"
    title = "The cap is above the rate of the treatment"
    title_ms = "Had itu melebihi kadar rawatan yang ditetapkan"
    kind = Kind.INVALID
    hint = "The task shows the rate as rate_sen: approve that or less."
