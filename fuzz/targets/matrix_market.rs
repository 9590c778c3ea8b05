#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lampyrid_fuzz::show("matrix_market", bytes));
