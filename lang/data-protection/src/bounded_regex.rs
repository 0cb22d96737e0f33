use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::hybrid::regex::{self, Regex};
use regex_automata::nfa::thompson;
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// How large a compiled expression may get.
const MAXIMUM_PROGRAM_BYTES: usize = 64 * 1024;
const MAXIMUM_NESTING: u32 = 20;
/// How much memory the automaton's states may take, for each of the two directions and each thread that searches.
const MAXIMUM_STATES_BYTES: usize = 256 * 1024;
/// How often the states may be thrown away and made again while one message is searched.
const MAXIMUM_STATES_REMADE: usize = 3;
/// How many steps, of a byte each, a search may take for each byte of the message. Matches can't overlap, but for each
/// of them an engine may have to look beyond its end: for `.*x|y` in a text of `y`s, to the end of the text.
const MAXIMUM_STEPS_PER_BYTE: usize = 32;

/// A regular expression of somebody else's, which takes time in proportion to the text whatever the two are.
///
/// `regex` promises that for one search, but not for all matches: those can take time in the square of the text. So the
/// automaton is stepped by hand, and steps are counted.
#[derive(Clone)]
pub(crate) struct BoundedRegex {
    regex: Arc<Regex>,
    caches: Arc<Pool<regex::Cache, CreateCache>>,
}

type CreateCache =
    Box<dyn Fn() -> regex::Cache + Send + Sync + std::panic::UnwindSafe + std::panic::RefUnwindSafe>;

/// A search took too many steps, or needed too many states.
struct Exhausted;

impl BoundedRegex {
    /// Compiles an expression in the syntax of the `regex` crate, in which `.` is a character.
    ///
    /// # Errors
    /// What is wrong with the expression, or that it is too complicated.
    pub(crate) fn new(expression: &str) -> Result<Self, String> {
        // Tells what is wrong in the syntax; the builder below only that it is.
        regex_syntax::ParserBuilder::new()
            .nest_limit(MAXIMUM_NESTING)
            .build()
            .parse(expression)
            .map_err(|error| error.to_string())?;
        let regex = Regex::builder()
            .syntax(syntax::Config::new().nest_limit(MAXIMUM_NESTING))
            .thompson(thompson::Config::new().nfa_size_limit(Some(MAXIMUM_PROGRAM_BYTES)))
            .dfa(
                Config::new()
                    .cache_capacity(MAXIMUM_STATES_BYTES)
                    .minimum_cache_clear_count(Some(MAXIMUM_STATES_REMADE)),
            )
            .build(expression)
            .map_err(|_| "the regular expression is too complicated".to_owned())?;
        let regex = Arc::new(regex);
        let create: CreateCache = {
            let regex = Arc::clone(&regex);
            Box::new(move || regex.create_cache())
        };
        Ok(Self {
            regex,
            caches: Arc::new(Pool::new(create)),
        })
    }

    /// All matches that aren't empty, in order, disjoint, on character boundaries. If to find them takes too long, all
    /// that hasn't been searched counts as one more match.
    pub(crate) fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        let mut caches = self.caches.get();
        let mut found = Vec::new();
        let mut search = Search {
            text,
            steps_left: text.len().saturating_mul(MAXIMUM_STEPS_PER_BYTE),
        };
        let mut position = 0;
        while position < text.len() {
            match search.next(&self.regex, &mut caches, position) {
                Ok(None) => break,
                Ok(Some(range)) if range.is_empty() => position = text.ceil_char_boundary(range.end + 1),
                Ok(Some(range)) => {
                    position = range.end;
                    found.push(range);
                }
                Err(Exhausted) => {
                    found.push(position..text.len());
                    break;
                }
            }
        }
        let was_cleared = caches.forward().clear_count() > 0 || caches.reverse().clear_count() > 0;
        if was_cleared {
            // The next message has all its attempts again.
            self.regex.reset_cache(&mut caches);
        }
        found
    }
}

impl fmt::Debug for BoundedRegex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BoundedRegex").finish_non_exhaustive()
    }
}

/// The search of a text.
struct Search<'text> {
    text: &'text str,
    steps_left: usize,
}

impl Search<'_> {
    /// The next match from a position on.
    fn next(
        &mut self,
        regex: &Regex,
        caches: &mut regex::Cache,
        position: usize,
    ) -> Result<Option<Range<usize>>, Exhausted> {
        let (forward, reverse) = caches.as_parts_mut();
        let Some(end) = self.end(regex.forward(), forward, position)? else {
            return Ok(None);
        };
        let start = self.start(regex.reverse(), reverse, position..end)?;
        Ok(Some(start..end))
    }

    /// Where the leftmost match from a position on ends.
    fn end(&mut self, dfa: &DFA, cache: &mut Cache, position: usize) -> Result<Option<usize>, Exhausted> {
        let input = Input::new(self.text).range(position..);
        let mut state = dfa.start_state_forward(cache, &input).map_err(|_| Exhausted)?;
        let mut end = None;
        for (offset, byte) in self.text.as_bytes()[position..].iter().enumerate() {
            self.step()?;
            state = dfa.next_state(cache, state, *byte).map_err(|_| Exhausted)?;
            // A state tells of the match that ended before the byte that led to it.
            if state.is_match() {
                end = Some(position + offset);
            } else if state.is_dead() {
                return Ok(end);
            } else if state.is_quit() {
                return Err(Exhausted);
            }
        }
        let state = dfa.next_eoi_state(cache, state).map_err(|_| Exhausted)?;
        Ok(if state.is_match() {
            Some(self.text.len())
        } else {
            end
        })
    }

    /// Where the match that ends with a range starts in it.
    fn start(&mut self, dfa: &DFA, cache: &mut Cache, range: Range<usize>) -> Result<usize, Exhausted> {
        let bytes = self.text.as_bytes();
        let input = Input::new(self.text).range(range.clone()).anchored(Anchored::Yes);
        let mut state = dfa.start_state_reverse(cache, &input).map_err(|_| Exhausted)?;
        let mut start = range.end;
        for position in range.clone().rev() {
            self.step()?;
            state = dfa
                .next_state(cache, state, bytes[position])
                .map_err(|_| Exhausted)?;
            if state.is_match() {
                start = position + 1;
            } else if state.is_dead() {
                return Ok(start);
            } else if state.is_quit() {
                return Err(Exhausted);
            }
        }
        let state = match range.start.checked_sub(1) {
            Some(before) => dfa.next_state(cache, state, bytes[before]),
            None => dfa.next_eoi_state(cache, state),
        };
        let is_match = state.map_err(|_| Exhausted)?.is_match();
        Ok(if is_match { range.start } else { start })
    }

    fn step(&mut self) -> Result<(), Exhausted> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The matches of an expression, as their starts and ends.
    fn found(regex: &BoundedRegex, text: &str) -> Vec<(usize, usize)> {
        regex
            .find_all(text)
            .into_iter()
            .map(|range| (range.start, range.end))
            .collect()
    }

    #[test]
    fn what_takes_too_long_counts_as_found() {
        let quadratic = BoundedRegex::new(".*x|y").unwrap();
        let ends: Vec<_> = found(&quadratic, &"y".repeat(10_000));
        assert!(ends.len() < 100, "{}", ends.len());
        assert_eq!(ends.last().map(|(_, end)| *end), Some(10_000));
        // Where each search ends with a match, the same expression is quick.
        assert_eq!(found(&quadratic, &"yx".repeat(5000)), [(0, 10_000)]);

        // A text that needs ever more states: the match may have begun at any `a`, of which no two stretches have the
        // same.
        let explosive = BoundedRegex::new("a[ab]{200}c").unwrap();
        let mut state = 1_u64;
        let text: String = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            if state >> 63 == 0 { 'a' } else { 'b' }
        })
        .take(100_000)
        .collect();
        assert_eq!(found(&explosive, &text), [(0, 100_000)]);
        // That doesn't spoil the expression for other texts.
        let other = format!("bba{}cbb", "b".repeat(200));
        assert_eq!(found(&explosive, &other), [(2, 204)]);
    }

    #[test]
    fn expressions_are_limited() {
        for expression in [
            "(",
            "a**{",
            ".{1000}",
            "a{100}{100}{10}",
            "[",
            "(((((((((((((((((((((a)))))))))))))))))))))",
        ] {
            assert!(BoundedRegex::new(expression).is_err(), "{expression}");
        }
    }

    proptest! {
        /// The same matches as those of the `regex` crate.
        #[test]
        fn matches_are_those_of_regex(
            expression in "([ab.é]|[ab]\\*|\\[ab\\]\\+|a\\{1,2\\}|\\^|\\$|\\||\\(\\?-u:\\\\b\\)|\\[\\^a\\]\\?){1,6}",
            text in "[abcé€ \n]{0,40}",
        ) {
            let (Ok(bounded), Ok(regex)) = (BoundedRegex::new(&expression), ::regex::Regex::new(&expression)) else {
                return Ok(());
            };
            let expected: Vec<_> = regex
                .find_iter(&text)
                .map(|found| found.range())
                .filter(|range| !range.is_empty())
                .collect();
            prop_assert_eq!(bounded.find_all(&text), expected);
        }
    }
}
