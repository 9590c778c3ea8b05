//! lampyrid
fn main() {}
