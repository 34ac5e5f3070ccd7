//! Tests of the metrics: cases by hand, and what must hold for all.

mod calibration;
mod estimates;
mod exposure;
mod records;
