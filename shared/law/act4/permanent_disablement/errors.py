"""What the law of permanent disablement cannot answer yet."""

from shared.kernel.errors import JaringError, Kind


class LumpSumFactorUnknown(JaringError):
    """The actuarial table of the regulations was not found; the book has the factor of one age only."""

    code = "lump_sum_factor_unknown"
    title = "The lump-sum factor of that age is not known"
    title_ms = "Faktor pembayaran sekali gus bagi umur itu tidak diketahui"
    kind = Kind.REFUSED_BY_LAW
