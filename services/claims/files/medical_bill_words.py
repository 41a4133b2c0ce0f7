"""What letters about medical bills say, in Malay and English."""

from collections.abc import Mapping

from services.claims.domain.medical_bill import LineFound, LineReason
from services.claims.domain.medical_cover import PATIENT_NOT_FOUND
from shared.letters.letter import Language

BILL_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "What is paid of your medical bill {number}",
        "title again": "What is paid of your medical bill {number}, decided again",
        "title asked": "Please send your medical bill {number} again",
        "opening": "Of your bill {number} of {day}, RM{billed} in all, RM{paid} is paid and RM{refused} is not.",
        "again": "This takes the place of what we wrote to you of this bill before.",
        "asked": "What you last told us of your bill {number} of {day} is lost to us. Nothing that was paid changes "
        "meanwhile.",
        "how asked": "Send the bill as it stands by POST /v1/medical-bills/{bill}/corrections, or bring it to any of "
        "our offices. Until then two officers hold it, who will ask you.",
        "what to do": "What we ask of you",
        "line": "Line {line}: {item}, {day}",
        "billed": "Billed",
        "paid": "Paid",
        "not paid": "Not paid: {reason} ({law})",
        "by rule": "By rule {kind}, version {version}, by the law in force on {law}.",
        "by officers": "Officer {first} found and officer {second} approved on {day}: {found}.",
        "by order": "By {order}.",
        "how to dispute": "If you do not agree",
        "appeal": "You may apply to the Social Security Appellate Board until {day} about what is not paid of a line "
        "(Act 4, ss.83 to 84). Write to any of our offices and name our reference {bill} and the line, or send it to "
        "/v1/medical-bills/{bill}/appeals.",
        "dispute": "You may have two officers who did not decide it look at a line of which something is not paid, "
        "within {days} days of the day on which that was told, by POST /v1/medical-bills/{bill}/disputes with your "
        "grounds. What they find is written to you.",
        "correct": "What you billed otherwise than you meant you correct yourself: another line is a new decision.",
        "reviewed": "Officer {first} and officer {second}, who had not decided before, looked at it on {day}: {found}.",
    },
    "ms": {
        "title": "Bayaran bagi bil perubatan anda {number}",
        "title again": "Bayaran bagi bil perubatan anda {number}, diputuskan semula",
        "title asked": "Sila hantar semula bil perubatan anda {number}",
        "opening": "Bagi bil anda {number} bertarikh {day} berjumlah RM{billed}, RM{paid} dibayar dan RM{refused} "
        "tidak dibayar.",
        "again": "Surat ini menggantikan surat kami yang terdahulu tentang bil ini.",
        "asked": "Kenyataan terakhir anda tentang bil {number} bertarikh {day} tiada lagi dalam simpanan kami. Bayaran "
        "yang telah dibuat tidak berubah buat masa ini.",
        "how asked": "Hantar bil itu melalui POST /v1/medical-bills/{bill}/corrections, atau bawa ke mana-mana pejabat "
        "kami. Sehingga itu dua pegawai memegangnya dan akan bertanya kepada anda.",
        "what to do": "Perkara yang kami perlukan",
        "line": "Baris {line}: {item}, {day}",
        "billed": "Dibilkan",
        "paid": "Dibayar",
        "not paid": "Tidak dibayar: {reason} ({law})",
        "by rule": "Mengikut peraturan {kind}, versi {version}, mengikut undang-undang pada {law}.",
        "by officers": "Pegawai {first} mendapati dan pegawai {second} meluluskan pada {day}: {found}.",
        "by order": "Mengikut {order}.",
        "how to dispute": "Jika anda tidak bersetuju",
        "appeal": "Anda boleh memohon kepada Jemaah Rayuan Keselamatan Sosial sehingga {day} bagi bahagian baris yang "
        "tidak dibayar (Akta 4, s.83 hingga 84). Tulis kepada mana-mana pejabat kami dan nyatakan rujukan kami {bill} "
        "serta baris itu, atau hantar ke /v1/medical-bills/{bill}/appeals.",
        "dispute": "Anda boleh meminta dua pegawai yang tidak memutuskannya menyemak baris yang tidak dibayar "
        "sepenuhnya, dalam tempoh {days} hari dari tarikh ia dimaklumkan, melalui POST "
        "/v1/medical-bills/{bill}/disputes berserta alasan anda. Dapatannya dimaklumkan kepada anda.",
        "correct": "Butiran yang tersilap dibilkan boleh anda betulkan sendiri: baris yang lain diputuskan semula.",
        "reviewed": "Pegawai {first} dan pegawai {second}, yang tidak memutuskannya sebelum ini, menyemaknya pada "
        "{day}: {found}.",
    },
}
WHY_NOT: Mapping[str, Mapping[Language, str]] = {
    LineReason.NOT_A_COVERED_SCHEME: {
        "en": "no scheme covers the accident",
        "ms": "tiada skim yang melindungi kemalangan itu",
    },
    LineReason.NOT_OF_THIS_INJURY: {
        "en": "the treatment is not of this injury",
        "ms": "rawatan itu bukan bagi kecederaan ini",
    },
    LineReason.OUTSIDE_AUTHORISED_DAYS: {
        "en": "the day is outside those that are borne",
        "ms": "tarikh itu di luar tempoh yang ditanggung",
    },
    LineReason.BILLED_BEFORE: {"en": "it was billed before", "ms": "ia telah dibilkan sebelum ini"},
    LineReason.ABOVE_SCHEDULE: {"en": "above the schedule of prices", "ms": "melebihi jadual harga"},
    LineReason.WARD_ABOVE_CLASS: {
        "en": "the class of the ward is above the one that is borne",
        "ms": "kelas wad melebihi kelas yang ditanggung",
    },
    LineReason.ABOVE_MOST: {
        "en": "above the most of the authorisation",
        "ms": "melebihi had kebenaran rawatan",
    },
    PATIENT_NOT_FOUND: {"en": "nobody of this id and name was found", "ms": "pesakit sedemikian tidak ditemui"},
}
FOUND: Mapping[LineFound, Mapping[Language, str]] = {
    LineFound.COUNTS: {"en": "that it counts", "ms": "ia diambil kira"},
    LineFound.NOT_OF_THIS_INJURY: WHY_NOT[LineReason.NOT_OF_THIS_INJURY],
    LineFound.BILLED_BEFORE: WHY_NOT[LineReason.BILLED_BEFORE],
    LineFound.PRICED: {"en": "what the item costs, by {instrument}", "ms": "harga butiran itu, mengikut {instrument}"},
    LineFound.STANDS: {"en": "what was decided of it stands", "ms": "keputusan mengenainya kekal"},
}
