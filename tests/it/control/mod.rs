//! The control plane, row by row of the contract.

mod clock;
mod mistakes;
mod repeat;
mod state;
mod worlds;
