//! What goes wrong here ends the run with a sentence.

/// A fault with its sentence.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// The result of a step.
pub type Done<T> = Result<T, Fault>;
