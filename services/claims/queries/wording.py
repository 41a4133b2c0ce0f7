"""The names of tests and amounts in Malay, for letters and the interface."""

from services.claims.domain.temporary_disablement import CERTIFIED, CONTRACT_OF_SERVICE, COVERED, SHARED, TO_LOOK_AT

MALAY = {
    CONTRACT_OF_SERVICE: "bekerja di bawah kontrak perkhidmatan pada hari kemalangan",
    COVERED: "dilindungi bagi bencana kerja pada hari itu",
    CERTIFIED: "diperakui tidak layak bekerja cukup lama",
    "average assumed monthly wage": "purata gaji bulanan anggapan",
    "daily rate": "kadar harian",
    TO_LOOK_AT: "hari cuti sakit untuk disemak",
    SHARED: "hari yang dipegang oleh tuntutan lain",
    "payable days": "hari yang layak dibayar",
    "temporary disablement benefit": "faedah hilang upaya sementara",
}
