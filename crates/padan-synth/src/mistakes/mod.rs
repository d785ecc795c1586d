//! What offices do to true values when they write them down: one file for each kind of value.

mod birth;
mod line;
mod name;
mod nik;
mod place;
mod spelling;

pub(crate) use birth::miswrite_birth;
pub(crate) use line::LineBreaker;
pub(crate) use name::{Bearer, miswrite_name, typing_error};
pub(crate) use nik::{Miswritten, miswrite_nik, wrong_digit};
pub(crate) use place::{Line, RegionStyle, address_line, region, title_case as place_title_case};
pub(crate) use spelling::Spellings;
