"""What registration refuses, named by what happened. None of them shows a national id, a name or whose a thing is."""

from shared.kernel.errors import FieldError, JaringError, Kind


class PersonUnknown(JaringError):
    """No such person, or none that the caller may see."""

    code = "person_unknown"
    title = "No such person"
    title_ms = "Tiada orang sedemikian"
    kind = Kind.NOT_FOUND


class EmployerUnknown(JaringError):
    """No such employer, or none that the caller may see or act for."""

    code = "employer_unknown"
    title = "No such employer"
    title_ms = "Tiada majikan sedemikian"
    kind = Kind.NOT_FOUND


class SpellUnknown(JaringError):
    """No such spell, or none that the caller may see."""

    code = "spell_unknown"
    title = "No such spell of employment"
    title_ms = "Tiada tempoh pekerjaan sedemikian"
    kind = Kind.NOT_FOUND


class ContributionFileUnknown(JaringError):
    """No such file, or not the caller's own."""

    code = "contribution_file_unknown"
    title = "No such contribution file"
    title_ms = "Tiada fail caruman sedemikian"
    kind = Kind.NOT_FOUND


class NationalIdRegistered(JaringError):
    """A person with this national id is registered already; whose it is stays untold."""

    code = "national_id_registered"
    title = "A person with this national id is registered already"
    title_ms = "Orang dengan nombor pengenalan ini telah didaftarkan"
    kind = Kind.CONFLICT
    hint = "Start the spell with national_id and name, which needs no person number."


class NationalIdOfAnotherKind(JaringError):
    """A person with the same digits under another kind of id is registered: most often it is the same person."""

    code = "national_id_of_another_kind"
    title = "These digits are registered under another kind of national id"
    title_ms = "Nombor ini telah didaftarkan di bawah jenis pengenalan yang lain"
    kind = Kind.CONFLICT
    hint = "Check the kind of the number. An officer who knows that it is another person says so with another_person."


class SpellNamesNobody(JaringError):
    """A spell names nobody: neither a person number, nor a national id with a name."""

    code = "spell_names_nobody"
    title = "The spell names nobody"
    title_ms = "Tempoh pekerjaan tidak menamakan sesiapa"
    kind = Kind.INVALID
    hint = "Send person, or national_id and name as they are registered."


class NationalIdNeeded(JaringError):
    """An employer names a person without proving by the national id that it knows who that is."""

    code = "national_id_needed"
    title = "The person's national id is needed"
    title_ms = "Nombor pengenalan orang itu diperlukan"
    kind = Kind.INVALID
    hint = "Send national_id with the kind and number under which the person is registered."


class EmployerCodeRegistered(JaringError):
    """An employer with this code is registered already."""

    code = "employer_code_registered"
    title = "An employer with this code is registered already"
    title_ms = "Majikan dengan kod ini telah didaftarkan"
    kind = Kind.CONFLICT


class NameWithoutLetters(JaringError):
    """Nothing in the name could be compared with that of a contribution line or a notice."""

    code = "name_without_letters"
    title = "The name has no letter"
    title_ms = "Nama tidak mengandungi huruf"
    kind = Kind.INVALID
    hint = "Send the full name as it stands on the identity card or passport."


class BornInFuture(JaringError):
    """The day of birth has not come yet."""

    code = "born_in_future"
    title = "The day of birth lies in the future"
    title_ms = "Tarikh lahir adalah pada masa hadapan"
    kind = Kind.INVALID


class SpellOverlaps(JaringError):
    """The person already works for this employer on some of these days."""

    code = "spell_overlaps"
    title = "The spell overlaps another one with the same employer"
    title_ms = "Tempoh pekerjaan bertindih dengan tempoh lain pada majikan yang sama"
    kind = Kind.CONFLICT
    hint = "End the earlier spell first."


class SpellAlreadyEnded(JaringError):
    """The spell has its last day already."""

    code = "spell_already_ended"
    title = "The spell has ended already"
    title_ms = "Tempoh pekerjaan telah pun tamat"
    kind = Kind.CONFLICT


class PersonFilterNeeded(JaringError):
    """An officer asks for the unverified spells of everybody; most that employers state stay so."""

    code = "person_filter_needed"
    title = "Say whose spells you ask for"
    title_ms = "Nyatakan tempoh pekerjaan siapa yang diminta"
    kind = Kind.INVALID
    hint = "Send person: the number of the person of the claim that waits."


class StatementDayUnknown(JaringError):
    """A spell of before it was kept when spells are stated: it counts for every day, and nothing waits for it."""

    code = "statement_day_unknown"
    title = "When this spell was stated is not known"
    title_ms = "Tarikh tempoh pekerjaan ini dinyatakan tidak diketahui"
    kind = Kind.CONFLICT


class WaitingEndUnknown(JaringError):
    """No end of this spell waits for an officer."""

    code = "waiting_end_unknown"
    title = "No end of this spell waits"
    title_ms = "Tiada penamatan tempoh pekerjaan ini yang menunggu"
    kind = Kind.NOT_FOUND


class SpellStartsBeforeBirth(JaringError):
    """The first day of employment lies before the person was born."""

    code = "spell_starts_before_birth"
    title = "The spell starts before the person was born"
    title_ms = "Tempoh pekerjaan bermula sebelum orang itu dilahirkan"
    kind = Kind.INVALID


class SpellStartsTooFarAhead(JaringError):
    """The first day of employment lies further ahead than is accepted."""

    code = "spell_starts_too_far_ahead"
    title = "The spell starts too far ahead"
    title_ms = "Tempoh pekerjaan bermula terlalu jauh ke hadapan"
    kind = Kind.INVALID


class SpellEndsBeforeStart(JaringError):
    """The last day of employment lies before the first."""

    code = "spell_ends_before_start"
    title = "The spell ends before it starts"
    title_ms = "Tempoh pekerjaan tamat sebelum ia bermula"
    kind = Kind.INVALID


class SpellEndsTooFarAhead(JaringError):
    """The last day of employment lies further ahead than is accepted."""

    code = "spell_ends_too_far_ahead"
    title = "The spell ends too far ahead"
    title_ms = "Tempoh pekerjaan tamat terlalu jauh ke hadapan"
    kind = Kind.INVALID


class FileFault(JaringError):
    """Base of the faults of a whole contribution file: nothing of it is taken (other-schemes §8.2)."""

    @classmethod
    def at(cls, line: int, detail: str) -> "FileFault":
        """The fault, found first on a line, counted from 1."""
        found = (FieldError(f"/{line}", cls.code, detail),)
        return cls(f"Line {line}: {detail}", facts={"line": line}, errors=found)


class ContributionFileEmpty(FileFault):
    """The file has no line."""

    code = "contribution_file_empty"
    title = "The contribution file is empty"
    title_ms = "Fail caruman kosong"
    kind = Kind.INVALID


class ContributionFileEncoding(FileFault):
    """The file is not one byte a character, or holds control characters (act4 §2.5)."""

    code = "contribution_file_encoding"
    title = "The contribution file is not one byte a character"
    title_ms = "Fail caruman bukan satu bait bagi setiap aksara"
    kind = Kind.INVALID
    hint = "Save the file as ASCII or ISO 8859-1, not as UTF-8 or UTF-16."


class ContributionFileLineLength(FileFault):
    """A line has not the length of the layout."""

    code = "contribution_file_line_length"
    title = "A line of the contribution file has the wrong length"
    title_ms = "Panjang satu baris fail caruman tidak betul"
    kind = Kind.INVALID


class ContributionFileForeignEmployer(FileFault):
    """The file bears a code that is not the sender's."""

    code = "contribution_file_foreign_employer"
    title = "The contribution file bears another employer's code"
    title_ms = "Fail caruman membawa kod majikan lain"
    kind = Kind.INVALID


class ContributionFileMixedEmployers(FileFault):
    """The lines do not all bear the same employer code."""

    code = "contribution_file_mixed_employers"
    title = "The contribution file mixes employers"
    title_ms = "Fail caruman mencampurkan beberapa majikan"
    kind = Kind.INVALID
