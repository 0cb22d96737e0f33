//! ninefold-queue
