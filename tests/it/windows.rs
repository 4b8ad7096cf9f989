//! What WeChat lets us send: five messages to a message, three to a scan, none to silence; and that nothing is lost,
//! doubled or out of order when a window shuts.

mod guides;
mod members;
