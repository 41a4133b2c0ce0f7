"""What the claim rules of Act 800 cannot answer."""

from shared.kernel.errors import JaringError, Kind


class ClaimNumberNotListed(JaringError):
    """The Fourth Schedule lists claims 1 to 12; what a later claim needs is not known."""

    code = "claim_number_not_listed"
    title = "The Fourth Schedule lists no such claim"
    title_ms = "Jadual Keempat tidak menyenaraikan tuntutan itu"
    kind = Kind.REFUSED_BY_LAW


class ClaimBeforeLoss(JaringError):
    """A claim is dated before the loss that it is for."""

    code = "claim_before_loss"
    title = "The claim is dated before the loss of employment"
    title_ms = "Tarikh tuntutan mendahului kehilangan pekerjaan"
    kind = Kind.INVALID


class BeforeApproval(JaringError):
    """Work was taken up before the claim was approved, for which the sources give no rule."""

    code = "before_approval"
    title = "Work was taken up before the claim was approved"
    title_ms = "Kerja dimulakan sebelum tuntutan diluluskan"
    kind = Kind.REFUSED_BY_LAW
