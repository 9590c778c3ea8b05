//! Pictures: what is on them, in either form, and whether they look as they should.

mod labels;
mod pictures;
mod references;
mod samples;
mod support;
