"""What a caller may meet at the door: tokens, scopes, national ids. No message repeats what was sent."""

from shared.kernel.errors import JaringError, Kind


class TokenMissing(JaringError):
    """The request carries no bearer token."""

    code = "token_missing"
    title = "An access token is needed"
    title_ms = "Token capaian diperlukan"
    kind = Kind.UNAUTHENTICATED
    hint = "Send the header Authorization: Bearer <token>, once."


class TokenInvalid(JaringError):
    """The token is malformed, unsigned, signed by an unknown key, not yet valid, or claims too much."""

    code = "token_invalid"
    title = "The access token is not valid"
    title_ms = "Token capaian tidak sah"
    kind = Kind.UNAUTHENTICATED
    hint = "Ask the token issuer for a new token."


class TokenExpired(JaringError):
    """The token was good and its time is over."""

    code = "token_expired"
    title = "The access token has expired"
    title_ms = "Token capaian telah tamat tempoh"
    kind = Kind.UNAUTHENTICATED
    hint = "Ask the token issuer for a new token."


class TokenForeign(JaringError):
    """The token is genuine but comes from another issuer or is meant for another service."""

    code = "token_foreign"
    title = "The access token is meant for another service"
    title_ms = "Token capaian adalah untuk perkhidmatan lain"
    kind = Kind.UNAUTHENTICATED
    hint = "Ask the token issuer for a token whose audience is this service."


class TokenKeysUnavailable(JaringError):
    """The issuer's keys cannot be read, so no token can be checked."""

    code = "token_keys_unavailable"
    title = "Access tokens cannot be checked at the moment"
    title_ms = "Token capaian tidak dapat disemak buat masa ini"
    kind = Kind.UNAVAILABLE
    hint = "Try again after Retry-After."


class ScopeMissing(JaringError):
    """The token is valid and does not carry the scope of this operation (`facts["scope"]`)."""

    code = "scope_missing"
    title = "The access token does not allow this operation"
    title_ms = "Token capaian tidak membenarkan operasi ini"
    kind = Kind.FORBIDDEN
    hint = "Ask the token issuer for a token with this scope."


class OfficersOnly(JaringError):
    """This is done by the organisation's own officers, whatever scope a partner's token carries."""

    code = "officers_only"
    title = "Only officers of the organisation may do this"
    title_ms = "Hanya pegawai organisasi boleh melakukan perkara ini"
    kind = Kind.FORBIDDEN
    hint = "Ask an officer of the organisation to do it."


class NationalIdInvalid(JaringError):
    """The number is not well formed for its kind; the number itself is never repeated."""

    code = "national_id_invalid"
    title = "The national id is not well formed"
    title_ms = "Nombor pengenalan tidak sah bentuknya"
    kind = Kind.INVALID
    hint = "Check the number and its kind."


class FieldUndecipherable(JaringError):
    """A stored field does not decrypt: another key, another place in the database, or damaged bytes."""

    code = "field_undecipherable"
    title = "A protected field cannot be read"
    title_ms = "Medan terlindung tidak dapat dibaca"
    kind = Kind.INTERNAL
    hint = "Quote the request id."


class FieldKeyUnknown(JaringError):
    """A stored field stands under a key that this process was not given (`facts["key"]`, its id): an operator gives it
    the key again (docs/operations.md, "Keys are rotated")."""

    code = "field_key_unknown"
    title = "A protected field cannot be read at the moment: its key is not here"
    title_ms = "Medan terlindung tidak dapat dibaca buat masa ini: kuncinya tiada di sini"
    kind = Kind.UNAVAILABLE
    hint = "Try again after Retry-After."
