"""What the wage base of Act 800 cannot answer."""

from shared.kernel.errors import JaringError, Kind


class NoWageBeforeDisablement(JaringError):
    """A month of temporary disablement takes the wage before it, and no earlier month has a wage."""

    code = "no_wage_before_disablement"
    title = "No wage is known before the temporary disablement"
    title_ms = "Tiada gaji diketahui sebelum hilang upaya sementara"
    kind = Kind.REFUSED_BY_LAW
