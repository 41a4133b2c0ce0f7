"""What letters say of benefits that are paid over the years, in Malay and English."""

from collections.abc import Mapping

from shared.letters.letter import Language

BENEFIT_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title asked": "A certificate is due",
        "title reminded": "Reminder: a certificate is due",
        "asked": "So that what you are paid by the month goes on, we need {certificate} from you.",
        "asked of ward": "You act for {party}. So that what {party} is paid by the month goes on, we need "
        "{certificate}.",
        "life": "a certificate of life",
        "status": "a certificate of status",
        "study": "a certificate of study",
        "what": "What we need",
        "form": "Form",
        "until": "Until",
        "for what": "The law that asks",
        "regulation": "Employees' Social Security (General) Regulations 1971, reg. 117",
        "one for all": "One certificate does for all benefits that are paid to the same person.",
        "how to bring": "Bring or send it to any of our offices.",
        "if not": "If it has not come by then, what falls due after that day is kept back until it comes. Then all "
        "of it is paid at once: nothing is lost.",
        "title suspended": "A benefit is suspended",
        "title ended": "The suspension of a benefit ends",
        "title never": "A benefit was not suspended",
        "suspended": "{benefit} is not paid for the months named below. Two officers of ours decided it.",
        "ended": "{benefit} is not paid for the months named below, and is paid again after them. Two officers of "
        "ours decided it, in the place of what we wrote before.",
        "never": "{benefit} was suspended wrongly. What was not paid for the months named below is paid.",
        "of ward": "You act for {party}, to whom it is owed.",
        "why": "Why",
        "months": "Months",
        "open months": "{first} until further notice",
        "document": "Document",
        "months lost": "Nothing is owed for these months. If one of them was paid already, it is set off against "
        "what falls due next.",
        "fraud": "false statements",
        "insurable_work": "insurable work that earns more than a third of the former wage",
        "missed_medical_board": "a call to a medical board was not followed",
        "refuses_rehabilitation": "rehabilitation was refused",
        "refuses_treatment": "free treatment was refused",
        "title recovery": "Money is to come back",
        "recovery": "Under {benefit} RM{opened} more was paid than is owed.",
        "payee_died": "The payee has died. What was paid for days after that is owed to nobody, and is to come back "
        "from the estate.",
        "suspended months": "Months of this benefit that were paid are suspended; another letter says why.",
        "decided_again": "It was decided again, by revision {revision}: less is owed than was paid. The letter "
        "about the decision explains it.",
        "came to light": "Came to light now",
        "open": "To come back in all",
        "reference": "Reference of a payment",
        "set off at once": "It was set off at once against what is owed: nothing is to be paid.",
        "kept all": "All of what falls due next under the same Act is kept until it is back ({law}).",
        "kept part": "Of what falls due next under the same Act {percent} % is kept until it is back ({law}).",
        "kept nothing": "Nothing of what falls due next is kept for it without your consent.",
        "pay back": "You may also pay it back, and name the reference, or agree on instalments with any of our "
        "offices.",
        "how to appeal": "If you do not agree",
        "appeal": "You may apply to the Social Security Appellate Board until {day} (Act 4, ss.83 to 84). Write to "
        "any of our offices and name our reference {reference}.",
    },
    "ms": {
        "title asked": "Perakuan perlu dikemukakan",
        "title reminded": "Peringatan: perakuan perlu dikemukakan",
        "asked": "Supaya bayaran bulanan anda diteruskan, kami memerlukan {certificate} daripada anda.",
        "asked of ward": "Anda bertindak bagi pihak {party}. Supaya bayaran bulanan {party} diteruskan, kami "
        "memerlukan {certificate}.",
        "life": "perakuan hayat",
        "status": "perakuan taraf",
        "study": "perakuan pengajian",
        "what": "Perkara yang diperlukan",
        "form": "Borang",
        "until": "Sebelum atau pada",
        "for what": "Undang-undang yang berkenaan",
        "regulation": "Peraturan-Peraturan (Am) Keselamatan Sosial Pekerja 1971, per. 117",
        "one for all": "Satu perakuan memadai bagi semua faedah yang dibayar kepada orang yang sama.",
        "how to bring": "Bawa atau hantar ke mana-mana pejabat kami.",
        "if not": "Jika tidak diterima sehingga tarikh itu, bayaran yang genap masa selepasnya ditahan sehingga "
        "perakuan diterima. Kemudian kesemuanya dibayar sekali gus: tiada yang hilang.",
        "title suspended": "Faedah digantung",
        "title ended": "Penggantungan faedah tamat",
        "title never": "Faedah tidak digantung",
        "suspended": "{benefit} tidak dibayar bagi bulan-bulan yang dinyatakan di bawah. Dua pegawai kami "
        "memutuskannya.",
        "ended": "{benefit} tidak dibayar bagi bulan-bulan yang dinyatakan di bawah, dan dibayar semula selepasnya. "
        "Dua pegawai kami memutuskannya, menggantikan surat kami yang terdahulu.",
        "never": "{benefit} telah digantung secara silap. Bayaran bagi bulan-bulan yang dinyatakan di bawah dibuat.",
        "of ward": "Anda bertindak bagi pihak {party}, yang berhak menerimanya.",
        "why": "Sebab",
        "months": "Bulan",
        "open months": "{first} sehingga dimaklumkan kelak",
        "document": "Dokumen",
        "months lost": "Tiada bayaran yang terhutang bagi bulan-bulan ini. Jika salah satunya telah dibayar, ia "
        "ditolak daripada bayaran yang berikutnya.",
        "fraud": "kenyataan palsu",
        "insurable_work": "kerja berinsurans dengan pendapatan melebihi satu pertiga gaji dahulu",
        "missed_medical_board": "panggilan jemaah doktor tidak dipatuhi",
        "refuses_rehabilitation": "pemulihan ditolak",
        "refuses_treatment": "rawatan percuma ditolak",
        "title recovery": "Wang perlu dikembalikan",
        "recovery": "Di bawah {benefit}, bayaran telah dibuat RM{opened} lebih daripada yang sepatutnya.",
        "payee_died": "Penerima telah meninggal dunia. Bayaran bagi hari-hari selepasnya tidak terhutang kepada "
        "sesiapa, dan perlu dikembalikan daripada harta pusaka.",
        "suspended months": "Bulan-bulan faedah ini yang telah dibayar digantung; surat lain menyatakan sebabnya.",
        "decided_again": "Keputusan dibuat semula dalam semakan {revision}: jumlah yang terhutang kurang daripada "
        "yang dibayar. Surat mengenai keputusan itu menerangkannya.",
        "came to light": "Didapati sekarang",
        "open": "Jumlah yang perlu dikembalikan",
        "reference": "Rujukan pembayaran",
        "set off at once": "Ia telah ditolak serta-merta daripada jumlah yang terhutang: tiada yang perlu dibayar.",
        "kept all": "Semua bayaran yang berikutnya di bawah Akta yang sama ditahan sehingga selesai ({law}).",
        "kept part": "Daripada bayaran yang berikutnya di bawah Akta yang sama, {percent} % ditahan sehingga "
        "selesai ({law}).",
        "kept nothing": "Tiada bayaran yang berikutnya ditahan tanpa persetujuan anda.",
        "pay back": "Anda juga boleh membayarnya kembali dengan menyatakan rujukan, atau bersetuju dengan ansuran "
        "di mana-mana pejabat kami.",
        "how to appeal": "Jika anda tidak bersetuju",
        "appeal": "Anda boleh memohon kepada Jemaah Rayuan Keselamatan Sosial sehingga {day} (Akta 4, s.83 hingga "
        "84). Tulis kepada mana-mana pejabat kami dan nyatakan rujukan kami {reference}.",
    },
}
# The forms of the statute book; of one that it names otherwise the letter has the book's words.
FORMS_MS: Mapping[str, str] = {
    "life certificate of a pensioner": "perakuan hayat pesara",
    "life and status certificate of a dependant": "perakuan hayat dan taraf orang tanggungan",
    "study certificate of a child in higher education (Annex A)": "perakuan pengajian anak di institusi pengajian "
    "tinggi (Lampiran A)",
    "life certificate of permanent disablement": "perakuan hayat hilang upaya kekal",
}
