"""The Malay of what no error class carries: the details of shared codes, and those of bad members."""

# Where a code's detail says more than its title. A title stands in Malay on its class (`title_ms`).
DETAILS = {
    "cursor_invalid": "Mula semula tanpa kursor.",
    "database_restoring": "Pangkalan datanya dipulihkan daripada sandaran dan sedang dibaca semula.",
    "database_unavailable": "Tiada apa-apa ditulis. Cuba semula.",
    "internal_error": "Cuba lagi kemudian dan nyatakan nombor permintaan.",
    "request_invalid": "Satu atau lebih bahagian permintaan tiada, tidak dikenali atau di luar had.",
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
