//! What a row says in the brand's own columns.

use super::super::columns::Own;
use super::{Cells, Known};
use crate::fields::rules::Values;

/// What stands there.
pub(super) fn fields_of(cells: &mut Cells, known: &Known) -> Values {
    let mut values = Values::new();
    for field in &known.fields {
        let own = Own::of(field.row.id, &field.row.name);
        let before = cells.problems.len();
        let cell = cells.get(&own.key);
        // What cannot be shown is told by the name of the field.
        if cells.problems.len() > before {
            cells.problems.truncate(before);
            cells.problem(&own.name, "太长，或有不能显示的字符，请修改");
        }
        match cell.map(|cell| field.read(cell)) {
            Some(Ok(value)) => {
                values.insert(field.row.id, value);
            }
            Some(Err(why)) => cells.problem(&own.name, why.told()),
            None => {}
        }
    }
    values
}
