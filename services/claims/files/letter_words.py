"""What letters of claims say, in Malay and English."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.claims.domain.evidence_request import Item
from shared.kernel.money import ringgit
from shared.letters.letter import Language
from shared.letters.words import day

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title award": "Decision on your claim",
        "title refusal": "Decision on your claim",
        "title revision": "A new decision on your claim",
        "title payment_advice": "A payment was made to you",
        "opening award": "Your claim after {event} of {day} was decided. Something is owed to you, as follows.",
        "opening refusal": "Your claim after {event} of {day} was decided. Nothing is owed to you, for these reasons.",
        "opening revision": "Your claim after {event} of {day} was decided again. This takes the place of what we "
        "wrote to you before.",
        "as representative": "You are written to as the guardian or representative of {person}, whose claim it is.",
        "event of accident": "the accident",
        "event of disease": "the disease",
        "event of invalidity": "the notice of invalidity",
        "event of death": "the death",
        "pending": "Other benefits of this claim are still open. You will be told when they are decided.",
        "decision": "Decision",
        "granted": "granted",
        "refused": "not granted",
        "provisional": "provisional: a wage that is still to come may change it",
        "not told": "nothing was told",
        "from to": "From {first} to {last}",
        "from": "From {first} on",
        "once": "For {first}",
        "per day": "RM{amount} a day",
        "per month": "RM{amount} a month",
        "per once": "RM{amount}",
        "change": "{title}: before: {was}. Now: {now}.",
        "what changed": "What changed since revision {revision}",
        "who decided": "Who decided",
        "by rule": "{title}: by rule {kind}, version {version}, by the law in force on {law}.",
        "no officer": "No officer decided by hand: the law answers every question of this decision.",
        "two officers": "Officer {first} found and officer {second} approved on {day}: {kind}.",
        "let count": "Officer {officer} let count on {day}, on the proposal of another officer: {kind}.",
        "figures": "Figures of the law that were read",
        "how to appeal": "If you do not agree",
        "appeal": "You may apply to the Social Security Appellate Board until {day} (Act 4, ss.83 to 84). Write to any "
        "of our offices and name our reference {reference}, or send it to /v1/claims/{claim}/appeals.",
        "medical appeal": "Against what a medical board assessed you may appeal to the Appellate Medical Board within "
        "{days} days of its assessment (Act 4, s.33).",
        "ask": "You may also send us what we do not know yet: every statement that counts has the claim decided again.",
        "title board_invitation": "Invitation to the {board}",
        "title board_called_off": "The {board} does not sit",
        "opening board_invitation": "Please come before the {board} on {day}. It sees you and reads what doctors have "
        "written; what it assesses decides what is owed to you.",
        "opening board_called_off": "The session of the {board} on {day} is not held. You need not come, and will be "
        "invited to another one.",
        "day of session": "Day",
        "place": "Place",
        "board is asked": "It is asked about",
        "bring to board": "Bring your identity document, this letter, and what doctors have written of your condition.",
        "cannot come": "If you cannot come, tell any of our offices before that day: you are invited to another one.",
        "absent": "Whoever does not come without a reason may lose a benefit for that time (Act 4, s.49). Nothing "
        "follows before two officers have looked.",
        "title complaint_answer": "Answer to your complaint",
        "complaint answered": "Your complaint of {day} was looked at by two officers, none of whom it is about.",
        "complaint": "Your complaint",
        "complained of": "What you complain of",
        "complaint found": "What was found",
        "complaint document": "Your letter",
        "complaint upheld": "you are right",
        "complaint upheld_in_part": "you are right in part",
        "complaint not_upheld": "nothing wrong was found",
        "complaint follows upheld": "We ask your pardon. What went wrong is put right; you are written to about that.",
        "complaint follows upheld_in_part": "We ask your pardon for that part. It is put right; you are written to "
        "about that.",
        "complaint follows not_upheld": "If you see it otherwise, complain once more and say what we did not look at.",
        "complaint officers": "Officer {first} proposed this answer, officer {second} approved it.",
        "complaint no appeal": "A complaint changes no decision: against a decision you may appeal as its letter says.",
        "title appeal known_again": "Your appeal goes on",
        "title complaint known_again": "Your complaint goes on",
        "appeal known again": "Some of what we keep was lost. Your appeal of {day} is known to us again, and goes on.",
        "complaint known again": "Some of what we keep was lost. Your complaint of {day} is known to us again, and is "
        "answered.",
        "your appeal": "Your appeal",
        "your complaint": "Your complaint",
        "appealed claim": "Claim",
        "known again documents": "If you sent us documents with it, or after it, please send them once more. You need "
        "not file it again.",
        "known again wrong": "If you took it back, or something here is wrong, tell any of our offices.",
        "referral": "Help from others",
        "referral offered": "If you wish, we refer you to a welfare or health service. Nothing is passed on without "
        "your consent, which you may take back. Tell any of our offices, or say so where you read your letters.",
        "title evidence_request": "We need something from you",
        "asked": "To decide the claim named above we need, from you alone: {item}.",
        "asked for": "What we need",
        "by when": "Until",
        "for what": "The law that asks",
        "how to bring": "Bring or send it to any of our offices, or send it by the way in which you report to us.",
        "if not": "If you have nothing of the kind, tell us so: then we decide on what we know.",
        "accident notice": "a notice of the accident",
        "accident notice asked of hospital": "You asked who bears the treatment of a patient whom you admitted. Nobody "
        "has given notice of the accident yet.",
        "accident notice asked of patient": "A hospital asked who bears your treatment after an accident. Nobody has "
        "given notice of the accident yet.",
        "accident notice how": "The hospital, you, or the employer may give it: at any of our offices, or by the way "
        "in which you report to us.",
        "accident notice if not": "While nobody does, no scheme bears this treatment. A notice that comes later is "
        "looked at all the same.",
        "day of accident": "Day of the accident",
        "day of admission": "Day of the admission",
        "hospital": "Hospital",
        "paid": "Your account has been paid.",
        "payment": "Payment",
        "amount": "Amount",
        "days paid": "For",
        "paid on": "Paid on",
        "under": "Under",
        "decided in": "Decided by revision {revision} of your claim; the letter about it explains the amount.",
        "not received": "If it has not reached you, write to any of our offices and name our reference.",
    },
    "ms": {
        "title award": "Keputusan tuntutan anda",
        "title refusal": "Keputusan tuntutan anda",
        "title revision": "Keputusan baharu bagi tuntutan anda",
        "title payment_advice": "Pembayaran telah dibuat kepada anda",
        "opening award": "Tuntutan anda berikutan {event} pada {day} telah diputuskan. Anda berhak menerima faedah "
        "seperti berikut.",
        "opening refusal": "Tuntutan anda berikutan {event} pada {day} telah diputuskan. Tiada faedah yang perlu "
        "dibayar kepada anda atas sebab-sebab berikut.",
        "opening revision": "Tuntutan anda berikutan {event} pada {day} telah diputuskan semula. Surat ini "
        "menggantikan surat kami yang terdahulu.",
        "as representative": "Anda dimaklumkan sebagai penjaga atau wakil {person}, pemilik tuntutan ini.",
        "event of accident": "kemalangan",
        "event of disease": "penyakit",
        "event of invalidity": "notis keilatan",
        "event of death": "kematian",
        "pending": "Faedah lain bagi tuntutan ini masih dalam pertimbangan. Anda akan dimaklumkan apabila diputuskan.",
        "decision": "Keputusan",
        "granted": "diluluskan",
        "refused": "tidak diluluskan",
        "provisional": "sementara: gaji yang belum diterima mungkin mengubahnya",
        "not told": "tiada dimaklumkan",
        "from to": "Dari {first} hingga {last}",
        "from": "Mulai {first}",
        "once": "Bagi {first}",
        "per day": "RM{amount} sehari",
        "per month": "RM{amount} sebulan",
        "per once": "RM{amount}",
        "change": "{title}: sebelum ini: {was}. Sekarang: {now}.",
        "what changed": "Perubahan sejak semakan {revision}",
        "who decided": "Siapa yang memutuskan",
        "by rule": "{title}: mengikut peraturan {kind}, versi {version}, mengikut undang-undang pada {law}.",
        "no officer": "Tiada pegawai yang memutuskan sendiri: undang-undang menjawab setiap soalan keputusan ini.",
        "two officers": "Pegawai {first} mendapati dan pegawai {second} meluluskan pada {day}: {kind}.",
        "let count": "Pegawai {officer} menerima pada {day}, atas cadangan pegawai lain: {kind}.",
        "figures": "Angka undang-undang yang dirujuk",
        "how to appeal": "Jika anda tidak bersetuju",
        "appeal": "Anda boleh memohon kepada Jemaah Rayuan Keselamatan Sosial sehingga {day} (Akta 4, s.83 hingga 84). "
        "Tulis kepada mana-mana pejabat kami dan nyatakan rujukan kami {reference}, atau hantar ke "
        "/v1/claims/{claim}/appeals.",
        "medical appeal": "Terhadap penilaian jemaah doktor, anda boleh merayu kepada Jemaah Doktor Rayuan dalam "
        "tempoh {days} hari selepas penilaian itu (Akta 4, s.33).",
        "ask": "Anda juga boleh menghantar maklumat yang belum kami ketahui: setiap kenyataan yang diambil kira "
        "menyebabkan tuntutan diputuskan semula.",
        "title board_invitation": "Jemputan ke {board}",
        "title board_called_off": "Sidang {board} dibatalkan",
        "opening board_invitation": "Sila hadir di hadapan {board} pada {day}. Jemaah akan memeriksa anda dan membaca "
        "laporan doktor; taksirannya menentukan faedah anda.",
        "opening board_called_off": "Sidang {board} pada {day} tidak diadakan. Anda tidak perlu hadir dan akan "
        "dijemput ke sidang yang lain.",
        "day of session": "Tarikh",
        "place": "Tempat",
        "board is asked": "Perkara yang ditaksir",
        "bring to board": "Bawa dokumen pengenalan diri, surat ini dan laporan doktor tentang keadaan anda.",
        "cannot come": "Jika anda tidak dapat hadir, maklumkan kepada mana-mana pejabat kami sebelum tarikh itu: anda "
        "akan dijemput ke sidang lain.",
        "absent": "Sesiapa yang tidak hadir tanpa sebab boleh hilang faedah bagi tempoh itu (Akta 4, s.49). Tiada "
        "tindakan diambil sebelum dua pegawai menyemaknya.",
        "title complaint_answer": "Jawapan kepada aduan anda",
        "complaint answered": "Aduan anda pada {day} telah disemak oleh dua pegawai yang tidak terlibat "
        "dalam aduan itu.",
        "complaint": "Aduan anda",
        "complained of": "Perkara yang diadukan",
        "complaint found": "Dapatan",
        "complaint document": "Surat anda",
        "complaint upheld": "aduan anda berasas",
        "complaint upheld_in_part": "sebahagian aduan anda berasas",
        "complaint not_upheld": "tiada kesilapan ditemui",
        "complaint follows upheld": "Kami memohon maaf. Kesilapan itu dibetulkan dan anda akan dimaklumkan.",
        "complaint follows upheld_in_part": "Kami memohon maaf bagi bahagian itu. Ia dibetulkan dan anda akan "
        "dimaklumkan.",
        "complaint follows not_upheld": "Jika anda tidak bersetuju, buat aduan sekali lagi dan nyatakan perkara yang "
        "belum kami semak.",
        "complaint officers": "Pegawai {first} mencadangkan jawapan ini dan pegawai {second} meluluskannya.",
        "complaint no appeal": "Aduan tidak mengubah keputusan: rayuan dibuat seperti dalam surat keputusan itu.",
        "title appeal known_again": "Rayuan anda diteruskan",
        "title complaint known_again": "Aduan anda diteruskan",
        "appeal known again": "Sebahagian rekod kami telah hilang. Rayuan anda pada {day} telah kami peroleh semula "
        "dan diteruskan.",
        "complaint known again": "Sebahagian rekod kami telah hilang. Aduan anda pada {day} telah kami peroleh semula "
        "dan akan dijawab.",
        "your appeal": "Rayuan anda",
        "your complaint": "Aduan anda",
        "appealed claim": "Tuntutan",
        "known again documents": "Jika anda telah menghantar dokumen bersama-samanya atau selepasnya, sila hantar "
        "sekali lagi. Rayuan atau aduan itu tidak perlu dibuat semula.",
        "known again wrong": "Jika anda telah menarik balik, atau ada yang tidak betul di sini, maklumkan kepada "
        "mana-mana pejabat kami.",
        "referral": "Bantuan lain",
        "referral offered": "Jika anda mahu, kami merujuk anda kepada perkhidmatan kebajikan atau kesihatan. Tiada "
        "maklumat diserahkan tanpa persetujuan anda, yang boleh ditarik balik. Maklumkan kepada mana-mana pejabat "
        "kami, atau nyatakan di tempat anda membaca surat.",
        "title evidence_request": "Kami memerlukan sesuatu daripada anda",
        "asked": "Untuk memutuskan tuntutan di atas, kami memerlukan daripada anda sahaja: {item}.",
        "asked for": "Perkara yang diperlukan",
        "by when": "Sebelum atau pada",
        "for what": "Undang-undang yang berkenaan",
        "how to bring": "Bawa atau hantar ke mana-mana pejabat kami, atau melalui saluran pelaporan anda.",
        "if not": "Jika anda tidak memilikinya, maklumkan kepada kami: keputusan dibuat atas maklumat sedia ada.",
        "accident notice": "notis kemalangan",
        "accident notice asked of hospital": "Anda telah bertanya skim yang menanggung rawatan seorang pesakit yang "
        "dimasukkan ke hospital anda. Notis kemalangan belum diterima daripada sesiapa.",
        "accident notice asked of patient": "Sebuah hospital telah bertanya skim yang menanggung rawatan anda "
        "berikutan suatu kemalangan. Notis kemalangan belum diterima daripada sesiapa.",
        "accident notice how": "Notis boleh diberi oleh hospital, anda atau majikan: di mana-mana pejabat kami, "
        "atau melalui saluran yang biasa anda gunakan.",
        "accident notice if not": "Selagi tiada notis, tiada skim menanggung rawatan ini. Notis yang lewat tetap akan "
        "dipertimbangkan.",
        "day of accident": "Tarikh kemalangan",
        "day of admission": "Tarikh kemasukan",
        "hospital": "Hospital",
        "paid": "Bayaran telah dikreditkan ke akaun anda.",
        "payment": "Pembayaran",
        "amount": "Amaun",
        "days paid": "Bagi",
        "paid on": "Dibayar pada",
        "under": "Di bawah",
        "decided in": "Diputuskan dalam semakan {revision} tuntutan anda; surat mengenainya menerangkan kiraannya.",
        "not received": "Jika belum diterima, tulis kepada mana-mana pejabat kami dan nyatakan rujukan kami.",
    },
}
KINDS_OF_EVIDENCE: Mapping[str, Mapping[Language, str]] = {
    "certificate": {"en": "a medical certificate", "ms": "sijil cuti sakit"},
    "final_certificate": {"en": "a final certificate", "ms": "sijil akhir"},
    "wages_paid": {"en": "days with wages", "ms": "hari bergaji"},
    "circumstances": {"en": "the circumstances of the accident", "ms": "keadaan kemalangan"},
    "dependant": {"en": "who is left behind", "ms": "orang tanggungan"},
    "permanent_loss": {"en": "the assessment of a permanent loss", "ms": "penilaian kehilangan kekal"},
    "choice": {"en": "the choice of the form of the benefit", "ms": "pilihan bentuk faedah"},
    "invalidity": {"en": "the certificate of invalidity", "ms": "perakuan keilatan"},
    "attendance": {"en": "the need of constant attendance", "ms": "keperluan layanan sentiasa"},
    "funeral": {"en": "who bore the funeral", "ms": "pihak yang menanggung pengebumian"},
    "cause": {"en": "what brought the death about", "ms": "sebab kematian"},
    "repatriation": {"en": "who bore a repatriation", "ms": "pihak yang menanggung penghantaran pulang jenazah"},
    "education": {"en": "an application for an education loan", "ms": "permohonan pinjaman pendidikan"},
    "document": {"en": "a document", "ms": "dokumen"},
    "board_order": {"en": "an order of the Appellate Board", "ms": "perintah Jemaah Rayuan"},
    "order": {"en": "an order on appeal", "ms": "perintah atas rayuan"},
    "finding": {"en": "a finding", "ms": "dapatan"},
    "withdrawal": {"en": "that a statement is withdrawn", "ms": "penarikan balik kenyataan"},
    "approval": {"en": "an approval", "ms": "kelulusan"},
}
# Whose order on appeal it is.
ORDERS: Mapping[str, Mapping[Language, str]] = {
    "social_security_appellate_board": {
        "en": "the order {reference} of the Social Security Appellate Board",
        "ms": "perintah {reference} Jemaah Rayuan Keselamatan Sosial",
    },
    "high_court": {"en": "the order {reference} of the High Court", "ms": "perintah {reference} Mahkamah Tinggi"},
}
# What a party is asked for.
ITEMS: Mapping[Item, Mapping[Language, str]] = {
    Item.DAYS_WITH_WAGES: {"en": "the days for which wages were paid", "ms": "hari yang gaji telah dibayar"},
    Item.MEDICAL_CERTIFICATE: {"en": "the medical certificate", "ms": "sijil cuti sakit"},
    Item.MEDICAL_REPORT: {"en": "the medical report", "ms": "laporan perubatan"},
    Item.PROOF_OF_CIRCUMSTANCES: {"en": "proof of how it happened", "ms": "bukti keadaan kejadian"},
    Item.PROOF_OF_ACTIVITY: {"en": "proof of the activity", "ms": "bukti aktiviti"},
    Item.PROOF_OF_EMPLOYMENT: {"en": "proof of the employment", "ms": "bukti pekerjaan"},
    Item.END_OF_EMPLOYMENT: {"en": "the day on which the employment ended", "ms": "tarikh pekerjaan tamat"},
    Item.WAGES_OF_MONTHS: {"en": "the wages of the months before", "ms": "gaji bagi bulan-bulan sebelumnya"},
    Item.EARLIER_CONTRIBUTIONS: {"en": "the contributions of before 2013", "ms": "caruman sebelum 2013"},
    Item.GROUNDS_OF_LATE_NOTICE: {"en": "why the notice came late", "ms": "sebab notis lewat"},
    Item.APPLICATION: {"en": "your application, and in which form you choose", "ms": "permohonan dan pilihan anda"},
    Item.PROOF_OF_DEPENDANTS: {"en": "marriage and birth certificates", "ms": "sijil nikah dan sijil kelahiran"},
    Item.FUNERAL_COST: {"en": "the receipt of the funeral", "ms": "resit pengebumian"},
}


def term_row(term: Sequence[Any], language: Language) -> tuple[str, str]:
    """A term (per, sen, first, last) as its days and its amount."""
    per, sen, first, last = term
    is_of_one_day = last == first or (per == "once" and last is None)
    spoken = "once" if is_of_one_day else "from" if last is None else "from to"
    days = {name: day(date.fromisoformat(each), language) for name, each in (("first", first), ("last", last)) if each}
    words = WORDS[language]
    return words[spoken].format(**days), words[f"per {per}"].format(amount=_grouped(sen))


def _grouped(sen: int) -> str:
    """With commas between thousands, as people read it."""
    whole, _, rest = ringgit(sen).partition(".")
    return f"{int(whole):,}.{rest}"


def amount(sen: int) -> str:
    """An amount as a letter writes it."""
    return f"RM{_grouped(sen)}"
