//! Message templates that an account has picked.

/// Which of the platform's mechanisms a template belongs to; ids do not cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mechanism {
    /// Template messages of a service account.
    Message,
    /// Subscription notices.
    Notice,
}

/// One picked template.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) mechanism: Mechanism,
    pub(crate) title: String,
    /// With `{{thing1.DATA}}` in it.
    pub(crate) content: String,
}
