use crate::ApplyError;

/// How large the input of a target can become. An event has at most 1 MiB, but a template can name it many times.
pub const MAXIMUM_OUTPUT_BYTES: usize = 2 * 1_024 * 1_024;

/// A text that grows up to [`MAXIMUM_OUTPUT_BYTES`].
#[derive(Default)]
pub(crate) struct Output(String);

impl Output {
    pub(crate) fn push(&mut self, text: &str) -> Result<(), ApplyError> {
        if text.len() > MAXIMUM_OUTPUT_BYTES - self.0.len() {
            return Err(ApplyError::TooLarge {
                maximum: MAXIMUM_OUTPUT_BYTES,
            });
        }
        self.0.push_str(text);
        Ok(())
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}
