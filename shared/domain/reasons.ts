/**
 * The closed list of reasons. Every refusal, skip, hold and failure names one of these, and each is a
 * sentence a person can act on, Indonesian first.
 */
interface ReasonText {
  readonly id: string;
  readonly en: string;
}

export const REASONS = {
  // Inbound messages
  signature_mismatch: {
    id: 'Tanda tangan tidak cocok dengan isi pesan.',
    en: 'The signature does not match the message.',
  },
  missing_signature: { id: 'Pesan tidak bertanda tangan.', en: 'The message carries no signature.' },
  missing_timestamp: { id: 'Pesan tidak memuat waktu.', en: 'The message carries no timestamp.' },
  stale_timestamp: { id: 'Waktu pesan terlalu jauh dari sekarang.', en: 'The timestamp is too far from now.' },
  token_mismatch: { id: 'Token tidak dikenal.', en: 'The token is not one of ours.' },
  malformed_body: { id: 'Isi pesan tidak dapat dibaca.', en: 'The body cannot be read.' },
  body_too_large: { id: 'Isi pesan melebihi 256 KiB.', en: 'The body is larger than 256 KiB.' },
  unsupported_content_type: { id: 'Jenis isi pesan bukan JSON.', en: 'The content type is not JSON.' },
  unknown_gateway: { id: 'Kanal pembayaran ini tidak terpasang.', en: 'This gateway is not configured.' },
  queue_unavailable: {
    id: 'Antrean tidak dapat menerima pesan; kirim ulang.',
    en: 'The queue cannot take the message; send it again.',
  },
  unknown_event_type: {
    id: 'Jenis pesan belum dikenal; disimpan.',
    en: 'The event type is not known yet; it is kept.',
  },
  // Payments
  amount_invalid: {
    id: 'Jumlah bukan bilangan bulat rupiah yang sah.',
    en: 'The amount is not a valid whole rupiah amount.',
  },
  amount_has_sen: {
    id: 'Jumlah memuat sen; hanya rupiah bulat diterima.',
    en: 'The amount has sen; only whole rupiah is taken.',
  },
  amount_missing: { id: 'Jumlah tidak ada.', en: 'The amount is missing.' },
  amount_awaited: {
    id: 'Jumlah rupiah menyusul dari laporan penyelesaian; impor laporannya, lalu lepaskan.',
    en: 'The amount in rupiah comes with the settlement statement; import it, then release.',
  },
  currency_not_idr: { id: 'Mata uang bukan IDR.', en: 'The currency is not IDR.' },
  field_missing: { id: 'Kolom wajib tidak ada.', en: 'A required field is missing.' },
  field_invalid: { id: 'Isi kolom tidak sah.', en: 'A field has an invalid value.' },
  fee_exceeds_amount: { id: 'Biaya melebihi jumlah donasi.', en: 'The fee is larger than the gift.' },
  status_contradiction: {
    id: 'Pemberitahuan bertentangan dengan status di kanal pembayaran.',
    en: 'The notification contradicts the status at the gateway.',
  },
  status_unavailable: {
    id: 'Status di kanal pembayaran belum dapat ditanyakan.',
    en: 'The gateway status cannot be asked yet.',
  },
  payment_contradiction: {
    id: 'Dua pemberitahuan lunas menyebut jumlah berbeda.',
    en: 'Two paid notices of one payment name different amounts.',
  },
  not_confirmable: {
    id: 'Kanal pembayaran tidak mengenal pembayaran ini.',
    en: 'The gateway does not know this payment.',
  },
  contract_version_unknown: { id: 'Versi pesan tidak dikenal.', en: 'The message contract version is not known.' },
  contention: {
    id: 'Baris sedang diubah pihak lain; dicoba lagi.',
    en: 'The row is being changed by someone else; tried again.',
  },
  throttled: { id: 'Layanan sedang sibuk; dicoba lagi.', en: 'A service is busy; tried again.' },
  unexpected_failure: {
    id: 'Kegagalan tak terduga; dicoba lagi.',
    en: 'Something failed that was not expected; tried again.',
  },
  // Roster lines
  nik_invalid: { id: 'NIK bukan 16 angka yang sah.', en: 'The NIK is not 16 valid digits.' },
  name_missing: { id: 'Nama kosong.', en: 'The name is empty.' },
  birth_date_invalid: { id: 'Tanggal lahir tidak sah (YYYY-MM-DD).', en: 'The birth date is not a valid YYYY-MM-DD.' },
  too_young: { id: 'Di bawah usia terendah.', en: 'Younger than the minimum age.' },
  too_old: { id: 'Di atas usia tertinggi saat mendaftar.', en: 'Older than the maximum age at registration.' },
  sex_invalid: { id: 'Jenis kelamin harus L/P (atau M/F).', en: 'Sex must be L/P (or M/F).' },
  phone_invalid: { id: 'Nomor telepon Indonesia tidak sah.', en: 'The phone number is not a valid Indonesian number.' },
  region_invalid: { id: 'Kode wilayah harus seperti 33.72.', en: 'The region code must look like 33.72.' },
  occupation_unknown: { id: 'Pekerjaan tidak ada dalam daftar kode.', en: 'The occupation is not in the code list.' },
  disability_invalid: { id: 'Kolom disabilitas harus ya/tidak.', en: 'The disability field must be yes/no.' },
  income_invalid: { id: 'Penghasilan harus rupiah bulat.', en: 'The income must be whole rupiah.' },
  consent_missing: { id: 'Persetujuan belum diberikan.', en: 'Consent has not been given.' },
  language_unknown: { id: 'Bahasa harus id atau en.', en: 'The language must be id or en.' },
  source_missing: { id: 'Sumber data kosong.', en: 'The data source is empty.' },
  line_malformed: { id: 'Baris tidak sesuai judul kolom.', en: 'The line does not fit the header.' },
  duplicate_nik: { id: 'NIK sudah terdaftar.', en: 'The NIK is registered already.' },
  child_data: {
    id: 'Data anak (di bawah 18 tahun); perlu diperiksa petugas.',
    en: 'Data of a child (under 18); a person must look at it.',
  },
  nik_birth_date_mismatch: {
    id: 'Tanggal lahir berbeda dari yang tertulis dalam NIK.',
    en: 'The birth date differs from the one in the NIK.',
  },
  nik_sex_mismatch: {
    id: 'Jenis kelamin berbeda dari yang tertulis dalam NIK.',
    en: 'The sex differs from the one in the NIK.',
  },
  line_too_long: { id: 'Baris terlalu panjang.', en: 'The line is too long.' },
  // Files
  control_total_mismatch: {
    id: 'Jumlah kendali tidak cocok dengan isi berkas.',
    en: 'The control totals do not match the file.',
  },
  file_hash_mismatch: { id: 'Isi berkas berbeda dari yang diumumkan.', en: 'The file is not the one announced.' },
  statement_interim: {
    id: 'Mutasi sementara; kirim rekening koran akhir hari.',
    en: 'An interim statement; send the one of the end of the day.',
  },
  columns_unknown: { id: 'Judul kolom tidak dikenal.', en: 'The columns are not known.' },
  id_mangled: {
    id: 'Nomor diubah oleh pengolah lembar kerja; ekspor ulang sebagai teks.',
    en: 'A spreadsheet changed the id; export it again as text.',
  },
  order_unassigned: {
    id: 'Dana masuk tanpa nomor pesanan; petugas menentukan tujuannya.',
    en: 'Money without an order reference; a person must assign it.',
  },
  maker_is_checker: {
    id: 'Yang memasukkan tidak boleh menyetujui.',
    en: 'Who entered it may not approve it.',
  },
  receipt_number_taken: { id: 'Nomor kuitansi sudah dipakai.', en: 'The receipt number is taken.' },
  receipt_decided: {
    id: 'Kuitansi ini sudah diputuskan lain.',
    en: 'This receipt was decided the other way.',
  },
  // Cover
  registrar_rejected: { id: 'Ditolak petugas pendaftaran.', en: 'Rejected by the registrar.' },
  registrar_nik_unknown: {
    id: 'NIK tidak ditemukan di data kependudukan.',
    en: 'The registrar does not find the NIK in the civil registry.',
  },
  registrar_data_differs: {
    id: 'Nama atau tanggal lahir berbeda dari data kependudukan.',
    en: 'Name or birth date differ from the civil registry.',
  },
  registrar_member_elsewhere: {
    id: 'Sudah menjadi peserta lewat pembayar lain.',
    en: 'Is a member already, paid by someone else.',
  },
  registrar_age: { id: 'Usia di luar batas pendaftaran.', en: 'The age is outside the limits of registration.' },
  registrar_reason_unknown: {
    id: 'Kode alasan tidak dikenal; petugas memilih alasan yang sah dan mengirim ulang.',
    en: 'The reason code is not known; choose one that is and send the line again.',
  },
  registrar_never_submitted: {
    id: 'Perlindungan ini tidak pernah diserahkan ke petugas pendaftaran.',
    en: 'This cover was never handed to the registrar.',
  },
  registrar_contradiction: {
    id: 'Bertentangan dengan jawaban terdahulu; jawaban pertama berlaku.',
    en: 'It contradicts an earlier answer; the first one stands.',
  },
  registrar_start_impossible: {
    id: 'Tanggal mulai di luar masa yang mungkin.',
    en: 'Cover cannot start on that day: it is before what was asked for, or too far ahead.',
  },
  card_unknown: {
    id: 'Tidak ada kartu untuk diserahkan bagi perlindungan ini.',
    en: 'There is no card of this cover to hand over.',
  },
  already_covered: { id: 'Bulan ini sudah dibayar pihak lain.', en: 'The month is paid by someone else.' },
  no_candidate: { id: 'Belum ada pekerja yang menunggu dan memenuhi syarat.', en: 'No eligible worker is waiting.' },
  below_price: {
    id: 'Saldo belum cukup untuk satu masa perlindungan.',
    en: 'The balance does not reach the price of one term.',
  },
  oldest_waiting: { id: 'Paling lama menunggu dalam kelompoknya.', en: 'Waiting longest in its group.' },
  named_by_donor: { id: 'Disebut oleh donatur.', en: 'Named by the donor.' },
  continuity: {
    id: 'Perlindungannya segera atau baru saja berakhir; diteruskan tanpa putus.',
    en: 'The cover ends soon or just ended; it goes on without a gap.',
  },
  priority_group: { id: 'Termasuk kelompok prioritas.', en: 'In a priority group of the policy.' },
  renewed_by_donor: { id: 'Diperpanjang oleh donatur sebelumnya.', en: 'Renewed by the donor of the cover before.' },
  self_paid: { id: 'Dibayar sendiri oleh pekerja.', en: 'Paid by the worker.' },
  term_cap_reached: {
    id: 'Jumlah masa perlindungan dari donasi sudah mencapai batas kebijakan.',
    en: 'The worker had as many donated terms as the policy allows.',
  },
  earmark_expired: {
    id: 'Batas waktu peruntukan lewat; dana dikembalikan kepada donatur oleh petugas.',
    en: 'The earmark expired; a person sends the money back to the donor.',
  },
  // Allocation policies
  policy_shares: { id: 'Bagian kebijakan harus berjumlah 100.', en: 'The shares of a policy must sum to 100.' },
  policy_past: {
    id: 'Tanggal berlaku sudah lewat; kebijakan tidak berlaku surut.',
    en: 'The policy would take effect in the past; name today or a later day.',
  },
  policy_published: {
    id: 'Versi kebijakan ini sudah diterbitkan; pakai versi baru.',
    en: 'This version of the policy is published already; use a new version.',
  },
  // Nudges
  no_consent: { id: 'Pekerja tidak setuju dihubungi.', en: 'The worker did not consent to messages.' },
  no_contact: { id: 'Tidak ada nomor yang dapat dihubungi.', en: 'There is no contact to reach.' },
  cover_renewed: { id: 'Perlindungan sudah diperpanjang.', en: 'The cover has been renewed.' },
  cover_ended_early: { id: 'Perlindungan berakhir lebih awal.', en: 'The cover ended early.' },
  worker_deceased: { id: 'Pekerja meninggal dunia.', en: 'The worker died.' },
  worker_withdrawn: { id: 'Pekerja mengundurkan diri.', en: 'The worker withdrew.' },
  worker_wage_earning: { id: 'Pekerja kini penerima upah.', en: 'The worker earns a wage now.' },
  government_paid: { id: 'Iuran dibayar pemerintah.', en: 'The government pays the contribution.' },
  claim_open: { id: 'Ada klaim yang sedang berjalan.', en: 'A claim is open.' },
  step_stale: {
    id: 'Langkah pengingat sudah lewat; langkah berikutnya berlaku.',
    en: 'The reminder step has passed; the next one applies.',
  },
  end_date_changed: { id: 'Tanggal akhir berubah.', en: 'The end date changed.' },
  delivery_failed: { id: 'Pengiriman gagal.', en: 'The delivery failed.' },
  suppressed: { id: 'Nomor ini meminta tidak dihubungi lagi.', en: 'This number asked not to be contacted any more.' },
  daily_cap: { id: 'Sudah ada pesan pada hari ini.', en: 'The person had as many messages today as one may have.' },
  not_reachable: {
    id: 'Orang ini tidak dapat dihubungi lewat kanal ini.',
    en: 'The provider cannot reach this person on this channel.',
  },
  channel_unavailable: { id: 'Kanal ini tidak terpasang.', en: 'This channel is not configured.' },
  template_refused: {
    id: 'Templat pesan ditolak penyedia; periksa persetujuannya.',
    en: 'The provider refuses the template of the message; look at its approval.',
  },
  delivery_unknown: {
    id: 'Belum diketahui apakah pesan terkirim; ditanyakan lagi.',
    en: 'Whether the message went out is not known yet; asked again.',
  },
  stop_reply: { id: 'Penerima membalas BERHENTI.', en: 'The receiver replied with BERHENTI (stop).' },
  other_campaign: {
    id: 'Perlindungan ini termasuk kampanye lain.',
    en: 'The cover belongs to another campaign.',
  },
  held_out: { id: 'Termasuk kelompok pembanding tanpa pesan.', en: 'Held out, to compare with those who are told.' },
  // Campaigns
  campaign_locked: {
    id: 'Kampanye sudah diluncurkan dan tidak dapat diubah; hentikan dan buat yang baru.',
    en: 'The campaign was launched and cannot be changed; stop it and make another.',
  },
  campaign_state: {
    id: 'Keadaan kampanye tidak mengizinkan ini.',
    en: 'The state of the campaign does not allow this.',
  },
  campaign_name_taken: { id: 'Nama kampanye sudah dipakai.', en: 'There is a campaign of this name.' },
  campaign_not_ready: {
    id: 'Kampanye belum dapat diluncurkan; perbaiki yang disebut.',
    en: 'The campaign cannot be launched yet; mend what is named.',
  },
  campaign_over: { id: 'Hari terakhir kampanye sudah lewat.', en: 'The last day of the campaign has passed.' },
  audience_unsaid: {
    id: 'Tanpa syarat berarti tidak seorang pun; tulis everyone: true bila semua dimaksud.',
    en: 'No condition means nobody; say everyone: true, and nothing beside it, where all are meant.',
  },
  audience_empty: { id: 'Tidak ada yang akan menerima pesan.', en: 'Nobody would get a message.' },
  text_variable_unknown: {
    id: 'Teks menyebut variabel yang tidak dikenal.',
    en: 'The text names a variable there is not.',
  },
  text_variable_missing: {
    id: 'Teks harus menyebut hari terakhir: {lastDay}.',
    en: 'The text must name the last day: {lastDay}.',
  },
  text_threatening: { id: 'Teks memuat kata yang mengancam.', en: 'The text has a threatening word.' },
  text_step_unknown: { id: 'Teks untuk langkah yang tidak ada.', en: 'A text of a step the campaign does not have.' },
  template_missing: {
    id: 'Teks ini belum tercatat sebagai templat yang disetujui penyedia WhatsApp.',
    en: 'The settings name no template that WhatsApp approved for this text.',
  },
  quiet_hours_impossible: {
    id: 'Jam kirim selalu jatuh pada jam tenang.',
    en: 'The hour of sending always falls into the quiet hours.',
  },
  test_recipients_none: {
    id: 'Belum ada penerima uji dalam pengaturan.',
    en: 'The settings list nobody for test messages.',
  },
  recipient_not_listed: {
    id: 'Penerima uji tidak ada dalam pengaturan.',
    en: 'The settings do not list this recipient of test messages.',
  },
  // What happens to workers
  event_contradiction: {
    id: 'Peristiwa ini sudah dicatat dengan isi lain.',
    en: 'This event is recorded already, and says something else.',
  },
  cover_running: {
    id: 'Perlindungan masih berjalan atau dalam masa tenggang.',
    en: 'The cover still runs, or is in grace.',
  },
  // What workers pay for themselves
  payment_received: {
    id: 'Pembayaran sudah diterima dan sedang diproses.',
    en: 'The payment has been received and is being processed.',
  },
  payment_unavailable: {
    id: 'Kanal pembayaran belum dapat memberi nomor pembayaran; coba lagi sebentar lagi.',
    en: 'The gateway gives no way to pay right now; try again in a moment.',
  },
  digest_stale: {
    id: 'Bulan berakhirnya perlindungan sudah lewat; ringkasan tidak dikirim.',
    en: 'The month in which the cover ended has passed; no digest is sent.',
  },
  nothing_to_renew: {
    id: 'Tidak ada pekerja dari donasi ini yang dapat diperpanjang sekarang.',
    en: 'No worker of this gift can be renewed now.',
  },
  // Requests
  not_found: { id: 'Tidak ditemukan.', en: 'Not found.' },
  not_allowed: { id: 'Tidak diizinkan.', en: 'Not allowed.' },
  duplicate_request: { id: 'Permintaan ini sudah dikerjakan.', en: 'This request was done before.' },
  invalid_request: { id: 'Permintaan tidak sah.', en: 'The request is not valid.' },
} as const satisfies Record<string, ReasonText>;

export type ReasonCode = keyof typeof REASONS;

export function reasonText(code: ReasonCode, language: 'id' | 'en' = 'en'): string {
  return REASONS[code][language];
}
