//! ninefold-sqs
