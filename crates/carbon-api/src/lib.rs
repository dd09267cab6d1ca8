//! The wire types of the CodeCarbon API, shared by client and server: what is sent, not how.
