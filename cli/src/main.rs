//! The `downlink` tool.
fn main() {}
