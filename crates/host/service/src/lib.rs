//! The live service: sockets, clock, disk and the page.
