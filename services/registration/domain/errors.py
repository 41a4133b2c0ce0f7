"""What registration refuses, named by what happened. None of them shows a national id, a name or whose a thing is."""

from datetime import date

from shared.kernel.errors import FieldError, JaringError, Kind, LegalBasis
from shared.kernel.periods import Month

_SKBBK = LegalBasis("Act 4", "s.6(2)")


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


class ReceiptUnknown(JaringError):
    """No such receipt, or none that the caller stated or paid."""

    code = "receipt_unknown"
    title = "No such receipt"
    title_ms = "Tiada penerimaan sedemikian"
    kind = Kind.NOT_FOUND


class ReceiptReferenceTaken(JaringError):
    """The caller has stated other money under this reference."""

    code = "receipt_reference_taken"
    title = "Another receipt has this reference"
    title_ms = "Penerimaan lain mempunyai rujukan ini"
    kind = Kind.CONFLICT
    hint = "Each receipt has a reference of its own: employer, month, amount and day stay as they were stated."


class ReceiptOfBankOnly(JaringError):
    """Somebody else than a bank of the organisation or an officer says what was banked."""

    code = "receipt_of_bank_only"
    title = "Only the bank or an officer may say what was banked"
    title_ms = "Hanya bank atau pegawai boleh menyatakan apa yang telah dibankkan"
    kind = Kind.FORBIDDEN


class BankedInFuture(JaringError):
    """The bank's value day has not come yet."""

    code = "banked_in_future"
    title = "The day of banking lies in the future"
    title_ms = "Tarikh perbankan adalah pada masa hadapan"
    kind = Kind.INVALID


class ReceiptActUnfit(JaringError):
    """What is to be done to the receipt is done already, was not proposed, or is not for one that stands there."""

    code = "receipt_act_unfit"
    title = "That is not to be done to this receipt"
    title_ms = "Tindakan itu tidak sesuai bagi penerimaan ini"
    kind = Kind.CONFLICT
    hint = "Read the receipt: its state, and what officers have proposed and released of it."


class ReceiptNeedsSecondOfficer(JaringError):
    """Whoever stated a receipt, or proposed something of it, does not release that."""

    code = "receipt_needs_second_officer"
    title = "Another officer releases it than the one who stated or proposed it"
    title_ms = "Ia dilepaskan oleh pegawai lain daripada yang menyatakan atau mencadangkannya"
    kind = Kind.FORBIDDEN


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


class SkbbkMandatory(JaringError):
    """A foreign worker takes part whatever is filed."""

    code = "skbbk_mandatory"
    title = "A foreign worker cannot be released from SKBBK"
    title_ms = "Pekerja asing tidak boleh dilepaskan daripada SKBBK"
    kind = Kind.REFUSED_BY_LAW
    law = _SKBBK


class SkbbkWindowNotOpen(JaringError):
    """A release is filed before anybody may file one."""

    code = "skbbk_window_not_open"
    title = "No release from SKBBK may be filed yet"
    title_ms = "Pelepasan daripada SKBBK belum boleh difailkan"
    kind = Kind.REFUSED_BY_LAW
    law = _SKBBK


class SkbbkWindowClosed(JaringError):
    """A release is filed too late: silence was cover, and who is in stays in."""

    code = "skbbk_window_closed"
    title = "The time for a release from SKBBK is over"
    title_ms = "Tempoh untuk pelepasan daripada SKBBK telah tamat"
    kind = Kind.REFUSED_BY_LAW
    law = _SKBBK

    @classmethod
    def after(cls, last_day: date, since: Month) -> "SkbbkWindowClosed":
        """The last day on which it could be filed, and the month since which the worker takes part."""
        told = f"A release could be filed until {last_day}. The worker takes part since {since}, and stays in."
        return cls(told, facts={"last_day": str(last_day), "takes_part_since": str(since)})


class SkbbkInForGood(JaringError):
    """Who was released and chose to take part after all cannot be released again."""

    code = "skbbk_in_for_good"
    title = "Who came back to SKBBK stays in"
    title_ms = "Orang yang kembali menyertai SKBBK kekal sebagai peserta"
    kind = Kind.REFUSED_BY_LAW
    law = _SKBBK

    @classmethod
    def since(cls, came_back_on: date) -> "SkbbkInForGood":
        """The day on which the worker came back."""
        month = str(Month.of(came_back_on))
        told = f"The worker came back on {came_back_on}, takes part since {month}, and stays in."
        return cls(told, facts={"takes_part_since": month})


class SkbbkNotEmployed(JaringError):
    """The person has no employment from which a release could free a month."""

    code = "skbbk_not_employed"
    title = "The person has no employment for which a release could count"
    title_ms = "Orang itu tiada pekerjaan yang boleh dilepaskan"
    kind = Kind.INVALID
    hint = "File the release when the employment is registered."


class SkbbkReleasedAlready(JaringError):
    """A release is filed by or for somebody who is released."""

    code = "skbbk_released_already"
    title = "The person is released from SKBBK already"
    title_ms = "Orang itu telah pun dilepaskan daripada SKBBK"
    kind = Kind.CONFLICT


class SkbbkNotReleased(JaringError):
    """Nobody can come back who is not released."""

    code = "skbbk_not_released"
    title = "The person is not released from SKBBK"
    title_ms = "Orang itu tidak dilepaskan daripada SKBBK"
    kind = Kind.CONFLICT


class SkbbkStatementOfEmployee(JaringError):
    """An employer states what only its employee may, or an officer."""

    code = "skbbk_statement_of_employee"
    title = "The employee alone may state this"
    title_ms = "Hanya pekerja itu sendiri boleh menyatakannya"
    kind = Kind.FORBIDDEN
    hint = "An employer files the release of a new employee only, within the days for it."


class FiledInFuture(JaringError):
    """The day of filing has not come yet."""

    code = "filed_in_future"
    title = "The day of filing lies in the future"
    title_ms = "Tarikh pemfailan adalah pada masa hadapan"
    kind = Kind.INVALID


class NothingToRefund(JaringError):
    """Of the month nothing was declared too much that is not refunded already."""

    code = "nothing_to_refund"
    title = "Nothing of this month is to be refunded"
    title_ms = "Tiada caruman bagi bulan ini yang boleh dikembalikan"
    kind = Kind.CONFLICT
    hint = "Send a contribution file with the right amounts first, and claim when it is through."


class BankedUnknown(JaringError):
    """Nobody knows what was banked for the month: the two officers say what was paid."""

    code = "banked_unknown"
    title = "What was banked for this month is not known"
    title_ms = "Jumlah yang diterima oleh bank bagi bulan ini tidak diketahui"
    kind = Kind.CONFLICT
    hint = "Propose it with paid: what the employer paid for the month, as the receipts show."


class KnownAtTooLate(JaringError):
    """What is known of the last moments may still change: facts are stamped before they are committed."""

    code = "known_at_too_late"
    title = "As known at so late an instant nothing is certain yet"
    title_ms = "Pengetahuan pada saat yang terlalu baharu belum pasti"
    kind = Kind.INVALID
    hint = "Ask as known a minute ago or earlier, or leave known_at out for what is known now."


class InquiryOfHospitalOnly(JaringError):
    """Somebody asks for the cover behind a national id who treats nobody."""

    code = "inquiry_of_hospital_only"
    title = "Only a hospital or an officer may ask by national id and name"
    title_ms = "Hanya hospital atau pegawai boleh bertanya dengan nombor pengenalan dan nama"
    kind = Kind.FORBIDDEN


class InquiryDayOutOfRange(JaringError):
    """Cover is asked for a day on which nobody is admitted now."""

    code = "inquiry_day_out_of_range"
    title = "Cover cannot be asked for this day"
    title_ms = "Perlindungan tidak boleh ditanya bagi tarikh ini"
    kind = Kind.INVALID
    hint = "Ask for the day of admission, or of the accident: at most 30 days ago."


class NotAPerson(JaringError):
    """The caller is no person, and so has no view of its own."""

    code = "not_a_person"
    title = "Only a person has a view of its own"
    title_ms = "Hanya seseorang mempunyai paparan sendiri"
    kind = Kind.FORBIDDEN


class FileFault(JaringError):
    """Base of the faults of a whole contribution file: nothing of it is taken (other-schemes §8.2)."""

    @classmethod
    def at(cls, line: int, detail: str) -> "FileFault":
        """The fault, found first on a line, counted from 1."""
        found = (FieldError(f"/{line}", cls.code, detail),)
        return cls(f"Line {line}: {detail}", facts={"line": line}, errors=found)

    def behind(self, lines: int) -> "FileFault":
        """The same fault of a file in which so many lines stand before those that were looked at."""
        return type(self).at(
            int(self.facts.get("line", 1)) + lines, self.errors[0].detail if self.errors else self.detail
        )


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


class PersonSearchUnknown(JaringError):
    """No such search, or another officer's."""

    code = "person_search_unknown"
    title = "No such search"
    title_ms = "Tiada carian sedemikian"
    kind = Kind.NOT_FOUND


class SearchNamesNothing(JaringError):
    """A search states nothing by which a person could be found."""

    code = "search_names_nothing"
    title = "The search names nothing by which a person is found"
    title_ms = "Carian tidak menyatakan apa-apa untuk mencari seseorang"
    kind = Kind.INVALID
    hint = "State a national_id, a number, a name or born_on."


class FactUnknown(JaringError):
    """No such fact of this person, or one that was taken back already."""

    code = "fact_unknown"
    title = "No such fact of this person"
    title_ms = "Tiada fakta sedemikian bagi orang ini"
    kind = Kind.NOT_FOUND


class FactValueInvalid(JaringError):
    """The value does not fit the attribute."""

    code = "fact_value_invalid"
    title = "The value does not fit the attribute"
    title_ms = "Nilai tidak sesuai dengan atribut"
    kind = Kind.INVALID


class FactDaysUnfit(JaringError):
    """The days end before they begin, begin in the future, or are stated of a birth."""

    code = "fact_days_unfit"
    title = "The days do not fit the fact"
    title_ms = "Tarikh tidak sesuai dengan fakta"
    kind = Kind.INVALID


class FactNeeded(JaringError):
    """Without it nobody would know the person's name, birth or residence on some day."""

    code = "fact_needed"
    title = "The fact is needed: state another one first"
    title_ms = "Fakta ini diperlukan: nyatakan fakta lain terlebih dahulu"
    kind = Kind.CONFLICT


class BirthAfterEmployment(JaringError):
    """The person would have been employed before it was born."""

    code = "birth_after_employment"
    title = "The person was employed before this day of birth"
    title_ms = "Orang itu telah bekerja sebelum tarikh lahir ini"
    kind = Kind.CONFLICT
    hint = "Correct the first day of employment first, or check the day of birth."


class BirthAfterDeath(JaringError):
    """The person would have died before it was born."""

    code = "birth_after_death"
    title = "The person died before this day of birth"
    title_ms = "Orang itu meninggal dunia sebelum tarikh lahir ini"
    kind = Kind.CONFLICT
    hint = "Check the day of birth; a day of death is corrected by the register that stated it."


class AttributeOfOfficers(JaringError):
    """Only the organisation's officers state this of a person."""

    code = "attribute_of_officers"
    title = "Only officers state this of a person"
    title_ms = "Hanya pegawai boleh menyatakan perkara ini tentang seseorang"
    kind = Kind.FORBIDDEN
    hint = "An employer and the person state a name or an address."


class ReasonOfRegistration(JaringError):
    """The reason is one that registration finds by itself."""

    code = "reason_of_registration"
    title = "Registration itself states this reason"
    title_ms = "Sebab ini dinyatakan oleh sistem pendaftaran sendiri"
    kind = Kind.INVALID


class CorrectionUnknown(JaringError):
    """No such correction."""

    code = "correction_unknown"
    title = "No such correction"
    title_ms = "Tiada pembetulan sedemikian"
    kind = Kind.NOT_FOUND


class CorrectionOver(JaringError):
    """Officers decided the correction already."""

    code = "correction_over"
    title = "The correction was decided already"
    title_ms = "Pembetulan ini telah diputuskan"
    kind = Kind.CONFLICT


class CorrectionOfOneself(JaringError):
    """Who stated a correction may propose that it counts, and not approve it."""

    code = "correction_of_oneself"
    title = "Another officer approves what you stated"
    title_ms = "Pegawai lain mesti meluluskan apa yang anda nyatakan"
    kind = Kind.FORBIDDEN


class NationalIdUnknown(JaringError):
    """No such national id of this person, or one that was withdrawn already."""

    code = "national_id_unknown"
    title = "No such national id of this person"
    title_ms = "Tiada nombor pengenalan sedemikian bagi orang ini"
    kind = Kind.NOT_FOUND


class NationalIdOfAnother(JaringError):
    """Another person bears these digits; officers look at both."""

    code = "national_id_of_another"
    title = "Another person bears these digits"
    title_ms = "Orang lain memegang nombor ini"
    kind = Kind.CONFLICT
    hint = "A task of the queue duplicate_person waits with both numbers."


class NationalIdKnown(JaringError):
    """The person bears these digits already."""

    code = "national_id_known"
    title = "The person bears these digits already"
    title_ms = "Orang ini telah pun memegang nombor ini"
    kind = Kind.CONFLICT


class NationalIdLast(JaringError):
    """The person would have no national id left."""

    code = "national_id_last"
    title = "The person has no other national id"
    title_ms = "Orang itu tiada nombor pengenalan lain"
    kind = Kind.CONFLICT
    hint = "Add the right one first."


class SsfwOfForeignWorkers(JaringError):
    """Social security numbers are issued to foreign workers."""

    code = "ssfw_of_foreign_workers"
    title = "This number is issued to foreign workers only"
    title_ms = "Nombor ini dikeluarkan kepada pekerja asing sahaja"
    kind = Kind.CONFLICT


class SsfwIssuedAlready(JaringError):
    """The person has such a number."""

    code = "ssfw_issued_already"
    title = "The person has such a number already"
    title_ms = "Orang itu telah mempunyai nombor tersebut"
    kind = Kind.CONFLICT


class SsfwUnknown(JaringError):
    """The person has no such number."""

    code = "ssfw_unknown"
    title = "The person has no social security number of foreign workers"
    title_ms = "Orang itu tiada nombor keselamatan sosial pekerja asing"
    kind = Kind.NOT_FOUND


class PersonUnclear(JaringError):
    """By the number and the name that an employer pushes nobody is found, and nobody can be registered."""

    code = "person_unclear"
    title = "Number and name do not say who the person is"
    title_ms = "Nombor dan nama tidak menunjukkan siapa orang itu"
    kind = Kind.CONFLICT
    hint = "Check kind and number of the national id and the name on it, or ask the organisation."


class AmountTooLarge(JaringError):
    """An amount is larger than a contribution of a month can be."""

    code = "amount_too_large"
    title = "The amount is larger than any contribution of a month"
    title_ms = "Amaun melebihi mana-mana caruman bulanan"
    kind = Kind.INVALID


class NothingToWaive(JaringError):
    """No interest of the month is charged that is not waived already."""

    code = "nothing_to_waive"
    title = "No late interest of this month can be waived"
    title_ms = "Tiada faedah lewat bagi bulan ini yang boleh dikecualikan"
    kind = Kind.CONFLICT
    hint = "Look at the account of the month: interest is charged once a late month is paid, or by the run of a month."


class BankStatementNotXml(JaringError):
    """The body is sent as something else than XML."""

    code = "bank_statement_not_xml"
    title = "A bank statement is sent as application/xml"
    title_ms = "Penyata bank dihantar sebagai application/xml"
    kind = Kind.UNSUPPORTED_MEDIA
    hint = "Send it with Content-Type: application/xml."


class BankStatementMalformed(JaringError):
    """The body is no message of the kinds that are read."""

    code = "bank_statement_malformed"
    title = "The bank statement cannot be read"
    title_ms = "Penyata bank tidak dapat dibaca"
    kind = Kind.INVALID


class BankStatementIdTaken(JaringError):
    """Another statement of the account has this id."""

    code = "bank_statement_id_taken"
    title = "Another statement of this account has this id"
    title_ms = "Penyata lain bagi akaun ini mempunyai id ini"
    kind = Kind.CONFLICT
    hint = "A statement is sent again byte for byte, or under an id of its own."


class BankStatementUnknown(JaringError):
    """There is no such statement for whoever asks."""

    code = "bank_statement_unknown"
    title = "No such bank statement"
    title_ms = "Penyata bank tidak wujud"
    kind = Kind.NOT_FOUND


class BankStatementUnfit(JaringError):
    """The statement does not wait for a release."""

    code = "bank_statement_unfit"
    title = "This cannot be done to the statement as it stands"
    title_ms = "Tindakan ini tidak boleh dibuat pada penyata ini"
    kind = Kind.CONFLICT


class BankStatementNeedsSecondOfficer(JaringError):
    """Whoever stated it does not release it."""

    code = "bank_statement_needs_second_officer"
    title = "Another officer has to release the statement"
    title_ms = "Pegawai lain perlu meluluskan penyata ini"
    kind = Kind.FORBIDDEN


class CreditNotOpen(JaringError):
    """The money is matched, reversed or set aside already, or of no employer by now."""

    code = "credit_not_open"
    title = "This money is not open to be matched"
    title_ms = "Wang ini tidak terbuka untuk dipadankan"
    kind = Kind.CONFLICT


class ContributionFileCompressed(FileFault):
    """The file is an archive or compressed: nothing is unpacked."""

    code = "contribution_file_compressed"
    title = "The contribution file is compressed"
    title_ms = "Fail caruman dimampatkan"
    kind = Kind.INVALID
    hint = "Send the text itself, not an archive or a workbook."


class ContributionFileMarkup(FileFault):
    """The file is a page, most often the answer of a portal that was saved instead of the file."""

    code = "contribution_file_markup"
    title = "The contribution file is a page of HTML or XML"
    title_ms = "Fail caruman ialah halaman HTML atau XML"
    kind = Kind.INVALID
    hint = "Look at what was exported: it may be an error page."


class ContributionFileHeader(FileFault):
    """The first line of a CSV file is not the published header."""

    code = "contribution_file_header"
    title = "The CSV file does not begin with the published header"
    title_ms = "Fail CSV tidak bermula dengan pengepala yang diterbitkan"
    kind = Kind.INVALID
    hint = "Check the names and their order, and that separator says what parts the fields."


class ContributionFileControlTotal(FileFault):
    """The lines are not as many, or do not come to as much, as the sender says."""

    code = "contribution_file_control_total"
    title = "The contribution file does not agree with its control totals"
    title_ms = "Fail caruman tidak sepadan dengan jumlah kawalannya"
    kind = Kind.INVALID
    hint = "The file may be cut or changed on its way: export it again."


class ContributionFormatNotAccepted(JaringError):
    """The organisation does not take this format on the day of submission."""

    code = "contribution_format_not_accepted"
    title = "This format of contributions is not accepted today"
    title_ms = "Format caruman ini tidak diterima hari ini"
    kind = Kind.INVALID


class LegacyPartNeeded(JaringError):
    """A legacy file does not say by itself of which Act it is."""

    code = "legacy_part_needed"
    title = "Say of which Act the legacy file is"
    title_ms = "Nyatakan Akta bagi fail format lama ini"
    kind = Kind.INVALID
    hint = "Send part: act4, act800 or both."


class LegacyTemplateUnknown(JaringError):
    """The employer has not said what the amount of such a legacy file means."""

    code = "legacy_template_unknown"
    title = "What the amount of the legacy file means is not known"
    title_ms = "Maksud amaun dalam fail format lama tidak diketahui"
    kind = Kind.CONFLICT
    hint = "Choose it first: POST /v1/employers/{employer}/legacy-templates."


class SpellStatementUnfit(JaringError):
    """No spell with the employer had begun by the day on which it is said to end."""

    code = "spell_statement_unfit"
    title = "No spell fits what was stated"
    title_ms = "Tiada tempoh pekerjaan yang sepadan dengan kenyataan itu"
    kind = Kind.CONFLICT


class RelationUnknown(JaringError):
    """No such family relation, or none that the caller may see."""

    code = "relation_unknown"
    title = "No such family relation"
    title_ms = "Tiada hubungan keluarga sedemikian"
    kind = Kind.NOT_FOUND


class RelativeUnnamed(JaringError):
    """A relation names no relative, or both a registered person and somebody who is not registered."""

    code = "relative_unnamed"
    title = "The relation names no relative, or two"
    title_ms = "Hubungan itu tidak menamakan saudara, atau menamakan dua"
    kind = Kind.INVALID
    hint = "Send either relative, the number of a registered person, or named with a name."


class RelativeIsPerson(JaringError):
    """Nobody is a relative of itself."""

    code = "relative_is_person"
    title = "The relative is the person itself"
    title_ms = "Saudara itu ialah orang yang sama"
    kind = Kind.INVALID


class ChildOlderThanParent(JaringError):
    """By what is known of both births the child was not born after the parent or grandparent."""

    code = "child_older_than_parent"
    title = "The child is not younger than the parent"
    title_ms = "Anak itu tidak lebih muda daripada ibu atau bapa"
    kind = Kind.INVALID
    hint = "Check both persons; where a day of birth is wrong, have that corrected first."


class RelationBeforeBirth(JaringError):
    """The relation begins before one of both was born."""

    code = "relation_before_birth"
    title = "The relation begins before one of both was born"
    title_ms = "Hubungan itu bermula sebelum salah seorang dilahirkan"
    kind = Kind.INVALID


class RelationInFuture(JaringError):
    """A day of the relation has not come yet."""

    code = "relation_in_future"
    title = "A day of the relation lies in the future"
    title_ms = "Tarikh hubungan itu adalah pada masa hadapan"
    kind = Kind.INVALID


class RelationEndsBeforeStart(JaringError):
    """The last day of the relation lies before the first."""

    code = "relation_ends_before_start"
    title = "The relation ends before it begins"
    title_ms = "Hubungan itu tamat sebelum ia bermula"
    kind = Kind.INVALID


class RelationOverlaps(JaringError):
    """Both are known as that to each other on some of these days already, or are stated as that and wait."""

    code = "relation_overlaps"
    title = "This relation of both is known or stated already"
    title_ms = "Hubungan antara mereka telah diketahui atau dinyatakan"
    kind = Kind.CONFLICT
    hint = "Read the person's family; correct the last day of a relation by ending it with another day."


class RelationWithdrawn(JaringError):
    """The relation was found never to have been."""

    code = "relation_withdrawn"
    title = "The relation was withdrawn"
    title_ms = "Hubungan itu telah ditarik balik"
    kind = Kind.CONFLICT
    hint = "State it again as another one if it was after all."


class RelationStatementWaits(JaringError):
    """Something that an officer stated of this relation waits for two officers."""

    code = "relation_statement_waits"
    title = "A statement of this relation waits already"
    title_ms = "Satu kenyataan mengenai hubungan ini sedang menunggu"
    kind = Kind.CONFLICT
    hint = "Have it decided in the queue family_relation first."


class RelationOfOneself(JaringError):
    """What an officer stated, that officer may propose and not approve."""

    code = "relation_of_oneself"
    title = "The officer who stated the relation does not approve it"
    title_ms = "Pegawai yang menyatakan hubungan itu tidak meluluskannya"
    kind = Kind.CONFLICT


class PermissionNeeded(JaringError):
    """A marriage runs on some of these days: another one stands only by the document that permits it."""

    code = "permission_needed"
    title = "A marriage runs already: the permission for another one is needed"
    title_ms = "Perkahwinan lain masih berkuat kuasa: kebenaran diperlukan"
    kind = Kind.CONFLICT
    hint = "Propose it with permission, the number of the court's document, or dismiss it; or end the other one first."


class RelationStatementDecided(JaringError):
    """Two officers have let the statement count, or dismissed it."""

    code = "relation_statement_decided"
    title = "The statement was decided already"
    title_ms = "Kenyataan itu telah diputuskan"
    kind = Kind.CONFLICT
    hint = "State it again if something is known now that was not known then."


class RegisterStatementUnknown(JaringError):
    """No such statement, or another register's."""

    code = "register_statement_unknown"
    title = "No such statement of a register"
    title_ms = "Tiada kenyataan daftar sedemikian"
    kind = Kind.NOT_FOUND


class RegisterStatementNotOfRegister(JaringError):
    """The caller is no public register, or states what another register keeps."""

    code = "register_statement_not_of_register"
    title = "This is not for the caller's register to state"
    title_ms = "Kenyataan ini bukan di bawah daftar pemanggil"
    kind = Kind.FORBIDDEN


class RegisterReferenceTaken(JaringError):
    """The register has stated something else under this reference."""

    code = "register_reference_taken"
    title = "Another statement has this reference"
    title_ms = "Kenyataan lain mempunyai rujukan ini"
    kind = Kind.CONFLICT
    hint = "Each statement has a reference of its own; what was stated is contradicted by another statement."


class RegisterStatementInFuture(JaringError):
    """The day has not come yet."""

    code = "register_statement_in_future"
    title = "The day of the statement lies in the future"
    title_ms = "Tarikh kenyataan itu adalah pada masa hadapan"
    kind = Kind.INVALID


class RegisterStatementNotParked(JaringError):
    """The statement counts already, or was dismissed, or is about to be looked at."""

    code = "register_statement_not_parked"
    title = "The statement waits for nobody"
    title_ms = "Kenyataan itu tidak menunggu sesiapa"
    kind = Kind.CONFLICT


class PersonMayBeReal(JaringError):
    """In a sandbox: somebody may bear the number in earnest, so nobody is registered under it there."""

    code = "person_may_be_real"
    title = "A sandbox registers nobody who may be real"
    title_ms = "Persekitaran ujian tidak mendaftarkan sesiapa yang mungkin wujud"
    kind = Kind.INVALID
    hint = "Make the number up: the century in the ninth digit of a MyKad is not that of the birth (docs/partners.md)."


class UploadUnknown(JaringError):
    """No such upload of the caller: it never was, was taken back, or its time is over."""

    code = "upload_unknown"
    title = "No such upload"
    title_ms = "Tiada muat naik sedemikian"
    kind = Kind.NOT_FOUND
    hint = "Begin another one: what was uploaded of it is gone."


class UploadTooLarge(JaringError):
    """The length that is announced is more than is taken."""

    code = "upload_too_large"
    title = "The upload is too large"
    title_ms = "Muat naik terlalu besar"
    kind = Kind.TOO_LARGE
    hint = "Send the file in parts that are files of their own."


class UploadOffsetDiffers(JaringError):
    """The part does not begin where the upload has come to."""

    code = "upload_offset_differs"
    title = "The part does not begin where the upload ends"
    title_ms = "Bahagian tidak bermula di tempat muat naik berakhir"
    kind = Kind.CONFLICT
    hint = "Ask with HEAD how far it has come, and go on from there."


class UploadLonger(JaringError):
    """More bytes come than were announced."""

    code = "upload_longer"
    title = "The upload is longer than was announced"
    title_ms = "Muat naik lebih panjang daripada yang diumumkan"
    kind = Kind.TOO_LARGE


class UploadOver(JaringError):
    """The upload is complete, or was refused: nothing is added to it, and a file that is received is not taken back."""

    code = "upload_over"
    title = "The upload is over"
    title_ms = "Muat naik telah tamat"
    kind = Kind.CONFLICT
    hint = "Read the upload: it says what became of it."


class UploadVersionUnsupported(JaringError):
    """Another version of the protocol of resumable uploads."""

    code = "upload_version_unsupported"
    title = "This version of the upload protocol is not supported"
    title_ms = "Versi protokol muat naik ini tidak disokong"
    kind = Kind.PRECONDITION_FAILED
    hint = "Send Tus-Resumable: 1.0.0."


class UploadChecksumDiffers(JaringError):
    """The part is not what its sender made the checksum of: nothing of it is kept."""

    code = "upload_checksum_differs"
    title = "The part does not have its checksum"
    title_ms = "Bahagian tidak sepadan dengan hasil tambah semak"
    kind = Kind.CHECKSUM_DIFFERS
    hint = "Send the same part again, from the same offset."


class UploadPartType(JaringError):
    """A part is sent as something else."""

    code = "upload_part_type"
    title = "A part of an upload is sent as application/offset+octet-stream"
    title_ms = "Bahagian muat naik dihantar sebagai application/offset+octet-stream"
    kind = Kind.UNSUPPORTED_MEDIA


class ArchiveUnusable(JaringError):
    """It is no archive of plain files within the limits."""

    code = "archive_unusable"
    title = "The archive cannot be used"
    title_ms = "Arkib itu tidak boleh digunakan"
    kind = Kind.INVALID
    hint = "Send a ZIP or TAR archive of contribution files, without links, encryption or paths that lead out."


class ArchiveUnknown(JaringError):
    """No such archive of the caller."""

    code = "archive_unknown"
    title = "No such archive"
    title_ms = "Tiada arkib sedemikian"
    kind = Kind.NOT_FOUND


class AgentOfEmployerOnly(JaringError):
    """Only the employer itself says who acts for it."""

    code = "agent_of_employer_only"
    title = "Only the employer says who acts for it"
    title_ms = "Hanya majikan boleh menyatakan siapa yang bertindak bagi pihaknya"
    kind = Kind.FORBIDDEN


class OpeningFileUnknown(JaringError):
    """No such file, or the caller is no officer."""

    code = "opening_file_unknown"
    title = "No such opening file"
    title_ms = "Tiada fail pembukaan sedemikian"
    kind = Kind.NOT_FOUND


class OpeningFileNotUtf8(JaringError):
    """The bytes are no text in UTF-8."""

    code = "opening_file_not_utf8"
    title = "The opening file is no text in UTF-8"
    title_ms = "Fail pembukaan bukan teks UTF-8"
    kind = Kind.INVALID


class OpeningFileHeader(JaringError):
    """The first line is not the header of the kind."""

    code = "opening_file_header"
    title = "The first line is not the header of this kind of opening file"
    title_ms = "Baris pertama bukan pengepala fail pembukaan jenis ini"
    kind = Kind.INVALID
    hint = "The header of each kind stands in docs/registration.md, under Opening data."


class OpeningFileEmpty(JaringError):
    """There is nothing behind the header."""

    code = "opening_file_empty"
    title = "The opening file has no line behind its header"
    title_ms = "Fail pembukaan tiada baris selepas pengepala"
    kind = Kind.INVALID


class OpeningFileNotChecked(JaringError):
    """The file is not checked yet, or was released or dropped already."""

    code = "opening_file_not_checked"
    title = "The opening file does not wait for officers"
    title_ms = "Fail pembukaan tidak menunggu pegawai"
    kind = Kind.CONFLICT


class OpeningFileOfOneself(JaringError):
    """Who sent an opening file may propose what becomes of it, and not approve it."""

    code = "opening_file_of_oneself"
    title = "Another officer releases the opening file that you sent"
    title_ms = "Pegawai lain mesti melepaskan fail pembukaan yang anda hantar"
    kind = Kind.FORBIDDEN


class AllowanceNeeded(JaringError):
    """An intern's monthly allowance is missing, or one is stated of another kind of work."""

    code = "allowance_needed"
    title = "An intern has an allowance, and nobody else"
    title_ms = "Pelatih mempunyai elaun, dan tiada yang lain"
    kind = Kind.INVALID
    hint = "Send allowance with kind_of_work intern, also one of 0.00; leave it out for every other kind."


class SpellCorrectionEmpty(JaringError):
    """Nothing of the spell would be otherwise than it stands."""

    code = "spell_correction_empty"
    title = "The correction says nothing that is not known"
    title_ms = "Pembetulan itu tidak menyatakan apa-apa yang baharu"
    kind = Kind.INVALID


class SpellCorrectionUnknown(JaringError):
    """No such correction, or none that the caller may see."""

    code = "spell_correction_unknown"
    title = "No such correction of a spell"
    title_ms = "Tiada pembetulan tempoh pekerjaan sedemikian"
    kind = Kind.NOT_FOUND


class SpellCorrectionWaits(JaringError):
    """Another correction of the spell waits for two officers."""

    code = "spell_correction_waits"
    title = "A correction of this spell waits already"
    title_ms = "Satu pembetulan tempoh pekerjaan ini sedang menunggu"
    kind = Kind.CONFLICT


class SpellCorrectionOver(JaringError):
    """Two officers have decided this correction."""

    code = "spell_correction_over"
    title = "The correction is decided already"
    title_ms = "Pembetulan itu telah pun diputuskan"
    kind = Kind.CONFLICT


class SpellCorrectionOfOneself(JaringError):
    """Whoever stated a correction does not approve it."""

    code = "spell_correction_of_oneself"
    title = "Who stated the correction does not approve it"
    title_ms = "Orang yang menyatakan pembetulan itu tidak boleh meluluskannya"
    kind = Kind.FORBIDDEN


class PassNotEnded(JaringError):
    """No end of the person's pass is known."""

    code = "pass_not_ended"
    title = "No end of the pass is known"
    title_ms = "Tiada tarikh tamat pas yang diketahui"
    kind = Kind.CONFLICT


class EmployerFactUnfit(JaringError):
    """The value, or what is left out, is not what the attribute asks for."""

    code = "employer_fact_unfit"
    title = "This cannot be stated of an employer like this"
    title_ms = "Perkara ini tidak boleh dinyatakan tentang majikan sedemikian"
    kind = Kind.INVALID
    hint = (
        "A state and a sector have codes as value; a contact, a branch and a director have details, and a director "
        "either a name or a person. A name and a company number are not taken back, but stated as they are."
    )


class EmployerFactInFuture(JaringError):
    """The first day lies further ahead than is accepted."""

    code = "employer_fact_in_future"
    title = "The day lies too far ahead"
    title_ms = "Tarikh itu terlalu jauh ke hadapan"
    kind = Kind.INVALID


class EmployerFactUnknown(JaringError):
    """No such fact of the employer, or one that is taken back already."""

    code = "employer_fact_unknown"
    title = "No such fact of the employer"
    title_ms = "Tiada fakta sedemikian tentang majikan"
    kind = Kind.NOT_FOUND


class EmployerStatementUnknown(JaringError):
    """Nothing of the kind was stated, or nothing that the caller may see."""

    code = "employer_statement_unknown"
    title = "No such statement about an employer"
    title_ms = "Tiada kenyataan sedemikian tentang majikan"
    kind = Kind.NOT_FOUND


class EmployerStatementOver(JaringError):
    """Two officers have decided this statement."""

    code = "employer_statement_over"
    title = "The statement is decided already"
    title_ms = "Kenyataan itu telah pun diputuskan"
    kind = Kind.CONFLICT


class EmployerStatementOfOneself(JaringError):
    """Whoever stated something of an employer does not approve it."""

    code = "employer_statement_of_oneself"
    title = "Who stated it does not approve it"
    title_ms = "Orang yang menyatakannya tidak boleh meluluskannya"
    kind = Kind.FORBIDDEN


class CompanyNumberRegistered(JaringError):
    """Another employer has this number of the companies' register."""

    code = "company_number_registered"
    title = "An employer with this company number is registered"
    title_ms = "Majikan dengan nombor syarikat ini telah berdaftar"
    kind = Kind.CONFLICT
    hint = (
        "A branch with a code of its own is stated of the employer. Of another employer of the company leave the "
        "number out, and state it afterwards: two officers look at both."
    )


class EmployerHasEnded(JaringError):
    """The employer employs nobody on the day: it has ended."""

    code = "employer_has_ended"
    title = "The employer has ended by then"
    title_ms = "Majikan itu telah berhenti sebelum tarikh itu"
    kind = Kind.CONFLICT
    hint = "Where it employs again, state since when."


class MergeUnknown(JaringError):
    """No such statement that two numbers are one person's, or are not."""

    code = "merge_unknown"
    title = "No such statement of a merge or a split"
    title_ms = "Tiada kenyataan penggabungan atau pemisahan sedemikian"
    kind = Kind.NOT_FOUND


class MergeImpossible(JaringError):
    """Both numbers are one person's already: the same number, or merged into one another over whichever others."""

    code = "merge_impossible"
    title = "These two numbers cannot be merged like this"
    title_ms = "Kedua-dua nombor ini tidak boleh digabungkan sedemikian"
    kind = Kind.CONFLICT
    hint = "Read either number: `merged_into` names the one under which both are known."


class MergeWaits(JaringError):
    """Officers look at one of both already."""

    code = "merge_waits"
    title = "A merge or a split of one of both waits already"
    title_ms = "Penggabungan atau pemisahan salah satu daripadanya sedang menunggu"
    kind = Kind.CONFLICT
    hint = "Decide that one first, in the queue person_merge."


class NotMerged(JaringError):
    """The number is merged into no other."""

    code = "not_merged"
    title = "The number is not merged"
    title_ms = "Nombor itu tidak digabungkan"
    kind = Kind.CONFLICT


class MergeDifferenceUndecided(JaringError):
    """Both are known otherwise, and nothing is said of whose fact is kept."""

    code = "merge_difference_undecided"
    title = "It is not said which of two facts is kept"
    title_ms = "Tidak dinyatakan fakta mana yang dikekalkan"
    kind = Kind.CONFLICT
    hint = "Read the statement's differences, and propose it with `keep` for each attribute."


class MergeDecided(JaringError):
    """Two officers have decided the statement."""

    code = "merge_decided"
    title = "The statement was decided already"
    title_ms = "Penggabungan atau pemisahan itu telah diputuskan"
    kind = Kind.CONFLICT


class MergeOfOneself(JaringError):
    """Whoever stated a merge or a split does not approve it."""

    code = "merge_of_oneself"
    title = "Somebody else approves what one stated"
    title_ms = "Kenyataan sendiri diluluskan oleh pegawai lain"
    kind = Kind.FORBIDDEN


class AssignedFactUnknown(JaringError):
    """What is to be the other one's was not stated since the merge, of either of both."""

    code = "assigned_fact_unknown"
    title = "Nothing like it was stated since the merge"
    title_ms = "Tiada perkara sedemikian dinyatakan sejak penggabungan"
    kind = Kind.CONFLICT


class AssignedLineUnemployed(JaringError):
    """A month is to be the other one's, of whom no employment with that employer is known in it."""

    code = "assigned_line_unemployed"
    title = "The other one has no employment with that employer in the month"
    title_ms = "Orang yang satu lagi tiada penggajian dengan majikan itu dalam bulan tersebut"
    kind = Kind.CONFLICT
    hint = "Assign the employment as well, or have it stated first."


class InterestOfOneself(JaringError):
    """Who claimed that interest be waived may propose it, and not approve it."""

    code = "interest_of_oneself"
    title = "Another officer decides the waiver that you claimed"
    title_ms = "Pegawai lain mesti memutuskan pengecualian yang anda tuntut"
    kind = Kind.FORBIDDEN


class RefundOfOneself(JaringError):
    """Who claimed a refund for an employer may propose it, and not approve it."""

    code = "refund_of_oneself"
    title = "Another officer decides the refund that you claimed"
    title_ms = "Pegawai lain mesti memutuskan bayaran balik yang anda tuntut"
    kind = Kind.FORBIDDEN


class ContributionFileBegun(JaringError):
    """Lines of some of its pieces stand already: it is no file of which nothing counts."""

    code = "contribution_file_begun"
    title = "Some of the file's lines are taken already"
    title_ms = "Sebahagian baris fail itu telah diambil"
    kind = Kind.CONFLICT
    hint = "Have the fault mended that keeps the rest from being worked off."


class ContributionFileOver(JaringError):
    """The file was worked off, or closed."""

    code = "contribution_file_over"
    title = "The contribution file waits for nobody"
    title_ms = "Fail caruman itu tidak menunggu sesiapa"
    kind = Kind.CONFLICT


class InspectionUnknown(JaringError):
    """The caller may see no such inspection."""

    code = "inspection_unknown"
    title = "No such inspection"
    title_ms = "Tiada pemeriksaan sedemikian"
    kind = Kind.NOT_FOUND


class InspectionReported(JaringError):
    """An inspection was reported or called off already."""

    code = "inspection_reported"
    title = "The inspection was reported already"
    title_ms = "Pemeriksaan itu telah pun dilaporkan"
    kind = Kind.CONFLICT


class InspectionNotYet(JaringError):
    """An inspection is reported before the day on which it was held."""

    code = "inspection_not_yet"
    title = "An inspection is reported once it was held"
    title_ms = "Pemeriksaan dilaporkan selepas ia dijalankan"
    kind = Kind.CONFLICT


class EnforcementUnknown(JaringError):
    """The caller may see no such notice, assessment or compound."""

    code = "enforcement_unknown"
    title = "No such notice, assessment or compound"
    title_ms = "Tiada notis, taksiran atau kompaun sedemikian"
    kind = Kind.NOT_FOUND


class EnforcementNotOpen(JaringError):
    """What is proposed does not fit how the matter stands."""

    code = "enforcement_not_open"
    title = "The matter does not stand so that this can be decided"
    title_ms = "Perkara itu tidak berada pada tahap yang membolehkan keputusan ini"
    kind = Kind.CONFLICT
    hint = "Read how it stands, and propose what its reason asks for."


class EnforcementOfOneself(JaringError):
    """Whoever stated an assessment or a compound, or gave a notice, does not approve what becomes of it."""

    code = "enforcement_of_oneself"
    title = "Somebody else approves what one stated"
    title_ms = "Taksiran atau kompaun sendiri diluluskan oleh pegawai lain"
    kind = Kind.FORBIDDEN


class AssessedNotEmployed(JaringError):
    """A person has no employment with the employer in a month that is assessed."""

    code = "assessed_not_employed"
    title = "The person has no employment with the employer in the month"
    title_ms = "Orang itu tidak bekerja dengan majikan pada bulan tersebut"
    kind = Kind.CONFLICT
    hint = "State the spell first: an officer registers whom the employer did not."


class AssessedMonthLawless(JaringError):
    """A month that is assessed is of before the statute book, or not over."""

    code = "assessed_month_lawless"
    title = "The month cannot be assessed"
    title_ms = "Bulan itu tidak boleh ditaksir"
    kind = Kind.CONFLICT


class AssessedTwice(JaringError):
    """One assessment names a person's month twice."""

    code = "assessed_twice"
    title = "A person's month is assessed twice"
    title_ms = "Bulan seseorang ditaksir dua kali"
    kind = Kind.INVALID


class ObjectionLate(JaringError):
    """The time to object is over, or the assessment is decided."""

    code = "objection_late"
    title = "The time to object is over"
    title_ms = "Tempoh untuk membantah telah tamat"
    kind = Kind.CONFLICT


class ObjectionTaken(JaringError):
    """The employer objected already."""

    code = "objection_taken"
    title = "The employer objected already"
    title_ms = "Majikan telah pun membantah"
    kind = Kind.CONFLICT


class CompoundOutOfBounds(JaringError):
    """A compound is below or above what the law and the practice allow, or none may be offered on the day."""

    code = "compound_out_of_bounds"
    title = "The compound is not within its bounds"
    title_ms = "Kompaun itu di luar had yang dibenarkan"
    kind = Kind.CONFLICT


class UploadErased(JaringError):
    """The bytes of a file are erased: they were kept long enough, or none is left that names no erased person.

    What was posted of it stands, its lines are not told again.
    """

    code = "upload_erased"
    title = "The bytes of the file are erased"
    title_ms = "Bait fail itu telah dipadamkan"
    kind = Kind.NOT_FOUND
    hint = "They were kept long enough, or what was kept of a person whom they named was erased."


class PersonErased(PersonUnknown):
    """What was kept of the person is erased: to the person itself and to officers; to anybody else there is nobody."""

    code = "person_erased"
    title = "What was kept of the person is erased"
    title_ms = "Apa yang disimpan tentang orang itu telah dipadamkan"
    hint = "The certificate of the erasure tells what was erased and what is kept: GET /v1/erasures."


class ErasureUnknown(JaringError):
    """No such erasure, or none that the caller may see."""

    code = "erasure_unknown"
    title = "No such erasure"
    title_ms = "Tiada pemadaman sedemikian"
    kind = Kind.NOT_FOUND


class ErasureWaits(JaringError):
    """An erasure of the person was stated already and is not over."""

    code = "erasure_waits"
    title = "An erasure of the person waits already"
    title_ms = "Pemadaman bagi orang itu sedang menunggu"
    kind = Kind.CONFLICT


class ErasureDecided(JaringError):
    """Two officers decided it already."""

    code = "erasure_decided"
    title = "The erasure is decided already"
    title_ms = "Pemadaman itu telah pun diputuskan"
    kind = Kind.CONFLICT


class ErasureOfOneself(JaringError):
    """Whoever stated an erasure approves it."""

    code = "erasure_of_oneself"
    title = "Whoever stated an erasure does not approve it"
    title_ms = "Orang yang menyatakan pemadaman tidak boleh meluluskannya"
    kind = Kind.FORBIDDEN


class MergedByMistake(JaringError):
    """Somebody who is known under several numbers was not registered by mistake: they were found to be one person."""

    code = "merged_by_mistake"
    title = "The person is known under several numbers"
    title_ms = "Orang itu dikenali dengan beberapa nombor"
    hint = "Split the number first, or state the erasure as asked by the person."
    kind = Kind.CONFLICT


class MergeRefusedBefore(JaringError):
    """Two officers refused what the same officer states of the same two numbers: it would hold their payments again."""

    code = "merge_refused_before"
    title = "Two officers refused the same statement of yours"
    title_ms = "Dua pegawai telah menolak kenyataan anda yang sama"
    kind = Kind.CONFLICT
    hint = "Somebody else states it, who has looked at the two."


class MergeOfRelatives(JaringError):
    """Both numbers are known to be each other's relatives: nobody is one's own."""

    code = "merge_of_relatives"
    title = "These two are registered as each other's relatives"
    title_ms = "Kedua-dua orang ini didaftarkan sebagai saudara antara satu sama lain"
    kind = Kind.CONFLICT
    hint = "Where the relation never was, state its withdrawal first; two officers decide it."


class MergeContradicts(JaringError):
    """What is known of both cannot be true of one human being, and no court says that they are one."""

    code = "merge_contradicts"
    title = "What is known of both cannot be true of one person"
    title_ms = "Perkara yang diketahui tentang kedua-duanya tidak mungkin benar bagi seorang"
    kind = Kind.CONFLICT
    hint = "Correct what is wrong first; on a court's order state the reason `court_order`."


class ArchiveMemberFailed(JaringError):
    """A defect of ours keeps a member of an archive from being taken in."""

    code = "archive_member_failed"
    title = "A defect of ours kept the file from being taken in"
    title_ms = "Kecacatan di pihak kami menghalang fail itu daripada diterima"
    kind = Kind.INTERNAL
    hint = "Send the file by itself, and tell us where it is not taken either."


class UploadsOpen(JaringError):
    """As many uploads of the party are open as may be at once."""

    code = "uploads_open"
    title = "Too many uploads of yours are open"
    title_ms = "Terlalu banyak muat naik anda yang masih terbuka"
    kind = Kind.CONFLICT
    hint = "Complete one of them, or take it back."


class AgentsTooMany(JaringError):
    """As many parties send the employer's files as may."""

    code = "agents_too_many"
    title = "Too many parties send the employer's files"
    title_ms = "Terlalu banyak pihak menghantar fail majikan itu"
    kind = Kind.CONFLICT
    hint = "Take it back from one of them first."


class ContributionFileOfOneself(JaringError):
    """Who sent a contribution file may propose what becomes of it or of what it says, and not approve it."""

    code = "contribution_file_of_oneself"
    title = "Another officer decides about the contribution file that you sent"
    title_ms = "Pegawai lain mesti memutuskan tentang fail caruman yang anda hantar"
    kind = Kind.FORBIDDEN


class SchemeUnknown(JaringError):
    """The catalogue has no scheme of this code."""

    code = "scheme_unknown"
    title = "No such scheme"
    title_ms = "Tiada skim sedemikian"
    kind = Kind.INVALID
    hint = "GET /v1/schemes lists the schemes, their activities and classes."


class SchemeRegistrationUnknown(JaringError):
    """No such registration for a scheme, or none that the caller may see or pay for."""

    code = "scheme_registration_unknown"
    title = "No such registration for a scheme"
    title_ms = "Tiada pendaftaran skim sedemikian"
    kind = Kind.NOT_FOUND


class RegistrationNamesNobody(JaringError):
    """A registration for a scheme does not say who it is about."""

    code = "registration_names_nobody"
    title = "The registration does not say whom it is about"
    title_ms = "Pendaftaran itu tidak menyatakan orang yang berkenaan"
    kind = Kind.INVALID
    hint = "Send national_id and name; the person itself and officers may send person instead."


class RegistrarNotAllowed(JaringError):
    """The law lets no such party register others for the scheme."""

    code = "registrar_not_allowed"
    title = "This party does not register others for the scheme"
    title_ms = "Pihak ini tidak boleh mendaftarkan orang lain bagi skim itu"
    kind = Kind.FORBIDDEN


class ActivityNotNamed(JaringError):
    """The scheme covers each activity by itself, and the registration names none."""

    code = "activity_not_named"
    title = "The registration names no activity"
    title_ms = "Pendaftaran itu tidak menamakan aktiviti"
    kind = Kind.INVALID
    hint = "GET /v1/schemes lists the activities."


class ActivityOfNoScheme(JaringError):
    """The scheme has no such activity on the day."""

    code = "activity_of_no_scheme"
    title = "The scheme has no such activity"
    title_ms = "Skim itu tiada aktiviti sedemikian"
    kind = Kind.INVALID
    hint = "GET /v1/schemes lists the activities."


class ClassNotChosen(JaringError):
    """Neither a plan nor insured earnings are chosen, or both are, or the scheme has none."""

    code = "class_not_chosen"
    title = "Choose a plan or insured earnings, where the scheme has them"
    title_ms = "Pilih pelan atau pendapatan diinsuranskan, jika skim itu mempunyainya"
    kind = Kind.INVALID
    hint = "GET /v1/schemes lists the plans and classes."


class ClassOfNoScheme(JaringError):
    """The scheme has no such plan or class on the day."""

    code = "class_of_no_scheme"
    title = "The scheme has no such plan or class"
    title_ms = "Skim itu tiada pelan atau kelas sedemikian"
    kind = Kind.INVALID
    hint = "GET /v1/schemes lists the plans and classes."


class MayNotJoin(JaringError):
    """The law keeps the person out of the scheme, or the register does not show what the law asks."""

    code = "may_not_join"
    title = "The person may not join the scheme"
    title_ms = "Orang itu tidak boleh menyertai skim tersebut"
    kind = Kind.REFUSED_BY_LAW
    hint = "Of sex_unknown: have the number of an identity card registered, which says it, and register again."

    @classmethod
    def because(cls, reason: str, law: LegalBasis) -> "MayNotJoin":
        """With the reason's code, and where the law says so."""
        return cls(f"The reason is {reason}.", facts={"reason": reason}, law=law)


class SchemeRegistrationInFuture(JaringError):
    """A day of the registration has not come yet."""

    code = "scheme_registration_in_future"
    title = "A day of the registration lies in the future"
    title_ms = "Tarikh pendaftaran itu adalah pada masa hadapan"
    kind = Kind.INVALID


class SchemeRegistrationEndsEarly(JaringError):
    """The last day of the activity lies before the first."""

    code = "scheme_registration_ends_early"
    title = "The activity ends before it begins"
    title_ms = "Aktiviti itu tamat sebelum ia bermula"
    kind = Kind.INVALID


class SchemeRegistrationEnded(JaringError):
    """The activity had ended when it was paid for."""

    code = "scheme_registration_ended"
    title = "The activity had ended by then"
    title_ms = "Aktiviti itu telah tamat pada masa itu"
    kind = Kind.CONFLICT
    hint = "Register the person for it again, since the day on which it went on."


class PayerNotAllowed(JaringError):
    """The scheme is not paid for by such a party."""

    code = "payer_not_allowed"
    title = "The scheme is not paid for by such a party"
    title_ms = "Skim itu tidak dibayar oleh pihak sedemikian"
    kind = Kind.INVALID
    hint = "GET /v1/schemes lists who may pay."


class ChannelNotOfParty(JaringError):
    """Only the organisation's banks state what the house took, and only others what an agent took."""

    code = "channel_not_of_party"
    title = "This party states no payments of this channel"
    title_ms = "Pihak ini tidak menyatakan bayaran melalui saluran ini"
    kind = Kind.FORBIDDEN
    hint = "The organisation's bank sends house; an agent, a platform, a state or an organisation sends agent."


class PaidAtOfHouse(JaringError):
    """Money that the house took is of the instant at which it is stated."""

    code = "paid_at_of_house"
    title = "The instant of a payment to the house is not stated"
    title_ms = "Masa bayaran kepada organisasi tidak perlu dinyatakan"
    kind = Kind.INVALID
    hint = "Leave paid_at out."


class PaidAtNotSaid(JaringError):
    """An agent states when it took the money."""

    code = "paid_at_not_said"
    title = "The instant of the payment is missing"
    title_ms = "Masa bayaran tidak dinyatakan"
    kind = Kind.INVALID
    hint = "Send paid_at, as the receipt has it."


class PaidAtWithSeconds(JaringError):
    """The instant of a payment is stated to the minute."""

    code = "paid_at_with_seconds"
    title = "The instant of the payment is not a whole minute"
    title_ms = "Masa bayaran bukan minit penuh"
    kind = Kind.INVALID


class PaidInFuture(JaringError):
    """The instant of the payment has not come yet."""

    code = "paid_in_future"
    title = "The payment lies in the future"
    title_ms = "Bayaran itu adalah pada masa hadapan"
    kind = Kind.INVALID


class AmountNotDue(JaringError):
    """The amount is not what the statute book says for the class and the months on the day of payment."""

    code = "amount_not_due"
    title = "The amount is not what is due"
    title_ms = "Amaun itu bukan amaun yang perlu dibayar"
    kind = Kind.INVALID

    @classmethod
    def but(cls, due: str) -> "AmountNotDue":
        """With what is due, in ringgit."""
        return cls(f"RM{due} is due.", facts={"due": due})


class ContributionNotPossible(JaringError):
    """The law knows no contribution of so many months on the day, or of this class."""

    code = "contribution_not_possible"
    title = "The law knows no such contribution"
    title_ms = "Undang-undang tidak mengenal caruman sedemikian"
    kind = Kind.REFUSED_BY_LAW

    @classmethod
    def because(cls, reason: str, law: LegalBasis) -> "ContributionNotPossible":
        """With the code of the test that is not met, or of what is no figure, and where the law says so."""
        return cls(f"The reason is {reason}.", facts={"reason": reason}, law=law)


class CoverReceiptTaken(JaringError):
    """The party has stated another payment under this receipt."""

    code = "cover_receipt_taken"
    title = "Another payment has this receipt number"
    title_ms = "Bayaran lain mempunyai nombor resit ini"
    kind = Kind.CONFLICT
    hint = "Each payment has a number of its own; a wrong one is corrected by a reversal."


class CoverPaymentUnknown(JaringError):
    """No such payment for cover, or none that the caller may see."""

    code = "cover_payment_unknown"
    title = "No such payment for cover"
    title_ms = "Tiada bayaran perlindungan sedemikian"
    kind = Kind.NOT_FOUND


class CoverPaymentNotSo(JaringError):
    """This is no answer to what waits of the payment, or cannot be done to it as it stands."""

    code = "cover_payment_not_so"
    title = "This cannot be done to the payment as it stands"
    title_ms = "Tindakan ini tidak boleh dibuat pada bayaran itu"
    kind = Kind.CONFLICT


class CoverPaymentOfOneself(JaringError):
    """The officer who stated the reversal of a payment does not approve what is found of it."""

    code = "cover_payment_of_oneself"
    title = "The officer who stated the reversal does not approve it"
    title_ms = "Pegawai yang menyatakan pembalikan itu tidak meluluskannya"
    kind = Kind.CONFLICT


class CoverPaymentDecided(JaringError):
    """Nothing of the payment waits any more."""

    code = "cover_payment_decided"
    title = "The payment was decided already"
    title_ms = "Bayaran itu telah diputuskan"
    kind = Kind.CONFLICT
