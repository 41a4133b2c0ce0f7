"""Names as Malaysia's communities write them; each part is drawn by itself: no list of real people is behind it."""

from collections.abc import Callable, Sequence

from tests.population.dice import Dice

_MALAY_MEN = [
    "AHMAD",
    "HAFIZ",
    "AMIRUL",
    "FAIZAL",
    "AZMAN",
    "ISMAIL",
    "RAZAK",
    "KAMAL",
    "SYAFIQ",
    "HAKIM",
    "IRFAN",
    "ZULKIFLI",
    "NAZRI",
    "SHAHRUL",
    "ADAM",
    "RIDZUAN",
    "HALIM",
    "YUSOF",
    "OSMAN",
    "RAHIM",
    "FARIS",
    "DANIAL",
    "LUQMAN",
    "HAZIQ",
    "AIMAN",
    "FIRDAUS",
    "SAIFUL",
    "NIZAM",
    "ROSLAN",
    "TARMIZI",
]
_MALAY_WOMEN = [
    "AISYAH",
    "SITI",
    "FATIMAH",
    "NURUL",
    "FARAH",
    "HASLINDA",
    "ROSNAH",
    "ZALEHA",
    "AMINAH",
    "SHARIFAH",
    "IZZATI",
    "SYAHIRAH",
    "HIDAYAH",
    "ROHANI",
    "AZLINA",
    "KHADIJAH",
    "MARIAM",
    "NORAINI",
    "SALMAH",
    "LIYANA",
    "BALQIS",
    "HUMAIRA",
    "SOFEA",
    "ALYA",
    "WAHIDA",
    "MASTURA",
    "YASMIN",
    "RAIHANA",
    "DAYANG",
    "FAUZIAH",
]
_MALAY_BEFORE_MEN = ("", "", "MUHAMMAD ", "MOHD ", "MOHAMAD ", "ABDUL ", "WAN ", "NIK ", "MOHD. ", "SYED ")
_MALAY_BEFORE_WOMEN = ("", "", "NUR ", "NOR ", "SITI ", "NUR 'AIN ", "WAN ", "NIK ", "PUTERI ", "NURUL ")
_SURNAMES = [
    "TAN",
    "LIM",
    "LEE",
    "NG",
    "WONG",
    "CHAN",
    "CHONG",
    "GOH",
    "TEOH",
    "LAU",
    "YAP",
    "ONG",
    "LOW",
    "CHEAH",
    "FOO",
    "HO",
    "KOH",
    "LIEW",
    "OOI",
    "PHANG",
    "QUEK",
    "SIM",
    "TEE",
    "WEE",
    "YEOH",
]
_CHINESE = [
    "AH",
    "BEE",
    "CHAI",
    "CHOON",
    "ENG",
    "FATT",
    "GUAN",
    "HOCK",
    "HUI",
    "JIA",
    "KAH",
    "KOK",
    "LENG",
    "MEI",
    "MING",
    "PEI",
    "POH",
    "SAN",
    "SENG",
    "SIEW",
    "SIN",
    "SOON",
    "SWEE",
    "TECK",
    "WAI",
    "WEI",
    "XIN",
    "YEE",
    "YING",
    "YONG",
    "ZHI",
]
_CHRISTIAN = ["ADELINE", "BENJAMIN", "CAROL", "DESMOND", "ELAINE", "JASON", "KELVIN", "MICHELLE", "RAYMOND", "SHARON"]
_TAMIL_MEN = [
    "RAJENDRAN",
    "MUTHU",
    "SUBRAMANIAM",
    "GANESAN",
    "KUMARAN",
    "VELU",
    "SELVAM",
    "ARUMUGAM",
    "PRAKASH",
    "SIVAKUMAR",
    "MURUGAN",
    "THIAGARAJAN",
    "LOGAN",
    "NADARAJAN",
    "DINESH",
]
_TAMIL_WOMEN = [
    "LETCHUMY",
    "KAVITHA",
    "PARAMESWARI",
    "SHANTI",
    "VASANTHI",
    "MALAR",
    "DEVI",
    "KAMALA",
    "THULASI",
    "PRIYA",
    "SUGANTHI",
    "RANI",
    "YOGESWARI",
    "ANJALI",
    "MEENA",
]
_PUNJABI = ["HARJIT", "BALWINDER", "GURMEET", "JASPREET", "MANJIT", "SUKHDEV", "AMARJIT", "KULDIP"]
_BORNEO_MEN = [
    "JOHN",
    "PETER",
    "STEPHEN",
    "LAWRENCE",
    "EDWARD",
    "MICHAEL",
    "ANDREW",
    "SYLVESTER",
    "DANIEL",
    "GEORGE",
    "ALBERT",
    "JOSEPH",
]
_BORNEO_WOMEN = [
    "MARY",
    "AGNES",
    "CATHERINE",
    "LUCY",
    "FLORENCE",
    "VERONICA",
    "MAGDALENA",
    "ROSE",
    "STELLA",
    "DORIS",
    "CECILIA",
    "ANNA",
]
_KADAZAN = [
    "GOMBUNG",
    "MOJIKON",
    "GINIBUN",
    "LAJAMIN",
    "SUNGKIT",
    "MASIDI",
    "KINSUNG",
    "TANGAU",
    "JUPRIN",
    "MOBIJOHN",
    "LIKINSUN",
    "BATUL",
]
_IBAN = [
    "JUGAH",
    "LANGGI",
    "BUJANG",
    "NGUMBANG",
    "UNGGAT",
    "MERINGAI",
    "SEGARI",
    "ENTRI",
    "JENGAN",
    "SALANG",
    "BALANG",
    "NYANGGAU",
]
_ABROAD = (
    ("SRI", ["BUDI", "SLAMET", "AGUS", "SUPRIYANTO", "WAHYUNI", "ENDANG", "HARTONO", "SUGENG", "PUJIASTUTI", "WIBOWO"]),
    ("MD", ["RAFIQUL", "ISLAM", "SHAHIDUL", "ALAMGIR", "JAHANGIR", "MIZANUR", "SOHEL", "MONIR", "KABIR", "HOSSAIN"]),
    ("", ["RAM", "BAHADUR", "THAPA", "GURUNG", "TAMANG", "RAI", "SHRESTHA", "MAGAR", "LIMBU", "KUMARI"]),
    ("", ["AUNG", "KYAW", "THET", "MAUNG", "WIN", "HTUN", "ZAW", "MYINT", "SOE", "LIN"]),
)


def name_of(dice: Dice, is_woman: bool, is_foreign: bool) -> str:
    """A name; about a tenth of the Chinese ones have an alias or a name beside it."""
    if is_foreign:
        before, words = _ABROAD[dice.below(len(_ABROAD))]
        return f"{before} {dice.one_of(words)} {dice.one_of(words)} {dice.one_of(words)}".strip()
    share = dice.below(100)
    for most, make in _COMMUNITIES:
        if share < most:
            return make(dice, is_woman)
    raise AssertionError("the communities share a hundred")


def company_of(dice: Dice, number: int) -> str:
    """The name of a business that there is not: its number stands in it."""
    what = dice.one_of(("KILANG", "LADANG", "KEDAI", "RESTORAN", "SYARIKAT", "BENGKEL", "KLINIK", "PEJABAT"))
    kind = "" if dice.below(4) else " ENTERPRISE"
    return f"{what} CONTOH {number}{kind or ' SDN BHD'}"


def _malay(dice: Dice, is_woman: bool) -> str:
    own, before = (_MALAY_WOMEN, _MALAY_BEFORE_WOMEN) if is_woman else (_MALAY_MEN, _MALAY_BEFORE_MEN)
    child = dice.one_of(("BINTI", "BINTI", "BT", "BT.")) if is_woman else dice.one_of(("BIN", "BIN", "BIN", "B."))
    father = f"{dice.one_of(_MALAY_BEFORE_MEN)}{dice.one_of(_MALAY_MEN)}"
    return f"{dice.one_of(before)}{_one_or_two(dice, own)} {child} {father}"


def _chinese(dice: Dice, is_woman: bool) -> str:
    name = f"{dice.one_of(_SURNAMES)} {dice.one_of(_CHINESE)} {dice.one_of(_CHINESE)}"
    if dice.below(20) == 0:
        return f"{name} @ {dice.one_of(_SURNAMES)} {dice.one_of(_CHINESE)} {dice.one_of(_CHINESE)}"
    return f"{dice.one_of(_CHRISTIAN)} {name}" if dice.below(20) == 0 else name


def _indian(dice: Dice, is_woman: bool) -> str:
    if dice.below(10) == 0:
        own = f"{dice.one_of(_PUNJABI)} {'KAUR' if is_woman else 'SINGH'}"
        return f"{own} {dice.one_of(('A/P', 'D/O') if is_woman else ('A/L', 'S/O'))} {dice.one_of(_PUNJABI)} SINGH"
    own = dice.one_of(_TAMIL_WOMEN if is_woman else _TAMIL_MEN)
    return f"{own} {'A/P' if is_woman else 'A/L'} {_one_or_two(dice, _TAMIL_MEN)}"


def _of_sabah(dice: Dice, is_woman: bool) -> str:
    own = dice.one_of(_BORNEO_WOMEN if is_woman else _BORNEO_MEN)
    words = (own, dice.one_of(_KADAZAN), dice.one_of(("BINTI", "") if is_woman else ("BIN", "")), dice.one_of(_KADAZAN))
    return " ".join(word for word in words if word)


def _of_sarawak(dice: Dice, is_woman: bool) -> str:
    own = dice.one_of(_BORNEO_WOMEN if is_woman else _BORNEO_MEN)
    return f"{own} {dice.one_of(_IBAN)} ANAK {dice.one_of(_IBAN)}"


def _one_or_two(dice: Dice, words: Sequence[str]) -> str:
    first = dice.one_of(words)
    return first if dice.below(2) else f"{first} {dice.one_of(words)}"


_COMMUNITIES: Sequence[tuple[int, Callable[[Dice, bool], str]]] = (
    (62, _malay),
    (85, _chinese),
    (92, _indian),
    (96, _of_sabah),
    (100, _of_sarawak),
)
