//! The client of the CodeCarbon API: calls, a durable spool, and a sender in the background.
