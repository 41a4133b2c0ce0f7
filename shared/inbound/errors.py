"""What is wrong with an event that a partner pushes; in a batch each says so of its own event only."""

from shared.kernel.errors import JaringError, Kind


class EventMalformed(JaringError):
    """The body, or one event of a batch, is no CloudEvent 1.0."""

    code = "event_malformed"
    title = "This is no CloudEvent"
    title_ms = "Ini bukan CloudEvent"
    kind = Kind.MALFORMED
    hint = "Send a CloudEvent 1.0: binary, structured or a batch, with id, source, specversion and type."


class EventFormatUnsupported(JaringError):
    """The data of an event is JSON, and nothing else is read."""

    code = "event_format_unsupported"
    title = "Events are taken as JSON only"
    title_ms = "Peristiwa diterima dalam bentuk JSON sahaja"
    kind = Kind.UNSUPPORTED_MEDIA
    hint = "Send application/json, application/cloudevents+json or application/cloudevents-batch+json."


class EventsTooMany(JaringError):
    """A batch is longer than is taken at once."""

    code = "events_too_many"
    title = "The batch has too many events"
    title_ms = "Kumpulan ini mempunyai terlalu banyak peristiwa"
    kind = Kind.TOO_LARGE
    hint = "Send the events in several batches."


class EventTooLarge(JaringError):
    """The data of one event is longer than that of any event can be."""

    code = "event_too_large"
    title = "The event is too large"
    title_ms = "Peristiwa ini terlalu besar"
    kind = Kind.TOO_LARGE
    hint = "See the JSON Schema of the type."


class EventTypeUnknown(JaringError):
    """No service takes this type."""

    code = "event_type_unknown"
    title = "No service takes this type of event"
    title_ms = "Tiada perkhidmatan menerima jenis peristiwa ini"
    kind = Kind.INVALID
    hint = "The types are listed in docs/registration.md."


class EventOfAnotherService(JaringError):
    """Another service takes this type."""

    code = "event_of_another_service"
    title = "Another service takes this type of event"
    title_ms = "Perkhidmatan lain menerima jenis peristiwa ini"
    kind = Kind.INVALID
    hint = "Send it to /v1/events of the service that the detail names."


class EventNotForThisParty(JaringError):
    """A party of this kind does not send this type."""

    code = "event_not_for_this_party"
    title = "A party of your kind does not send this type of event"
    title_ms = "Pihak seperti anda tidak menghantar jenis peristiwa ini"
    kind = Kind.FORBIDDEN


class EventSourceOfAnother(JaringError):
    """The source names a party that is not the sender."""

    code = "event_source_of_another"
    title = "The source of the event is another party's"
    title_ms = "Sumber peristiwa ini milik pihak lain"
    kind = Kind.FORBIDDEN
    hint = "A source that begins with urn:jaring: names the party of the token, such as urn:jaring:employer:12."


class EventIdReused(JaringError):
    """Something else was sent under this source and id."""

    code = "event_id_reused"
    title = "Another event has this source and id"
    title_ms = "Peristiwa lain mempunyai sumber dan pengenalan ini"
    kind = Kind.CONFLICT
    hint = "Give each new event an id of its own; repeat an event with its id and unchanged."


class EventUnknown(JaringError):
    """No such event, or not the caller's own."""

    code = "event_unknown"
    title = "No such event"
    title_ms = "Tiada peristiwa sedemikian"
    kind = Kind.NOT_FOUND
