//! lampyrid
