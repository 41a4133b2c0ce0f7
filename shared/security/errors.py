"""What a caller may meet at the door: tokens, scopes, national ids. No message repeats what was sent."""

from shared.kernel.errors import JaringError, Kind


class TokenMissing(JaringError):
    """The request carries no bearer token."""

    code = "token_missing"
    title = "An access token is needed"
    kind = Kind.UNAUTHENTICATED
    hint = "Send the header Authorization: Bearer <token>, once."


class TokenInvalid(JaringError):
    """The token is malformed, unsigned, signed by an unknown key, not yet valid, or claims too much."""

    code = "token_invalid"
    title = "The access token is not valid"
    kind = Kind.UNAUTHENTICATED
    hint = "Ask the token issuer for a new token."


class TokenExpired(JaringError):
    """The token was good and its time is over."""

    code = "token_expired"
    title = "The access token has expired"
    kind = Kind.UNAUTHENTICATED
    hint = "Ask the token issuer for a new token."


class TokenForeign(JaringError):
    """The token is genuine but comes from another issuer or is meant for another service."""

    code = "token_foreign"
    title = "The access token is meant for another service"
    kind = Kind.UNAUTHENTICATED
    hint = "Ask the token issuer for a token whose audience is this service."


class TokenKeysUnavailable(JaringError):
    """The issuer's keys cannot be read, so no token can be checked."""

    code = "token_keys_unavailable"
    title = "Access tokens cannot be checked at the moment"
    kind = Kind.UNAVAILABLE


class ScopeMissing(JaringError):
    """The token is valid and does not carry the scope of this operation (`facts["scope"]`)."""

    code = "scope_missing"
    title = "The access token does not allow this operation"
    kind = Kind.FORBIDDEN


class NationalIdInvalid(JaringError):
    """The number is not well formed for its kind; the number itself is never repeated."""

    code = "national_id_invalid"
    title = "The national id is not well formed"
    kind = Kind.INVALID


class FieldUndecipherable(JaringError):
    """A stored field does not decrypt: another key, another place in the database, or damaged bytes."""

    code = "field_undecipherable"
    title = "A protected field cannot be read"
    kind = Kind.INTERNAL
