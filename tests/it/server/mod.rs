//! The server on real sockets.

mod browser;
mod hangup;
mod large;
mod together;
mod wire;
