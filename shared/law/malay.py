"""Malay for what an explanation quotes: citations, and the words of the law that stand as values and in workings.

A record holds neither; they are said on reading, so that a better wording breaks no replay.
"""

import re
from collections.abc import Mapping

_ORDINALS = {
    "First": "Pertama",
    "Second": "Kedua",
    "Third": "Ketiga",
    "Fourth": "Keempat",
    "Fifth": "Kelima",
    "Sixth": "Keenam",
    "Seventh": "Ketujuh",
    "Eighth": "Kelapan",
}  # fmt: skip
# In their order: what is longer stands before what it contains.
_CITATIONS: tuple[tuple[str, str], ...] = (
    (r"Employees' Social Security \(General\) Regulations", "Peraturan-Peraturan Keselamatan Sosial Pekerja (Am)"),
    (r"General Regulations", "Peraturan-Peraturan Am"),
    (r"National Registration Regulations", "Peraturan-Peraturan Pendaftaran Negara"),
    (r"Interpretation Acts (\d+) and (\d+)", r"Akta Tafsiran \1 dan \2"),
    (r"Holidays Act", "Akta Hari Kelepasan"),
    (r"Minimum Retirement Age Act", "Akta Umur Persaraan Minimum"),
    (r"Minimum Wages Order", "Perintah Gaji Minimum"),
    (r"Medical Appellate Board", "Jemaah Doktor Rayuan"),
    (r"as amended by the Bill passed on", "seperti yang dipinda oleh Rang Undang-Undang yang diluluskan pada"),
    (r"Bill passed on", "Rang Undang-Undang yang diluluskan pada"),
    (r"as amended in", "seperti yang dipinda pada"),
    (r"not commenced", "belum berkuat kuasa"),
    (r"Government subsidy programme, Act (\d+) contributions", r"Program subsidi Kerajaan bagi caruman Akta \1"),
    (r"government subsidy programme", "program subsidi Kerajaan"),
    (r"Organisation's practice since July (\d+)", r"Amalan Pertubuhan sejak Julai \1"),
    (r"Organisation's practice, combined contribution file", "Amalan Pertubuhan, fail caruman bergabung"),
    (r"Organisation's practice, files of contributions", "Amalan Pertubuhan, fail caruman"),
    (r"Organisation's practice", "Amalan Pertubuhan"),
    (r"Organisation's administrative waiver", "Pengecualian pentadbiran Pertubuhan"),
    (r"Organisation's plans under", "Pelan Pertubuhan di bawah"),
    (r"administrative calendar", "kalendar pentadbiran"),
    (r"Organisation's client charter", "Piagam pelanggan Pertubuhan"),
    (r"instrument not (?:found|known)", "instrumen belum ditemui"),
    (r"interim scheme of", "skim interim"),
    (r"increases by order", "kenaikan melalui perintah"),
    (r"orders after actuarial reviews", "perintah selepas semakan aktuari"),
    (r"dependants' benefit", "faedah orang tanggungan"),
    (r"education benefit", "faedah pendidikan"),
    (r"actuarial table", "jadual aktuari"),
    (r"\bAct (?=A?\d)", "Akta "),
    (r"\breg\.", "per."),
    (r"\bcl\.", "fasal"),
    (r"\bparas? ", "perenggan "),
    (r"\bParts ", "Bahagian "),
    (r"\band\b", "dan"),
    (r"\bto\b", "hingga"),
)
_SCHEDULES = re.compile(rf"((?:{'|'.join(_ORDINALS)})(?:(?:, | and | to )(?:{'|'.join(_ORDINALS)}))*) Schedules?")
WORDS: Mapping[str, str] = {
    "class of the wage declared": "kelas gaji yang dilaporkan",
    "class of the wage": "kelas gaji",
    "last known class": "kelas terakhir yang diketahui",
    "assumed wage of": "gaji anggapan",
    "none": "tiada",
    "no": "tidak",
    "yes": "ya",
    "first": "pertama",
    "second": "kedua",
    "full": "penuh",
    "reduced": "dikurangkan",
    "daily": "harian",
    "by month": "bulanan",
    # relations and payees
    "widow": "balu",
    "widower": "duda",
    "child": "anak",
    "son": "anak lelaki",
    "daughter": "anak perempuan",
    "parent": "ibu atau bapa",
    "grandparent": "datuk atau nenek",
    "sibling": "adik-beradik",
    "other": "lain-lain",
    "heir": "waris",
    "eldest son": "anak lelaki sulung",
    "eldest daughter": "anak perempuan sulung",
    "parents equally": "ibu bapa sama rata",
    "else who paid, up to the lesser of cost and amount":
        "jika tiada, pembayar, sehingga yang lebih rendah antara kos dan amaun",
    "housewife": "suri rumah",
    "husband": "suami",
    "employer of the payer": "majikan pembayar",
    # contingencies, causes and benefits
    "employment injury": "bencana kerja",
    "invalidity": "keilatan",
    "non employment injury": "kecederaan bukan bencana kerja",
    "accident": "kemalangan",
    "disease": "penyakit",
    "attendance": "layanan sentiasa",
    "constant attendance": "layanan sentiasa",
    "renal": "buah pinggang",
    "dialysis": "dialisis",
    "dependants": "orang tanggungan",
    "education": "pendidikan",
    "funeral": "pengurusan mayat",
    "medical": "perubatan",
    "permanent disablement": "hilang upaya kekal",
    "rehabilitation": "pemulihan",
    "temporary disablement": "hilang upaya sementara",
    "both": "kedua-duanya",
    "invalidity pensioner": "pesara ilat",
    "dependants benefit": "faedah orang tanggungan",
    "invalidity pension": "pencen ilat",
    "non employment injury dependants benefit": "faedah orang tanggungan bagi kecederaan bukan bencana kerja",
    "non employment injury permanent disablement": "hilang upaya kekal bagi kecederaan bukan bencana kerja",
    "survivors pension": "pencen penakat",
    "qualified insured": "orang berinsurans yang layak",
    "early reemployment allowance": "elaun bekerja semula awal",
    "job search allowance": "elaun mencari pekerjaan",
    "training allowance": "elaun latihan",
    # participation
    "mandatory": "wajib",
    "in by default": "menyertai secara lalai",
    "in by choice": "menyertai atas pilihan",
    "out": "tidak menyertai",
    # circumstances of an accident
    "at work": "di tempat kerja",
    "commuting": "perjalanan ulang-alik",
    "emergency at the premises": "kecemasan di premis",
    "journey for employment": "perjalanan kerana pekerjaan",
    "meal break": "waktu makan",
    "employer activity": "aktiviti majikan",
    # which of two rates
    "higher": "yang lebih tinggi",
    # kinds of work and of persons
    "permanent": "tetap",
    "temporary": "sementara",
    "contract": "kontrak",
    "part time": "separuh masa",
    "casual": "sambilan",
    "apprentice": "perantis",
    "paid intern": "pelatih bergaji",
    "civil servant": "penjawat awam",
    "self employed": "bekerja sendiri",
    "sole proprietor": "pemilik tunggal",
    "partner": "rakan kongsi",
    "prisoner": "banduan",
    "citizen": "warganegara",
    "permanent resident": "pemastautin tetap",
    "temporary resident": "pemastautin sementara",
    "foreign": "asing",
    "casual outside trade": "sambilan di luar perniagaan majikan",
    "domestic servant": "pembantu rumah",
    "federal or state public service": "perkhidmatan awam Persekutuan atau Negeri",
    "local authority": "pihak berkuasa tempatan",
    "statutory body": "badan berkanun",
    "detainee": "orang tahanan",
    "mineral winner": "pencari galian",
    # parts of pay
    "basic": "gaji pokok",
    "overtime": "kerja lebih masa",
    "commission": "komisen",
    "service charge": "caj perkhidmatan",
    "leave pay": "gaji cuti",
    "meal allowance": "elaun makan",
    "shift allowance": "elaun syif",
    "housing allowance": "elaun perumahan",
    "cost of living allowance": "elaun sara hidup",
    "incentive allowance": "elaun insentif",
    "annual bonus": "bonus tahunan",
    "gratuity": "ganjaran",
    "termination pay": "bayaran penamatan",
    "retrenchment pay": "bayaran pemberhentian",
    "mileage claims": "tuntutan perbatuan",
    "travel claims": "tuntutan perjalanan",
    "employer statutory contributions": "caruman berkanun majikan",
    "benefits in kind": "manfaat berupa barangan",
    # courses
    "diploma": "diploma",
    "first degree": "ijazah pertama",
    # conditions of an education loan
    "under the age on the day of the application": "di bawah umur had pada hari permohonan",
    "the course is one that is covered": "kursus itu layak",
    "enough study is left": "baki pengajian mencukupi",
    "tuition is not above the highest": "yuran tidak melebihi had",
    "the loan is not above the tuition": "pinjaman tidak melebihi yuran",
    "a dependant child": "anak tanggungan",
    "unmarried": "belum berkahwin",
    "at a local institution": "di institusi tempatan",
    "full time": "sepenuh masa",
    "another loan was refused": "pinjaman lain ditolak",
    # weekly holidays
    "sunday": "Ahad",
    # ends of an employment
    "retirement": "persaraan",
    "contract expiry": "kontrak tamat",
    "completion of work": "kerja selesai",
    "misconduct dismissal": "pembuangan kerja kerana salah laku",
    "mutual termination without terms": "penamatan bersama tanpa terma",
    "voluntary resignation": "peletakan jawatan secara sukarela",
    "closure": "penutupan",
    "constructive dismissal": "pembuangan kerja secara konstruktif",
    "disaster": "bencana",
    "employer breach": "pelanggaran oleh majikan",
    "ordered dangerous work": "diarah membuat kerja berbahaya",
    "sexual harassment": "gangguan seksual",
    "threat": "ancaman",
    "unsafe workplace": "tempat kerja tidak selamat",
    "voluntary separation scheme": "skim pemisahan sukarela",
    "mutual termination with terms": "penamatan bersama dengan terma",
}  # fmt: skip
"""English words of the law in small letters, blanks for underscores, and what they are called in Malay."""
_WORDS_LONGEST_FIRST = sorted(WORDS, key=len, reverse=True)
_WORD = re.compile(r"(?<![\w'])(?:" + "|".join(map(re.escape, _WORDS_LONGEST_FIRST)) + r")(?![\w'])")


def citation(text: str) -> str:
    """A citation of the law in Malay: "Act 4, s.22; Fourth Schedule" is "Akta 4, s.22; Jadual Keempat"."""
    text = _SCHEDULES.sub(_schedules, text)
    for english, malay in _CITATIONS:
        text = re.sub(english, malay, text)
    return text


def words(text: str) -> str:
    """The words of the law in a value or a working in Malay; numbers, names and signs stay as they are."""
    return _WORD.sub(lambda found: WORDS[found.group()], text.replace("_", " ") if _is_word(text) else text)


def _is_word(text: str) -> bool:
    """Whether a text is words of the law with underscores, such as "employment_injury, invalidity"."""
    return re.fullmatch(r"[a-z0-9_]+(?:, [a-z0-9_]+)*", text) is not None


def _schedules(found: re.Match[str]) -> str:
    ordinals = re.sub("|".join(_ORDINALS), lambda each: _ORDINALS[each.group()], found[1])
    return f"Jadual {ordinals}"
