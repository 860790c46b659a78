//! parents
