"""Errors of HTTP itself, shared by every service; each service's own stand in its `domain/errors.py`."""

from shared.kernel.errors import JaringError, Kind


class RequestInvalid(JaringError):
    """A body, a query or a path that does not fit its model; `errors` has one entry for each bad member."""

    code = "request_invalid"
    title = "The request is not valid"
    title_ms = "Permintaan tidak sah"
    kind = Kind.INVALID
    detail = "One or more members of the request are missing, unknown or out of bounds."
    hint = "Correct the members that errors points at."


class RequestMalformed(JaringError):
    """The request cannot be read at all."""

    code = "request_malformed"
    title = "The request cannot be read"
    title_ms = "Permintaan tidak dapat dibaca"
    kind = Kind.MALFORMED
    hint = "Correct the request and send it again."


class RouteUnknown(JaringError):
    """No resource stands at this address."""

    code = "route_unknown"
    title = "There is nothing at this address"
    title_ms = "Tiada apa-apa di alamat ini"
    kind = Kind.NOT_FOUND
    hint = "See the OpenAPI document."


class MethodNotAllowed(JaringError):
    """The resource exists and does not take this method; the header Allow lists those that it takes."""

    code = "method_not_allowed"
    title = "This address does not take that method"
    title_ms = "Alamat ini tidak menerima kaedah tersebut"
    kind = Kind.METHOD_NOT_ALLOWED
    hint = "See the header Allow."


class RequestTooSlow(JaringError):
    """The head or the body of the request did not come in time."""

    code = "request_too_slow"
    title = "The request did not come in time"
    title_ms = "Permintaan tidak tiba tepat pada masanya"
    kind = Kind.TOO_SLOW
    hint = "Send the whole request without pauses."


class HeadTooLarge(JaringError):
    """The lines before the body, or after it, are more or longer than this service accepts."""

    code = "head_too_large"
    title = "The request has too many or too long header lines"
    title_ms = "Baris pengepala permintaan terlalu banyak atau terlalu panjang"
    kind = Kind.HEAD_TOO_LARGE
    hint = "Send fewer and shorter header lines, and a shorter address."


class TooManyConnections(JaringError):
    """The process has as many connections as it holds, in all or from one address."""

    code = "too_many_connections"
    title = "There are too many connections"
    title_ms = "Terlalu banyak sambungan"
    kind = Kind.UNAVAILABLE
    hint = "Close connections that are idle, and try again after Retry-After."


class TooManyRequests(JaringError):
    """One client has as many requests, or as many bytes of bodies, in flight as one may have."""

    code = "too_many_requests"
    title = "Too many requests of this client are in flight"
    title_ms = "Terlalu banyak permintaan pelanggan ini sedang diproses"
    kind = Kind.TOO_MANY
    hint = "Wait for answers before sending more, and try again after Retry-After."


class BodiesTooMany(JaringError):
    """All clients together send more bytes of bodies at once than the process holds."""

    code = "bodies_too_many"
    title = "The service takes no more uploads at the moment"
    title_ms = "Perkhidmatan tidak menerima muat naik lagi buat masa ini"
    kind = Kind.UNAVAILABLE
    hint = "Try again after Retry-After."


class BodyTooLarge(JaringError):
    """The body is longer than this service accepts."""

    code = "body_too_large"
    title = "The body is too large"
    title_ms = "Kandungan permintaan terlalu besar"
    kind = Kind.TOO_LARGE
    hint = "Split it, or send it as an upload."


class EncodingUnsupported(JaringError):
    """The body is compressed; bodies are taken as they are."""

    code = "encoding_unsupported"
    title = "Compressed bodies are not accepted"
    title_ms = "Kandungan termampat tidak diterima"
    kind = Kind.UNSUPPORTED_MEDIA
    hint = "Send the body without Content-Encoding."


class CursorInvalid(JaringError):
    """The cursor was not issued by this list, or was changed."""

    code = "cursor_invalid"
    title = "The cursor is not valid"
    title_ms = "Kursor tidak sah"
    kind = Kind.MALFORMED
    hint = "Start again without a cursor, or send next_cursor unchanged with the same filters."


class FilterUnknown(JaringError):
    """A query parameter that this list does not know; ignoring it could mean everything."""

    code = "filter_unknown"
    title = "A query parameter is not known"
    title_ms = "Parameter carian tidak dikenali"
    kind = Kind.MALFORMED
    hint = "Remove or correct the parameters that errors points at."


class DatabaseUnavailable(JaringError):
    """The database does not answer, or did not in time; nothing was written."""

    code = "database_unavailable"
    title = "The service cannot reach its database at the moment"
    title_ms = "Perkhidmatan tidak dapat mencapai pangkalan datanya buat masa ini"
    kind = Kind.UNAVAILABLE
    detail = "Nothing was written. Try again."
    hint = "Try again after Retry-After."


class NotReady(JaringError):
    """A dependency of this process does not answer (`errors` lists which)."""

    code = "not_ready"
    title = "The process is not ready"
    title_ms = "Proses belum bersedia"
    kind = Kind.UNAVAILABLE
    hint = "Wait: it is asked again."


class InternalDefect(JaringError):
    """A defect of ours; the log has it under the answer's request id."""

    code = "internal_error"
    title = "Something went wrong on our side"
    title_ms = "Berlaku ralat di pihak kami"
    kind = Kind.INTERNAL
    hint = "Try again later and quote the request id if it stays."


class RequestRefused(JaringError):
    """Any other refusal by the HTTP layer."""

    code = "request_refused"
    title = "The request was refused"
    title_ms = "Permintaan ditolak"
    kind = Kind.MALFORMED
    hint = "Correct the request and send it again."


class PurposeMissing(JaringError):
    """An officer asks for data of people and does not say for what."""

    code = "purpose_missing"
    title = "It is not said for what the data is read"
    title_ms = "Tujuan data dibaca tidak dinyatakan"
    kind = Kind.MALFORMED
    hint = "Send the header Purpose, once, with one of the purposes that errors lists."


class PurposeUnknown(JaringError):
    """A purpose that is none of the fixed list, or two of them."""

    code = "purpose_unknown"
    title = "The purpose is none for which data is read"
    title_ms = "Tujuan itu bukan tujuan data boleh dibaca"
    kind = Kind.MALFORMED
    hint = "Send the header Purpose, once, with one of the purposes that errors lists."


class ReadNotLogged(JaringError):
    """It cannot be written down who is told whose data: so nobody is told, and nothing was changed."""

    code = "read_not_logged"
    title = "It cannot be written down who reads, so nothing is told"
    title_ms = "Siapa yang membaca tidak dapat direkodkan, maka tiada apa-apa didedahkan"
    kind = Kind.UNAVAILABLE
    hint = "Try again after Retry-After."


class SamplePeriodOpen(JaringError):
    """A sample is drawn of a period that is not over: who asked later would draw other rows."""

    code = "sample_period_open"
    title = "The period of the sample is not over"
    title_ms = "Tempoh sampel belum berakhir"
    kind = Kind.INVALID
    hint = "Name a last day before today."


class SamplePeriodReversed(JaringError):
    """The period of a sample ends before it begins."""

    code = "sample_period_reversed"
    title = "The period of the sample ends before it begins"
    title_ms = "Tempoh sampel berakhir sebelum bermula"
    kind = Kind.INVALID


class IdempotencyKeyMissing(JaringError):
    """A request that makes something was sent without a key, so that a repeat could not be told from a second one."""

    code = "idempotency_key_missing"
    title = "An Idempotency-Key is needed"
    title_ms = "Idempotency-Key diperlukan"
    kind = Kind.MALFORMED
    hint = "Send a fresh Idempotency-Key with each new request, and the same one with each repeat of it."


class IdempotencyInFlight(JaringError):
    """The same key is being worked on right now."""

    code = "idempotency_in_flight"
    title = "A request with this Idempotency-Key is in flight"
    title_ms = "Permintaan dengan Idempotency-Key ini sedang diproses"
    kind = Kind.CONFLICT
    hint = "Wait for the first answer, or repeat in a moment."


class IdempotencyKeyReused(JaringError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key belongs to another request"
    title_ms = "Idempotency-Key ini milik permintaan lain"
    kind = Kind.INVALID
    detail = "The key was first sent with another method, address or body."
    hint = "Send a fresh Idempotency-Key with a new request."
