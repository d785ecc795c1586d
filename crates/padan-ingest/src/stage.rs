//! Rows on their way into batches, and the count that must close.
//!
//! A reader calls `next_row` for every data row and then either `quarantine_row` or the cells and `end_row`; nothing else changes the
//! account. Blank cells become null here, and a NIK in exponent form is flagged here, so every container is treated alike.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Int16Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::SchemaRef;
use padan_config::SourceProfile;
use padan_model::{Field, staged_schema};

use crate::account::{IngestReport, IngestWarning, QuarantinedRow};
use crate::cell::{clean, cut, is_exponent};
use crate::header::HeaderMap;
use crate::{IngestError, Limits};

/// A batch is sent early at this size: cells may be large, and a column's offsets are 32 bits.
const BATCH_BYTES: usize = 64 << 20;

/// Where batches go.
pub(crate) type Sink<'a> = dyn FnMut(RecordBatch) -> Result<(), IngestError> + 'a;

/// The rows of one source being staged.
pub(crate) struct Stage<'a> {
    pub(crate) profile: &'a SourceProfile,
    pub(crate) limits: &'a Limits,
    pub(crate) report: IngestReport,
    sink: &'a mut Sink<'a>,
    schema: SchemaRef,
    nik_slot: Option<usize>,
    rows: Int64Builder,
    nik_numeric: BooleanBuilder,
    columns: Vec<StringBuilder>,
    pmt_filled: Int16Builder,
    pmt_missing: StringBuilder,
    batch_rows: usize,
    staged_in_batch: usize,
    staged_bytes: usize,
    numeric: bool,
    filled: i16,
    missing: String,
    row: i64,
    file: String,
    counts: Counts,
    raw_left: usize,
}

/// Rows of the file being read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) read: i64,
    pub(crate) staged: i64,
    pub(crate) quarantined: i64,
}

impl<'a> Stage<'a> {
    pub(crate) fn new(profile: &'a SourceProfile, limits: &'a Limits, sink: &'a mut Sink<'a>) -> Self {
        let fields = profile.fields();
        let columns = fields.iter().map(|_| StringBuilder::new()).collect();
        Self {
            profile,
            limits,
            report: IngestReport::default(),
            sink,
            schema: staged_schema(&fields, !profile.pmt.is_empty()),
            nik_slot: fields.iter().position(|field| *field == Field::Nik),
            rows: Int64Builder::new(),
            nik_numeric: BooleanBuilder::new(),
            columns,
            pmt_filled: Int16Builder::new(),
            pmt_missing: StringBuilder::new(),
            batch_rows: limits.batch_rows.clamp(1, 16_384),
            staged_in_batch: 0,
            staged_bytes: 0,
            numeric: false,
            filled: 0,
            missing: String::new(),
            row: 0,
            file: String::new(),
            counts: Counts::default(),
            raw_left: limits.raw_total_bytes,
        }
    }

    /// Starts a file; rows are counted on.
    pub(crate) fn begin_file(&mut self, file: &str) {
        file.clone_into(&mut self.file);
        self.counts = Counts::default();
    }

    /// What was counted since `begin_file`.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    pub(crate) fn warn(&mut self, message: impl Into<String>) {
        let message = message.into();
        self.report.warnings.push(IngestWarning { file: self.file.clone(), message });
    }

    /// Counts a data row and gives its number.
    pub(crate) fn next_row(&mut self) -> i64 {
        self.row += 1;
        self.counts.read += 1;
        self.row
    }

    /// Refuses row `row` whole.
    pub(crate) fn quarantine_row(
        &mut self,
        row: i64,
        byte_offset: Option<u64>,
        column: Option<String>,
        reason: impl Into<String>,
        raw: Option<&str>,
    ) {
        self.counts.quarantined += 1;
        self.quarantine(row, byte_offset, column, reason.into(), raw);
    }

    /// Refuses a cell of a row that is staged.
    pub(crate) fn quarantine_cell(&mut self, row: i64, column: String, reason: impl Into<String>, raw: Option<&str>) {
        self.quarantine(row, None, Some(column), reason.into(), raw);
    }

    fn quarantine(&mut self, row: i64, byte_offset: Option<u64>, column: Option<String>, reason: String, raw: Option<&str>) {
        let raw = raw.map(|text| cut(text, self.limits.raw_chars)).filter(|text| text.len() <= self.raw_left);
        self.raw_left -= raw.as_ref().map_or(0, String::len);
        let byte_offset = byte_offset.map(|offset| offset as i64);
        self.report.quarantine.push(QuarantinedRow { file: self.file.clone(), row, byte_offset, column, reason, raw });
    }

    /// Gives the field `slot` (in `SourceProfile::fields` order) of the row that `end_row` will close; `number` where a spreadsheet held a number.
    pub(crate) fn field(&mut self, slot: usize, text: &str, number: bool) {
        let value = clean(text);
        if Some(slot) == self.nik_slot && value.is_some_and(|nik| number || is_exponent(nik)) {
            self.numeric = true;
        }
        self.staged_bytes += value.map_or(0, str::len);
        self.columns[slot].append_option(value);
    }

    /// Says whether the PMT variable `index` of the profile is filled. All must be said where the file has any.
    pub(crate) fn pmt(&mut self, index: usize, filled: bool) {
        if filled {
            self.filled = self.filled.saturating_add(1);
            return;
        }
        if !self.missing.is_empty() {
            self.missing.push(',');
        }
        self.missing.push_str(&self.profile.pmt[index]);
    }

    /// Stages the row; fields not given are null.
    pub(crate) fn end_row(&mut self, row: i64, header: &HeaderMap) -> Result<(), IngestError> {
        self.rows.append_value(row);
        self.nik_numeric.append_value(self.numeric);
        self.staged_in_batch += 1;
        for column in &mut self.columns {
            if arrow::array::ArrayBuilder::len(column) < self.staged_in_batch {
                column.append_null();
            }
        }
        if !self.profile.pmt.is_empty() {
            if header.has_pmt() {
                self.pmt_filled.append_value(self.filled);
                self.pmt_missing.append_value(&self.missing);
            } else {
                self.pmt_filled.append_null();
                self.pmt_missing.append_null();
            }
        }
        self.numeric = false;
        self.filled = 0;
        self.missing.clear();
        self.counts.staged += 1;
        if self.staged_in_batch == self.batch_rows || self.staged_bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Sends what is staged.
    pub(crate) fn flush(&mut self) -> Result<(), IngestError> {
        if self.staged_in_batch == 0 {
            return Ok(());
        }
        self.staged_in_batch = 0;
        self.staged_bytes = 0;
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(self.rows.finish()), Arc::new(self.nik_numeric.finish())];
        arrays.extend(self.columns.iter_mut().map(|column| {
            // The next batch is about as long: grown from nothing, a column would be copied ten times over.
            let next = StringBuilder::with_capacity(self.batch_rows, column.values_slice().len() * 9 / 8);
            Arc::new(std::mem::replace(column, next).finish()) as ArrayRef
        }));
        if !self.profile.pmt.is_empty() {
            arrays.push(Arc::new(self.pmt_filled.finish()));
            arrays.push(Arc::new(self.pmt_missing.finish()));
        }
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays)
            .map_err(|error| IngestError::Bug { what: format!("staged columns: {error}") })?;
        (self.sink)(batch)
    }
}
