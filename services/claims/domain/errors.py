"""What claims refuses, each with a stable code."""

from shared.kernel.errors import JaringError, Kind


class ClaimUnknown(JaringError):
    """There is no such claim, or it is not the caller's to see."""

    code = "claim_unknown"
    title = "No such claim"
    title_ms = "Tiada tuntutan sedemikian"
    kind = Kind.NOT_FOUND


class NoticeUnknown(JaringError):
    """There is no such notice, or it is not the caller's to see."""

    code = "notice_unknown"
    title = "No such notice"
    title_ms = "Tiada notis sedemikian"
    kind = Kind.NOT_FOUND


class ClaimGoesOn(JaringError):
    """A claim is closed by people only where nothing else moves it on."""

    code = "claim_goes_on"
    title = "The claim goes on by itself"
    title_ms = "Tuntutan ini masih diproses"
    kind = Kind.CONFLICT


class DecisionUnknown(JaringError):
    """The claim has no decision of this revision."""

    code = "decision_unknown"
    title = "No such decision"
    title_ms = "Tiada keputusan sedemikian"
    kind = Kind.NOT_FOUND


class AccidentInFuture(JaringError):
    """An accident is reported after it happened."""

    code = "accident_in_future"
    title = "The accident day is in the future"
    title_ms = "Tarikh kemalangan adalah pada masa hadapan"
    kind = Kind.INVALID


class AccidentBeforeAct(JaringError):
    """Nothing before the Act can be claimed under it."""

    code = "accident_before_act"
    title = "The accident day is before the Act"
    title_ms = "Tarikh kemalangan adalah sebelum Akta"
    kind = Kind.INVALID


class CertificateBeforeAccident(JaringError):
    """A certificate for this accident begins on its day or later."""

    code = "certificate_before_accident"
    title = "The certificate begins before the accident"
    title_ms = "Sijil perubatan bermula sebelum kemalangan"
    kind = Kind.INVALID


class CertificateReversed(JaringError):
    """The last certified day comes before the first."""

    code = "certificate_reversed"
    title = "The certificate ends before it begins"
    title_ms = "Sijil perubatan tamat sebelum ia bermula"
    kind = Kind.INVALID


class CertificateTooLong(JaringError):
    """One certificate does not certify for ever; who is unfit for longer gets another one."""

    code = "certificate_too_long"
    title = "The certificate certifies further than one certificate may"
    title_ms = "Tempoh sijil perubatan melebihi had satu sijil"
    kind = Kind.INVALID
    hint = "Report the next certificate when it is issued."


class CertificateIssuedInFuture(JaringError):
    """A certificate is reported after it was issued."""

    code = "certificate_issued_in_future"
    title = "The certificate is issued in the future"
    title_ms = "Tarikh pengeluaran sijil perubatan adalah pada masa hadapan"
    kind = Kind.INVALID


class CertificateIssuedBeforeAccident(JaringError):
    """A certificate for this accident is issued on its day or later."""

    code = "certificate_issued_before_accident"
    title = "The certificate was issued before the accident"
    title_ms = "Sijil perubatan dikeluarkan sebelum kemalangan"
    kind = Kind.INVALID


class CertificateNotGiven(JaringError):
    """An accident or a disease is reported with the days that a doctor certified."""

    code = "certificate_not_given"
    title = "A certificate is needed"
    title_ms = "Sijil perubatan diperlukan"
    kind = Kind.INVALID
    hint = "Only the notice of a death goes without one."


class PlaceNotGiven(JaringError):
    """An accident is reported with the circumstances in which it happened."""

    code = "place_not_given"
    title = "The circumstances of the accident are needed"
    title_ms = "Keadaan kemalangan diperlukan"
    kind = Kind.INVALID


class WageDayImpossible(JaringError):
    """A day worked with wages lies between the accident and today."""

    code = "wage_day_impossible"
    title = "A day with wages is before the accident or in the future"
    title_ms = "Hari bergaji adalah sebelum kemalangan atau pada masa hadapan"
    kind = Kind.INVALID


class NameNotGiven(JaringError):
    """A hospital names its patient by national id and by name: a number alone may be another patient's."""

    code = "name_not_given"
    title = "The person's national id and name are needed"
    title_ms = "Nombor pengenalan dan nama orang itu diperlukan"
    kind = Kind.INVALID
    hint = "Give national_id and name as they stand on the identity card or passport."


class NameNotCompared(JaringError):
    """A name is stated beside a national id, and has a letter or a figure."""

    code = "name_not_comparable"
    title = "The name cannot be compared"
    title_ms = "Nama itu tidak dapat dibandingkan"
    kind = Kind.INVALID
    hint = "Give the full name beside national_id."


class EvidenceUnknown(JaringError):
    """There is no such evidence, or it is not the caller's to see."""

    code = "evidence_unknown"
    title = "No such evidence"
    title_ms = "Tiada bukti sedemikian"
    kind = Kind.NOT_FOUND


class EvidenceNotChangeable(JaringError):
    """What is corrected states days or circumstances; a withdrawal or an approval does not."""

    code = "evidence_not_changeable"
    title = "This evidence cannot be corrected that way"
    title_ms = "Bukti ini tidak boleh dibetulkan dengan cara itu"
    kind = Kind.INVALID
    hint = "A certificate is corrected by a certificate, days with wages by their like; circumstances stay stated."


class EvidenceOfOneself(JaringError):
    """What one officer states, another one lets count."""

    code = "evidence_of_oneself"
    title = "Another officer must approve this evidence"
    title_ms = "Bukti ini perlu diluluskan oleh pegawai lain"
    kind = Kind.CONFLICT


class EvidenceNotWaiting(JaringError):
    """It counts already, or something else was said in its place: nothing is let count that does not wait."""

    code = "evidence_not_waiting"
    title = "This evidence does not wait for anybody"
    title_ms = "Bukti ini tidak menunggu sesiapa"
    kind = Kind.CONFLICT


class EvidenceOfAnotherQueue(JaringError):
    """What was found is let count in the queue of findings, what was stated in that of evidence."""

    code = "evidence_of_another_queue"
    title = "This evidence is decided in another queue"
    title_ms = "Bukti ini diputuskan dalam giliran lain"
    kind = Kind.CONFLICT


class NoticeOfOneself(JaringError):
    """What one officer reports, another one confirms."""

    code = "notice_of_oneself"
    title = "Another officer must confirm this notice"
    title_ms = "Notis ini perlu disahkan oleh pegawai lain"
    kind = Kind.CONFLICT


class CauseUnknown(JaringError):
    """The claim that is named as the cause of a death does not exist, or is not the caller's to see."""

    code = "cause_unknown"
    title = "No such claim as the cause"
    title_ms = "Tiada tuntutan sedemikian sebagai punca"
    kind = Kind.INVALID


class DeathImpossible(JaringError):
    """A death lies between the event that is reported with it and today."""

    code = "death_impossible"
    title = "The day of the death is before the event or in the future"
    title_ms = "Tarikh kematian adalah sebelum kejadian atau pada masa hadapan"
    kind = Kind.INVALID


class ChoiceDated(JaringError):
    """A person applies and chooses on the day of the statement, with effect from then on."""

    code = "choice_dated"
    title = "A person applies and chooses from today on"
    title_ms = "Permohonan dan pilihan dibuat mulai hari ini"
    kind = Kind.INVALID
    hint = "Of another day an officer states it."


class ChoiceFinal(JaringError):
    """A lump sum has taken the place of permanent disablement benefit, or of one fifth of it; what was paid stands."""

    code = "choice_final"
    title = "The lump sum that was chosen has taken effect"
    title_ms = "Pembayaran sekali gus yang dipilih telah berkuat kuasa"
    kind = Kind.CONFLICT
    hint = "A choice that was entered wrongly is withdrawn by two officers."


class ChoiceNotAllowed(JaringError):
    """The loss does not let permanent disablement benefit be taken in this form (Act 4 s.22), or its assessment is not
    final; what stands goes on.
    """

    code = "choice_not_allowed"
    title = "The assessed loss does not allow this form of the benefit"
    title_ms = "Kadar hilang upaya yang ditaksir tidak membenarkan bentuk faedah ini"
    kind = Kind.CONFLICT


class StatementNotOne(JaringError):
    """A statement says one thing."""

    code = "statement_not_one"
    title = "State exactly one thing"
    title_ms = "Nyatakan satu perkara sahaja"
    kind = Kind.INVALID
    hint = "Send each statement on its own."


class StatementsTooMany(JaringError):
    """A party states and corrects itself so often that nobody could look at it; what was stated stands."""

    code = "statements_too_many"
    title = "This party has stated too much of this claim"
    title_ms = "Pihak ini telah membuat terlalu banyak pernyataan bagi tuntutan ini"
    kind = Kind.CONFLICT
    hint = "Ask an officer, who states it instead."


class EvidenceWithoutRelation(JaringError):
    """Nothing lets the sender of the notice speak of the person: what is said of its evidence would count nowhere."""

    code = "evidence_without_relation"
    title = "The notice of this evidence counts nowhere so far"
    title_ms = "Notis bagi bukti ini belum diambil kira"
    kind = Kind.CONFLICT
    hint = "Report the accident as an officer, or wait for what shows the sender's relation."


class PersonNotNamed(JaringError):
    """A notice names the person by person number or by national id: one of them, not both."""

    code = "person_not_named"
    title = "The injured person is not named"
    title_ms = "Orang yang cedera tidak dinamakan"
    kind = Kind.INVALID
    hint = "Give either person or national_id."


class NotForThisParty(JaringError):
    """An employer reports for itself only."""

    code = "not_for_this_party"
    title = "This party may not act for that employer"
    title_ms = "Pihak ini tidak boleh bertindak bagi pihak majikan itu"
    kind = Kind.FORBIDDEN


class FindingNotForQuestion(JaringError):
    """The question does not read this fact, or nobody finds it here."""

    code = "finding_not_for_question"
    title = "This question takes no finding of that fact"
    title_ms = "Persoalan ini tidak menerima dapatan bagi fakta itu"
    kind = Kind.INVALID


class FindingNotReadable(JaringError):
    """The law does not read what was found."""

    code = "finding_not_readable"
    title = "The law does not read this finding"
    title_ms = "Dapatan ini tidak dapat dibaca di bawah undang-undang"
    kind = Kind.INVALID


class DaysNotToLookAt(JaringError):
    """No certified day up to this one waits for a look, or a later one was named than was certified."""

    code = "days_not_to_look_at"
    title = "The day is none of those that wait for a look"
    title_ms = "Hari itu bukan antara hari yang menunggu semakan"
    kind = Kind.INVALID
    hint = "Name one of the days from the first to the last that the task shows."


class DoubtNotLiftable(JaringError):
    """Only a fact settles this doubt: a finding, a statement, or what another service states."""

    code = "doubt_not_liftable"
    title = "This doubt is settled by a fact only"
    title_ms = "Keraguan ini hanya dapat diselesaikan dengan fakta"
    kind = Kind.CONFLICT


class SimilarWorkerWithoutWages(JaringError):
    """No month of the window is paid or payable for the person who is named either."""

    code = "similar_worker_without_wages"
    title = "The person in similar work has no month with wages"
    title_ms = "Pekerja dalam kerja serupa tiada bulan bergaji"
    kind = Kind.CONFLICT


class EvidenceOfAnotherClaim(JaringError):
    """There is no such statement of this claim."""

    code = "evidence_of_another_claim"
    title = "No such evidence of this claim"
    title_ms = "Tiada bukti sedemikian bagi tuntutan ini"
    kind = Kind.CONFLICT


class NoticeHasRelation(JaringError):
    """The claim is open: whom it is about is known."""

    code = "notice_has_relation"
    title = "The notice already counts"
    title_ms = "Notis ini telah diambil kira"
    kind = Kind.CONFLICT


class PersonNotRegistered(JaringError):
    """Registration has published nobody of this number so far."""

    code = "person_not_registered"
    title = "No such person is registered"
    title_ms = "Tiada orang sedemikian yang berdaftar"
    kind = Kind.CONFLICT


class CorrectedValueUnreadable(JaringError):
    """Where neither value is right another one of the same item is given, and otherwise none."""

    code = "corrected_value_unreadable"
    title = "The corrected value is missing, or of another item"
    title_ms = "Nilai yang dibetulkan tiada, atau bagi butiran lain"
    kind = Kind.INVALID
    hint = "Give the right day, time, employer or wage with stands neither, and nothing otherwise."


class ParticularsEmpty(JaringError):
    """A document that is read says something."""

    code = "particulars_empty"
    title = "Nothing is stated"
    title_ms = "Tiada butiran dinyatakan"
    kind = Kind.INVALID
    hint = "State a day, a time, an employer or wages as the document has them."


class ParticularUnknown(JaringError):
    """There is no such particular, or it was withdrawn."""

    code = "particular_unknown"
    title = "No such particular"
    title_ms = "Tiada butiran sedemikian"
    kind = Kind.NOT_FOUND


class ParticularOfAnother(JaringError):
    """What one officer has read in a document nobody else takes back."""

    code = "particular_of_another"
    title = "Another officer stated this particular"
    title_ms = "Butiran ini dinyatakan oleh pegawai lain"
    kind = Kind.FORBIDDEN
    hint = "Decide the inconsistency that it brought about."


class InconsistencyOver(JaringError):
    """It was decided, or what contradicted is gone."""

    code = "inconsistency_over"
    title = "The inconsistency is decided already"
    title_ms = "Percanggahan ini telah diputuskan"
    kind = Kind.CONFLICT


class InconsistencyOfOneself(JaringError):
    """Who stated what contradicts does not approve which value stands."""

    code = "inconsistency_of_oneself"
    title = "Another officer must decide this inconsistency"
    title_ms = "Percanggahan ini perlu diputuskan oleh pegawai lain"
    kind = Kind.CONFLICT


class InvestigationUnknown(JaringError):
    """There is no such investigation."""

    code = "investigation_unknown"
    title = "No such investigation"
    title_ms = "Tiada siasatan sedemikian"
    kind = Kind.NOT_FOUND


class InvestigationOver(JaringError):
    """Two officers have ended it."""

    code = "investigation_over"
    title = "The investigation has ended"
    title_ms = "Siasatan ini telah tamat"
    kind = Kind.CONFLICT
    hint = "Open another one."


class InvestigationOpen(JaringError):
    """The same is being looked into already."""

    code = "investigation_open"
    title = "The claim is being investigated for this already"
    title_ms = "Tuntutan ini sedang disiasat bagi perkara ini"
    kind = Kind.CONFLICT
    hint = "Record what was heard in the investigation that is open."


class InvestigationOfOneself(JaringError):
    """Who opened it or heard somebody recommends how it ends, and another one approves."""

    code = "investigation_of_oneself"
    title = "Another officer must end this investigation"
    title_ms = "Siasatan ini perlu ditamatkan oleh pegawai lain"
    kind = Kind.CONFLICT


class InterviewNotHeld(JaringError):
    """An interview is recorded after it was held."""

    code = "interview_not_held"
    title = "The interview was not held yet"
    title_ms = "Temu bual itu belum diadakan"
    kind = Kind.INVALID


class InterviewUnknown(JaringError):
    """The interview that is to be replaced is none of this investigation, or was replaced before."""

    code = "interview_unknown"
    title = "No such interview"
    title_ms = "Tiada temu bual sedemikian"
    kind = Kind.CONFLICT


class BoardCaseUnknown(JaringError):
    """There is no such case before a board, or it is not the caller's to see."""

    code = "board_case_unknown"
    title = "No such case before a board"
    title_ms = "Tiada kes jemaah doktor sedemikian"
    kind = Kind.NOT_FOUND


class BoardSessionUnknown(JaringError):
    """There is no such session, or the caller is not of its panel."""

    code = "board_session_unknown"
    title = "No such session of a board"
    title_ms = "Tiada sidang jemaah doktor sedemikian"
    kind = Kind.NOT_FOUND


class BoardCaseOpen(JaringError):
    """A claim comes before a board once at a time."""

    code = "board_case_open"
    title = "The claim is before this board already"
    title_ms = "Tuntutan ini sedang menunggu jemaah doktor ini"
    kind = Kind.CONFLICT


class BoardQuestionNotOfClaim(JaringError):
    """A board is asked what the kind of the claim raises."""

    code = "board_question_not_of_claim"
    title = "This question is not one of such a claim"
    title_ms = "Soalan ini bukan soalan bagi tuntutan sedemikian"
    kind = Kind.CONFLICT
    hint = "Of an accident: a permanent loss; of a disease: an occupational disease; of an invalidity: the invalidity."


class BoardNothingDecided(JaringError):
    """An appeal, a review and a revision are of what a board decided."""

    code = "board_nothing_decided"
    title = "No board has decided this claim yet"
    title_ms = "Belum ada keputusan jemaah doktor bagi tuntutan ini"
    kind = Kind.CONFLICT


class BoardAlreadyDecided(JaringError):
    """What a board decided is looked at once more by a review, a revision or an appeal."""

    code = "board_already_decided"
    title = "A board has decided this claim"
    title_ms = "Jemaah doktor telah memutuskan tuntutan ini"
    kind = Kind.CONFLICT
    hint = "Ask for a revision, a review or an appeal."


class BoardNotAppealable(JaringError):
    """An Appellate Medical Board's decision goes to no other medical board."""

    code = "board_not_appealable"
    title = "This decision is not appealed to a medical board"
    title_ms = "Keputusan ini tidak boleh dirayu kepada jemaah doktor"
    kind = Kind.CONFLICT


class BoardReviewTooEarly(JaringError):
    """A review for aggravation is asked for three years after the assessment, of a provisional one six months; the end
    of a provisional one when its case is called back."""

    code = "board_review_too_early"
    title = "It is too early for a review"
    title_ms = "Terlalu awal untuk semakan"
    kind = Kind.CONFLICT
    hint = "The answer says from which day on a review is open."


class BoardDayPassed(JaringError):
    """Nobody sits on a day that has passed."""

    code = "board_day_passed"
    title = "The day of the session has passed"
    title_ms = "Tarikh sidang telah berlalu"
    kind = Kind.CONFLICT


class BoardPanelNotWhole(JaringError):
    """A panel has one chairman and members beside, each once, and its secretary is none of them."""

    code = "board_panel_not_whole"
    title = "The panel is not whole"
    title_ms = "Panel tidak lengkap"
    kind = Kind.CONFLICT


class BoardMemberNotFree(JaringError):
    """Who certified or treated the person hears and closes no case of it, nor who decided it an appeal from that."""

    code = "board_member_not_free"
    title = "A member may not hear this case"
    title_ms = "Ahli panel tidak boleh mendengar kes ini"
    kind = Kind.CONFLICT
    hint = "Name another panel, or another session."


class BoardSessionFull(JaringError):
    """A session hears no more cases than its quota."""

    code = "board_session_full"
    title = "The session is full"
    title_ms = "Sidang telah penuh"
    kind = Kind.CONFLICT
    hint = "Name another session: the case waits meanwhile."


class BoardSessionOfAnotherKind(JaringError):
    """A case is heard by the board that answers its question."""

    code = "board_session_of_another_kind"
    title = "The session is of another board"
    title_ms = "Sidang ini bagi jemaah doktor lain"
    kind = Kind.CONFLICT


class BoardSessionOver(JaringError):
    """The session was closed or called off."""

    code = "board_session_over"
    title = "The session is over"
    title_ms = "Sidang telah selesai"
    kind = Kind.CONFLICT


class BoardSessionNotBegun(JaringError):
    """What happened in a session is stated once its day has come."""

    code = "board_session_not_begun"
    title = "The day of the session has not come"
    title_ms = "Hari sidang belum tiba"
    kind = Kind.CONFLICT


class BoardInvitationTooShort(JaringError):
    """A person is invited fourteen days before, or it is justified why not."""

    code = "board_invitation_too_short"
    title = "The invitation needs a justification"
    title_ms = "Jemputan memerlukan justifikasi"
    kind = Kind.CONFLICT
    hint = "State `justified_by`, or name a later session."


class BoardCaseNotWaiting(JaringError):
    """Invited is whoever waits for a session."""

    code = "board_case_not_waiting"
    title = "The case waits for no session"
    title_ms = "Kes ini tidak menunggu sidang"
    kind = Kind.CONFLICT


class BoardCaseNotHeard(JaringError):
    """Of a case something is found when it was invited and heard."""

    code = "board_case_not_heard"
    title = "The case is not at this step"
    title_ms = "Kes ini belum sampai ke peringkat ini"
    kind = Kind.CONFLICT


class BoardResultNotOfClaim(JaringError):
    """A board finds what the kind of the claim asks."""

    code = "board_result_not_of_claim"
    title = "The result does not answer the question of the claim"
    title_ms = "Keputusan ini tidak menjawab soalan tuntutan"
    kind = Kind.INVALID


class BoardResultContradicts(JaringError):
    """What a board found fits together."""

    code = "board_result_contradicts"
    title = "The result contradicts itself"
    title_ms = "Keputusan ini bercanggah"
    kind = Kind.INVALID
    hint = "The answer says what does not fit."


class BoardNotOfPanel(JaringError):
    """What a board found its chairman or a member states."""

    code = "board_not_of_panel"
    title = "The caller is not of the panel"
    title_ms = "Pemanggil bukan ahli panel"
    kind = Kind.FORBIDDEN


class BoardResultsAwaited(JaringError):
    """A session is closed when each of its cases has a result, or was set back."""

    code = "board_results_awaited"
    title = "A case of the session has no result yet"
    title_ms = "Ada kes dalam sidang yang belum ada keputusan"
    kind = Kind.CONFLICT


class BoardClosedByBoth(JaringError):
    """A session is closed by its chairman and its secretary: one proposes, the other approves."""

    code = "board_closed_by_both"
    title = "Chairman and secretary close a session"
    title_ms = "Sidang ditutup oleh pengerusi dan setiausaha"
    kind = Kind.CONFLICT


class AccidentNotAdjacent(JaringError):
    """The claim that is named is about no accident of the same person on the day before or after, or has joined one."""

    code = "accident_not_adjacent"
    title = "No such accident on an adjacent day"
    title_ms = "Tiada kemalangan sedemikian pada hari sebelum atau selepasnya"
    kind = Kind.CONFLICT


class EvidenceRequestUnknown(JaringError):
    """There is no such request for evidence, or it is not the caller's to see."""

    code = "evidence_request_unknown"
    title = "No such request for evidence"
    title_ms = "Tiada permintaan bukti sedemikian"
    kind = Kind.NOT_FOUND


class EvidenceRequestOver(JaringError):
    """It was answered, or nothing is asked of this party any more."""

    code = "evidence_request_over"
    title = "The request for evidence is over"
    title_ms = "Permintaan bukti ini telah selesai"
    kind = Kind.CONFLICT
    hint = "State what is new of the claim as evidence of it."


class EvidenceRequestOfAnother(JaringError):
    """A party answers what it is asked for itself."""

    code = "evidence_request_of_another"
    title = "Another party is asked for this evidence"
    title_ms = "Bukti ini diminta daripada pihak lain"
    kind = Kind.FORBIDDEN


class EvidenceRequestOtherAnswer(JaringError):
    """What is asked for is stated otherwise, or shown by a document alone."""

    code = "evidence_request_other_answer"
    title = "This answers nothing that is asked for"
    title_ms = "Jawapan ini bukan bagi bukti yang diminta"
    kind = Kind.INVALID
    hint = "Answer by one of the ways that the request lists, or send a document."


class DocumentUnknown(JaringError):
    """There is no such document, or it is not the caller's to see."""

    code = "document_unknown"
    title = "No such document"
    title_ms = "Tiada dokumen sedemikian"
    kind = Kind.NOT_FOUND


class DocumentErased(JaringError):
    """Nothing is kept of the person any more, nor the bytes of its documents."""

    code = "document_erased"
    title = "The content of the document is erased"
    title_ms = "Kandungan dokumen ini telah dipadamkan"
    kind = Kind.NOT_FOUND


class DocumentEmpty(JaringError):
    """A document has bytes."""

    code = "document_empty"
    title = "The document is empty"
    title_ms = "Dokumen ini kosong"
    kind = Kind.INVALID


class DocumentHashDiffers(JaringError):
    """The SHA-256 of what has come is another one than was stated: it was damaged on its way."""

    code = "document_hash_differs"
    title = "The document is not what its hash says"
    title_ms = "Dokumen ini tidak sepadan dengan cincangnya"
    kind = Kind.INVALID
    hint = "Send it once more, with the SHA-256 of its bytes in hex."


class DocumentMediaTypeUnsupported(JaringError):
    """Documents are PDF, JPEG, PNG or TIFF."""

    code = "document_media_type_unsupported"
    title = "This media type is not taken for a document"
    title_ms = "Jenis media ini tidak diterima bagi dokumen"
    kind = Kind.UNSUPPORTED_MEDIA
    hint = "Send application/pdf, image/jpeg, image/png or image/tiff as content-type."


class DocumentNotOfItsType(JaringError):
    """The bytes begin otherwise than those of the stated media type do."""

    code = "document_not_of_its_type"
    title = "The document is not of the stated media type"
    title_ms = "Dokumen ini bukan daripada jenis media yang dinyatakan"
    kind = Kind.INVALID


class DocumentKnown(JaringError):
    """The same bytes are kept for this claim already, from the same party."""

    code = "document_known"
    title = "This document is kept already"
    title_ms = "Dokumen ini telah disimpan"
    kind = Kind.CONFLICT


class DocumentOver(JaringError):
    """It was withdrawn, or another one stands in its place."""

    code = "document_over"
    title = "The document stands no more"
    title_ms = "Dokumen ini tidak lagi berkuat kuasa"
    kind = Kind.CONFLICT


class DocumentOfAnother(JaringError):
    """A document is withdrawn by the party that sent it."""

    code = "document_of_another"
    title = "Another party sent this document"
    title_ms = "Dokumen ini dihantar oleh pihak lain"
    kind = Kind.FORBIDDEN


class DocumentPlaceNotOne(JaringError):
    """A document is of a claim, or answers a request: one of them is named."""

    code = "document_place_not_one"
    title = "Name a claim or a request for evidence"
    title_ms = "Nyatakan tuntutan atau permintaan bukti"
    kind = Kind.INVALID


class LightDutyOutside(JaringError):
    """A certificate of unfitness that ends with light duty certifies a day of unfitness before it."""

    code = "light_duty_outside"
    title = "The light duty is not within the certificate"
    title_ms = "Kerja ringan itu bukan dalam tempoh sijil perubatan"
    kind = Kind.INVALID
    hint = "Give a day after the first and up to the last certified day; who is never unfit needs no certificate."


class ComplaintUnknown(JaringError):
    """There is no such complaint, or it is not the caller's to see."""

    code = "complaint_unknown"
    title = "No such complaint"
    title_ms = "Tiada aduan sedemikian"
    kind = Kind.NOT_FOUND


class ComplaintKnown(JaringError):
    """The party's complaint of this kind about the same claim waits for its answer."""

    code = "complaint_known"
    title = "This complaint waits for its answer"
    title_ms = "Aduan ini sedang menunggu jawapan"
    kind = Kind.CONFLICT


class ComplaintOver(JaringError):
    """It was answered, or taken back."""

    code = "complaint_over"
    title = "The complaint is over"
    title_ms = "Aduan ini telah selesai"
    kind = Kind.CONFLICT
    hint = "What is still wrong is another complaint."


class ComplaintOfOneself(JaringError):
    """No officer answers a complaint about itself, or lets stand what it typed for somebody."""

    code = "complaint_of_oneself"
    title = "Another officer answers this complaint"
    title_ms = "Aduan ini dijawab oleh pegawai lain"
    kind = Kind.CONFLICT


class ComplaintPartyNotOne(JaringError):
    """An officer says for whom it files a complaint, and nobody else does."""

    code = "complaint_party_not_one"
    title = "Officers name for whom they file a complaint, others file their own"
    title_ms = "Pegawai menyatakan pihak yang mengadu, pihak lain membuat aduan sendiri"
    kind = Kind.INVALID


class ComplainantUnknown(JaringError):
    """An officer files a complaint for a number that is nobody's."""

    code = "complainant_unknown"
    title = "There is no such person to complain"
    title_ms = "Tiada pengadu dengan nombor ini"
    kind = Kind.NOT_FOUND


class ComplaintOfAnother(JaringError):
    """A complaint is taken back by the party whose it is."""

    code = "complaint_of_another"
    title = "This is another party's complaint"
    title_ms = "Aduan ini milik pihak lain"
    kind = Kind.FORBIDDEN


class FigureUnknown(JaringError):
    """The statute book has no figure of this name."""

    code = "figure_unknown"
    title = "No such figure of the statute book"
    title_ms = "Tiada angka sedemikian dalam kitab undang-undang negara"
    kind = Kind.NOT_FOUND
    hint = "GET /v1/figures lists the figures that officers enter."


class FigureNotEntered(JaringError):
    """The figure changes with a release of the statute book alone: a rule or its neighbours go with it."""

    code = "figure_not_entered"
    title = "Officers do not enter this figure"
    title_ms = "Angka ini tidak dimasukkan oleh pegawai"
    kind = Kind.CONFLICT
    hint = "GET /v1/figures lists the figures that officers enter."


class FigureEntryUnknown(JaringError):
    """No officer entered that."""

    code = "figure_entry_unknown"
    title = "No such entry of a figure"
    title_ms = "Tiada catatan angka sedemikian"
    kind = Kind.NOT_FOUND


class FigureEntryUnfit(JaringError):
    """What is entered cannot be an entry of the figure as it stands; nothing was written."""

    code = "figure_entry_unfit"
    title = "The entry does not fit its figure"
    title_ms = "Catatan itu tidak sepadan dengan angkanya"
    kind = Kind.INVALID
    hint = "State the rows as the instrument has them, in the columns that GET /v1/figures/{figure} shows."


class FigureEntryOfOneself(JaringError):
    """Who entered it may propose that it counts, and another one approves."""

    code = "figure_entry_of_oneself"
    title = "Another officer must approve this entry"
    title_ms = "Catatan ini perlu diluluskan oleh pegawai lain"
    kind = Kind.CONFLICT


class FigureEntryOver(JaringError):
    """Two officers have decided it: a correction is another entry."""

    code = "figure_entry_over"
    title = "The entry was decided"
    title_ms = "Catatan itu telah diputuskan"
    kind = Kind.CONFLICT


class ClaimForgotten(JaringError):
    """Nothing is kept any more of whom the claim is about: what was decided stands, and no more is taken of it."""

    code = "claim_forgotten"
    title = "Nothing more is kept of this claim"
    title_ms = "Tiada lagi yang disimpan bagi tuntutan ini"
    kind = Kind.CONFLICT


class EvidenceRequestUnanswered(JaringError):
    """Nothing was sent in answer to the request that two officers are to look at."""

    code = "evidence_request_unanswered"
    title = "Nothing waits for a look at this request"
    title_ms = "Tiada jawapan yang menunggu semakan bagi permintaan ini"
    kind = Kind.CONFLICT


class LoanRepaidTooEarly(JaringError):
    """A loan is paid back from a later month than that of its application."""

    code = "loan_repaid_too_early"
    title = "The loan is paid back before it is lent"
    title_ms = "Pinjaman dibayar balik sebelum diberikan"
    kind = Kind.INVALID


class LoanNotFixed(JaringError):
    """A loan that was fixed goes on until it is fixed otherwise: nothing that fixes none stands in its place."""

    code = "loan_not_fixed"
    title = "The statement in whose place it stands has fixed a loan"
    title_ms = "Penyataan yang digantikan telah menetapkan pinjaman"
    kind = Kind.CONFLICT
    hint = "State how the loan is fixed now, or withdraw the statement, which calls the loan in."


class ReferralOfferUnknown(JaringError):
    """There is no such offer, or it is not the caller's to see."""

    code = "referral_offer_unknown"
    title = "No such offer of a referral"
    title_ms = "Tiada tawaran rujukan sedemikian"
    kind = Kind.NOT_FOUND


class ReferralOfferOver(JaringError):
    """Nothing is offered any more, or there is no consent that could be withdrawn; what was accepted is withdrawn."""

    code = "referral_offer_over"
    title = "The offer of a referral does not stand so"
    title_ms = "Tawaran rujukan ini tidak berkedudukan demikian"
    kind = Kind.CONFLICT
    hint = "Read the offer: its state says what may be done."


class MedicalAuthorisationUnknown(JaringError):
    """There is no such authorisation, or it is not the caller's to see."""

    code = "medical_authorisation_unknown"
    title = "No such authorisation of treatment"
    title_ms = "Tiada kebenaran rawatan sedemikian"
    kind = Kind.NOT_FOUND


class MedicalAuthorisationOver(JaringError):
    """The patient is known by now, or was waited for long enough, or the accident is noticed: officers decide nothing
    more of it."""

    code = "medical_authorisation_over"
    title = "The authorisation waits for no officer"
    title_ms = "Kebenaran rawatan ini tidak menunggu pegawai"
    kind = Kind.CONFLICT


class MedicalNoticeNotAwaited(JaringError):
    """Somebody has noticed the accident, or it was found that nobody does."""

    code = "medical_notice_not_awaited"
    title = "The authorisation does not wait for a notice"
    title_ms = "Kebenaran rawatan ini tidak menunggu notis"
    kind = Kind.CONFLICT


class MedicalAuthorisationExtended(JaringError):
    """A notice of the accident is waited for once more, and not again."""

    code = "medical_authorisation_extended"
    title = "The notice was waited for once more already"
    title_ms = "Tempoh menunggu notis ini telah dilanjutkan"
    kind = Kind.CONFLICT


class HospitalsOnly(JaringError):
    """A hospital asks who bears a treatment, and sends a bill of what was authorised."""

    code = "hospitals_only"
    title = "Only a hospital asks this"
    title_ms = "Hanya hospital boleh memohon perkara ini"
    kind = Kind.FORBIDDEN


class AdmissionImpossible(JaringError):
    """A patient is admitted on the day of the accident or later, and not in the future."""

    code = "admission_impossible"
    title = "The day of the admission cannot be"
    title_ms = "Tarikh kemasukan tidak mungkin"
    kind = Kind.INVALID


class AdmissionAskedOtherwise(JaringError):
    """The hospital asked of this admission before, and said another day or time of the accident."""

    code = "admission_asked_otherwise"
    title = "The admission was asked of with another accident"
    title_ms = "Kemasukan ini telah dimohon dengan kemalangan lain"
    kind = Kind.CONFLICT
    hint = "Ask again with the day and time that were said first; a notice of the accident states other ones."


class TreatmentImpossible(JaringError):
    """What is billed was done by today."""

    code = "treatment_impossible"
    title = "A treatment lies in the future"
    title_ms = "Rawatan yang dibilkan belum berlaku"
    kind = Kind.INVALID


class MedicalBillUnknown(JaringError):
    """There is no such bill, or it is not the caller's to see."""

    code = "medical_bill_unknown"
    title = "No such medical bill"
    title_ms = "Tiada bil perubatan sedemikian"
    kind = Kind.NOT_FOUND


class MedicalBillWithdrawn(JaringError):
    """A bill that was taken back is sent again under another number."""

    code = "medical_bill_withdrawn"
    title = "The medical bill was taken back"
    title_ms = "Bil perubatan itu telah ditarik balik"
    kind = Kind.CONFLICT


class MedicalBillNumberUsed(JaringError):
    """A number is of one bill: sent again it says the same of the same, and a correction says something else."""

    code = "medical_bill_number_used"
    title = "The number is of another medical bill"
    title_ms = "Nombor itu milik bil perubatan yang lain"
    kind = Kind.CONFLICT
    hint = "Send another bill under another number, and a correction of this one as such."


class MedicalBillPartyNotOne(JaringError):
    """A hospital bills what was authorised; a person claims back what it paid, of its own claim."""

    code = "medical_bill_party_not_one"
    title = "The bill is of an authorisation or of a claim"
    title_ms = "Bil adalah bagi satu kebenaran atau satu tuntutan"
    kind = Kind.INVALID
    hint = "A hospital names its authorisation, a person its claim."


class MedicalBillOfAnother(JaringError):
    """Whoever sent a bill corrects it and takes it back."""

    code = "medical_bill_of_another"
    title = "The medical bill is another's"
    title_ms = "Bil perubatan itu milik pihak lain"
    kind = Kind.FORBIDDEN


class MedicalLineUnknown(JaringError):
    """The bill has no such line."""

    code = "medical_line_unknown"
    title = "No such line of the bill"
    title_ms = "Tiada baris sedemikian dalam bil"
    kind = Kind.INVALID


class MedicalLineNotInDoubt(JaringError):
    """Two officers find of a line what answers its doubt, and of any other nothing."""

    code = "medical_line_not_in_doubt"
    title = "The line is not in this doubt"
    title_ms = "Baris itu tidak diragui sedemikian"
    kind = Kind.CONFLICT


class MedicalBillNotInDoubt(JaringError):
    """No line of the bill waits for officers any more."""

    code = "medical_bill_not_in_doubt"
    title = "The bill waits for no officer"
    title_ms = "Bil itu tidak menunggu pegawai"
    kind = Kind.CONFLICT


class MedicalLineWithoutAmount(JaringError):
    """Each line of a bill asks for something."""

    code = "medical_line_without_amount"
    title = "A line of the bill asks for nothing"
    title_ms = "Satu baris bil tidak menuntut apa-apa"
    kind = Kind.INVALID


class MedicalLineNotRefused(JaringError):
    """What is disputed or appealed of a line is what is refused of it, once that is settled."""

    code = "medical_line_not_refused"
    title = "Nothing of the line is refused"
    title_ms = "Tiada bahagian baris itu ditolak"
    kind = Kind.CONFLICT


class MedicalLineDisputed(JaringError):
    """Of a line as it stands there is one dispute: two officers look at it, or did."""

    code = "medical_line_disputed"
    title = "The line was disputed already"
    title_ms = "Baris itu telah dipertikaikan"
    kind = Kind.CONFLICT
    hint = "A correction of the line is another line."


class MedicalDisputeLate(JaringError):
    """A provider disputes what is refused within the days that it was told; the fact `last_day` says until when."""

    code = "medical_dispute_late"
    title = "The dispute comes too late"
    title_ms = "Pertikaian itu lewat"
    kind = Kind.CONFLICT


class MedicalDisputeOfPerson(JaringError):
    """A person appeals what is refused of its own bill; a provider disputes what is refused of its."""

    code = "medical_dispute_of_person"
    title = "A person appeals, a provider disputes"
    title_ms = "Individu merayu, pemberi rawatan mempertikai"
    kind = Kind.FORBIDDEN
    hint = "Send it to the appeals of the bill, or to its disputes."


class MedicalReviewOfOneself(JaringError):
    """Whoever asked for a line to be looked at does not approve what is found, nor who decided what is disputed."""

    code = "medical_review_of_oneself"
    title = "The officer asked for this look itself"
    title_ms = "Pegawai ini sendiri yang meminta semakan ini"
    kind = Kind.FORBIDDEN


class AppealUnknown(JaringError):
    """There is no such appeal, or it is not the caller's to see."""

    code = "appeal_unknown"
    title = "No such appeal"
    title_ms = "Tiada rayuan sedemikian"
    kind = Kind.NOT_FOUND


class AppealUpheld(JaringError):
    """A forum does not hear once more what it upheld."""

    code = "appeal_upheld"
    title = "The forum has upheld this answer"
    title_ms = "Forum telah mengekalkan jawapan ini"
    kind = Kind.CONFLICT
    hint = "A question of law in its order goes to the High Court; another revision is appealed again."


class AppealOpen(JaringError):
    """Of one answer there is one appeal before a forum at a time, whoever filed it; of a death each has its own."""

    code = "appeal_open"
    title = "This answer is appealed already"
    title_ms = "Rayuan terhadap jawapan ini sedang berjalan"
    kind = Kind.CONFLICT


class AppealForumWrong(JaringError):
    """Each ground of appeal has its forum; the answer names it."""

    code = "appeal_forum_wrong"
    title = "This is appealed to another forum"
    title_ms = "Perkara ini dirayu kepada forum lain"
    kind = Kind.CONFLICT
    hint = "The fact `forum` of the answer says to which."


class AppealOfAssessment(JaringError):
    """What a board assessed is appealed as it decided it last: of no question and no revision of its own."""

    code = "appeal_of_assessment"
    title = "An assessment is appealed whole"
    title_ms = "Taksiran jemaah doktor dirayu secara keseluruhan"
    kind = Kind.INVALID
    hint = "Leave out `question` and `revision`."


class AppealNotOfThisParty(JaringError):
    """The person, who acts for it, and of a death whoever claims after it, appeal for themselves."""

    code = "appeal_not_of_this_party"
    title = "This party does not appeal this answer"
    title_ms = "Pihak ini tidak boleh merayu terhadap jawapan ini"
    kind = Kind.FORBIDDEN
    hint = "An employer or a hospital states what it knows as evidence; officers appeal to the Appellate Medical Board."


class AppealAnswerUnknown(JaringError):
    """An appeal is of the answer to one question by one revision of the claim, as its record stands."""

    code = "appeal_answer_unknown"
    title = "The claim has no such answer to appeal"
    title_ms = "Tuntutan ini tiada jawapan sedemikian untuk dirayu"
    kind = Kind.CONFLICT


class AppealWithoutOrder(JaringError):
    """The High Court hears a question of law of an order of the Social Security Appellate Board."""

    code = "appeal_without_order"
    title = "There is no order of the Appellate Board yet"
    title_ms = "Belum ada perintah Jemaah Rayuan"
    kind = Kind.CONFLICT
    hint = "The fact `forum` of the answer says where to appeal first."


class AppealLate(JaringError):
    """The limit is over: two officers look at the grounds on which it comes late."""

    code = "appeal_late"
    title = "The appeal comes late and states no grounds for it"
    title_ms = "Rayuan lewat dan tiada alasan dinyatakan"
    kind = Kind.CONFLICT
    hint = "Send it again with `late_for`: two officers look at the grounds."


class AppealOver(JaringError):
    """The appeal was decided or withdrawn, or is at another step."""

    code = "appeal_over"
    title = "The appeal is not at this step"
    title_ms = "Rayuan ini bukan pada peringkat ini"
    kind = Kind.CONFLICT


class AppealBeforeBoard(JaringError):
    """What goes to the Appellate Medical Board is heard and decided as a case before it."""

    code = "appeal_before_board"
    title = "The Appellate Medical Board has this appeal"
    title_ms = "Rayuan ini di hadapan Jemaah Doktor Rayuan"
    kind = Kind.CONFLICT


class AppealOfAnother(JaringError):
    """Who filed an appeal takes it back."""

    code = "appeal_of_another"
    title = "The appeal is another party's"
    title_ms = "Rayuan ini kepunyaan pihak lain"
    kind = Kind.FORBIDDEN


class AppealOfOneself(JaringError):
    """Who decided what is appealed, recorded the order, or filed the appeal, proposes and approves nothing of it."""

    code = "appeal_of_oneself"
    title = "You decided what is appealed, or filed the appeal"
    title_ms = "Anda membuat keputusan yang dirayu, atau memfailkan rayuan itu"
    kind = Kind.CONFLICT


class AppealHeardAhead(JaringError):
    """A hearing or an order is recorded once it was held or made, and after the appeal was filed."""

    code = "appeal_dated_otherwise"
    title = "The day is not between the filing and today"
    title_ms = "Tarikh bukan antara pemfailan dan hari ini"
    kind = Kind.CONFLICT


class OrderContradicts(JaringError):
    """An order that leaves the decision as it stands states nothing; one that varies it states what is so."""

    code = "order_contradicts"
    title = "The order does not fit its outcome"
    title_ms = "Perintah tidak sepadan dengan hasilnya"
    kind = Kind.MALFORMED


class OrderFactNotOfClaim(JaringError):
    """An order states facts that a question of the claim asks for, and neither doctors find nor the law works out."""

    code = "order_fact_not_of_claim"
    title = "No question of the claim takes this fact from an order"
    title_ms = "Tiada soalan tuntutan ini menerima fakta ini daripada perintah"
    kind = Kind.MALFORMED


class OrderFactNotReadable(JaringError):
    """What an order states is written as the law reads it."""

    code = "order_fact_not_readable"
    title = "The law does not read what the order states"
    title_ms = "Undang-undang tidak dapat membaca apa yang dinyatakan dalam perintah"
    kind = Kind.MALFORMED


class OrderAmountNotOfClaim(JaringError):
    """An order names the amount of a benefit of the claim; of a loss it states facts."""

    code = "order_amount_not_of_claim"
    title = "The claim has no such benefit whose amount an order names"
    title_ms = "Tuntutan ini tiada faedah sedemikian yang amaunnya boleh diperintahkan"
    kind = Kind.MALFORMED


class AppealNotShown(JaringError):
    """What would change the answer tells wages and what others stated: to the person, who acts for it, and officers."""

    code = "appeal_workings_not_shown"
    title = "The workings are not this party's to read"
    title_ms = "Pengiraan ini bukan untuk pihak ini"
    kind = Kind.FORBIDDEN
