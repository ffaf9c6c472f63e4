//! The R7-Office portal.

mod files;
