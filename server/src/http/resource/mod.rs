//! The resources, a file each.

pub mod demo;
pub mod devices;
pub mod downlinks;
pub mod encoders;
pub mod ingestion;
pub mod parts;
pub mod problems;
