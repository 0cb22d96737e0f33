//! How many pushes to one target may be under way at one time: more while it answers quickly, fewer while it doesn't, so
//! that slow and dead targets hold next to nothing.

use std::time::Duration;

/// What a target that nothing is known of may have under way.
const FIRST: u32 = 8;
/// An answer that takes longer is a slow one.
const SLOW: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Window {
    size: u32,
}

impl Window {
    pub(crate) fn new() -> Self {
        Window { size: FIRST }
    }

    /// The most pushes that may be under way, at least 1.
    pub(crate) fn size(&self, limit: u32) -> u32 {
        self.size.min(limit).max(1)
    }

    /// A push has ended.
    pub(crate) fn ended(&mut self, is_success: bool, took: Duration, limit: u32) {
        self.size = if is_success && took < SLOW {
            self.size.saturating_add(1).min(limit.max(1))
        } else {
            (self.size / 2).max(1)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_what_the_target_can_do() {
        let mut window = Window::new();
        assert_eq!(window.size(100), 8);
        assert_eq!(window.size(4), 4);
        for _ in 0..200 {
            window.ended(true, Duration::from_millis(5), 64);
        }
        assert_eq!(window.size(64), 64);
        for _ in 0..3 {
            window.ended(true, Duration::from_secs(2), 64);
        }
        assert_eq!(window.size(64), 8);
        for _ in 0..10 {
            window.ended(false, Duration::from_millis(5), 64);
        }
        assert_eq!(window.size(64), 1);
        window.ended(true, Duration::from_millis(5), 64);
        assert_eq!(window.size(64), 2);
    }
}
