"""The Malay of the shared codes: title and, where it says more, detail. A code that is not here stays English."""

from typing import NamedTuple


class Malay(NamedTuple):
    """Title and detail of a problem, or of one of its errors, in Malay."""

    title: str
    detail: str = ""


PROBLEMS = {
    "body_too_large": Malay("Kandungan permintaan terlalu besar"),
    "cursor_invalid": Malay("Kursor tidak sah", "Mula semula tanpa kursor."),
    "database_unavailable": Malay(
        "Perkhidmatan tidak dapat mencapai pangkalan datanya buat masa ini", "Tiada apa-apa ditulis. Cuba semula."
    ),
    "encoding_unsupported": Malay("Kandungan termampat tidak diterima"),
    "filter_unknown": Malay("Parameter carian tidak dikenali"),
    "field_undecipherable": Malay("Medan terlindung tidak dapat dibaca"),
    "idempotency_in_flight": Malay("Permintaan dengan Idempotency-Key ini sedang diproses"),
    "idempotency_key_missing": Malay("Idempotency-Key diperlukan"),
    "idempotency_key_reused": Malay("Idempotency-Key ini milik permintaan lain"),
    "internal_error": Malay("Berlaku ralat di pihak kami", "Cuba lagi kemudian dan nyatakan nombor permintaan."),
    "malformed_amount": Malay("Amaun tidak betul bentuknya"),
    "malformed_period": Malay("Tempoh tidak betul bentuknya"),
    "method_not_allowed": Malay("Alamat ini tidak menerima kaedah tersebut"),
    "national_id_invalid": Malay("Nombor pengenalan tidak sah bentuknya"),
    "not_ready": Malay("Proses belum bersedia"),
    "public_id_invalid": Malay("Nombor awam tidak sah"),
    "request_invalid": Malay(
        "Permintaan tidak sah", "Satu atau lebih bahagian permintaan tiada, tidak dikenali atau di luar had."
    ),
    "request_malformed": Malay("Permintaan tidak dapat dibaca"),
    "request_refused": Malay("Permintaan ditolak"),
    "route_unknown": Malay("Tiada apa-apa di alamat ini"),
    "scope_missing": Malay("Token capaian tidak membenarkan operasi ini"),
    "token_expired": Malay("Token capaian telah tamat tempoh"),
    "token_foreign": Malay("Token capaian adalah untuk perkhidmatan lain"),
    "token_invalid": Malay("Token capaian tidak sah"),
    "token_keys_unavailable": Malay("Token capaian tidak dapat disemak buat masa ini"),
    "token_missing": Malay("Token capaian diperlukan"),
}

FIELDS = {
    "invalid": "Nilai tidak sah.",
    "json_invalid": "Kandungan bukan JSON yang sah.",
    "missing": "Medan ini diperlukan.",
    "not_in_list": "Nilai bukan salah satu yang dibenarkan.",
    "out_of_range": "Nilai di luar had.",
    "pattern": "Nilai tidak mengikut bentuk yang ditetapkan.",
    "too_long": "Nilai terlalu panjang.",
    "too_short": "Nilai terlalu pendek.",
    "unknown_field": "Medan ini tidak dikenali.",
    "wrong_type": "Nilai bukan jenis yang betul.",
}
