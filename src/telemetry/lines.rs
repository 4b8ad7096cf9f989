//! Log lines with the id of the request they belong to. No span is opened for a request: opening, filling and closing one
//! costs more than all else that is done for a push beside its database work, and most requests log nothing.

use std::fmt;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::FmtContext;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::registry::LookupSpan;

use super::request::RequestId;

/// For people: the id before the line.
pub(super) struct Leading<F>(pub F);

/// For programs: the id as the first field of a line of JSON.
pub(super) struct Within<F>(pub F);

impl<S, N, F> FormatEvent<S, N> for Leading<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if let Some(id) = RequestId::current() {
            write!(writer, "{id} ")?;
        }
        self.0.format_event(ctx, writer, event)
    }
}

impl<S, N, F> FormatEvent<S, N> for Within<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let Some(id) = RequestId::current() else {
            return self.0.format_event(ctx, writer, event);
        };
        let mut line = String::new();
        self.0.format_event(ctx, Writer::new(&mut line), event)?;
        match line.strip_prefix('{') {
            // An id needs no escaping: see RequestId.
            Some(rest) => write!(writer, "{{\"request.id\":\"{id}\",{rest}"),
            None => writer.write_str(&line),
        }
    }
}
