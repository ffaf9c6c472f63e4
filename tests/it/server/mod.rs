//! The server on real sockets.

mod browser;
mod crowd;
mod hangup;
mod large;
mod together;
mod wire;
