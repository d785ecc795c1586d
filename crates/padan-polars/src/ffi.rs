//! One array over the C Data Interface, each way.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html> fixes the layout of `ArrowArray` and `ArrowSchema`; arrow-rs and
//! polars each declare them `#[repr(C)]` with the same fields in the same order. The struct that is handed over owns its buffers by
//! its release callback, so exactly one side may drop it: `transmute` moves it and leaves nothing behind to be dropped.
#![allow(unsafe_code, reason = "the C Data Interface is crossed here and only here; see the crate's root")]

use arrow::array::{ArrayRef, make_array};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use polars_arrow::array::Array as PolarsArray;
use polars_arrow::datatypes::Field as PolarsField;
use polars_arrow::ffi as polars_ffi;

use crate::BridgeError;

const _: () = assert!(size_of::<FFI_ArrowArray>() == size_of::<polars_ffi::ArrowArray>());
const _: () = assert!(align_of::<FFI_ArrowArray>() == align_of::<polars_ffi::ArrowArray>());
const _: () = assert!(size_of::<FFI_ArrowSchema>() == size_of::<polars_ffi::ArrowSchema>());
const _: () = assert!(align_of::<FFI_ArrowSchema>() == align_of::<polars_ffi::ArrowSchema>());

/// An arrow-rs array as a polars one, sharing its buffers.
pub(crate) fn import(array: &ArrayRef) -> Result<Box<dyn PolarsArray>, BridgeError> {
    let (c_array, c_schema) = to_ffi(&array.to_data())?;
    // SAFETY: both types are the `#[repr(C)]` ArrowArray of the C Data Interface (sizes and alignments asserted above), and the
    // value is moved, so its release callback runs once.
    let c_array: polars_ffi::ArrowArray = unsafe { std::mem::transmute(c_array) };
    // SAFETY: as above, for ArrowSchema.
    let c_schema: polars_ffi::ArrowSchema = unsafe { std::mem::transmute(c_schema) };
    // SAFETY: `to_ffi` made a valid schema, which lives until the end of this function.
    let field = unsafe { polars_ffi::import_field_from_c(&c_schema) }?;
    // SAFETY: `to_ffi` made a valid array of exactly the type that its schema, read above, says.
    Ok(unsafe { polars_ffi::import_array_from_c(c_array, field.dtype) }?)
}

/// A polars array as an arrow-rs one, sharing its buffers.
pub(crate) fn export(array: Box<dyn PolarsArray>) -> Result<ArrayRef, BridgeError> {
    let field = PolarsField::new("".into(), array.dtype().clone(), true);
    let c_schema = polars_ffi::export_field_to_c(&field);
    let c_array = polars_ffi::export_array_to_c(array);
    // SAFETY: both types are the `#[repr(C)]` ArrowArray of the C Data Interface (sizes and alignments asserted above), and the
    // value is moved, so its release callback runs once.
    let c_array: FFI_ArrowArray = unsafe { std::mem::transmute(c_array) };
    // SAFETY: as above, for ArrowSchema.
    let c_schema: FFI_ArrowSchema = unsafe { std::mem::transmute(c_schema) };
    // SAFETY: polars exported the schema from the array's own type, so the two belong together and are valid.
    let data = unsafe { from_ffi(c_array, &c_schema) }?;
    Ok(make_array(data))
}
