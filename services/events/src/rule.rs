//! A rule, ready for use.

use std::sync::Arc;

use ninefold_event_pattern::EventPattern;
use ninefold_protocol::ServiceError;
use ninefold_schedule::Schedule;

use crate::arn::RuleArn;
use crate::errors;
use crate::record::RuleRecord;
use crate::target::Target;

/// A rule of a bus.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) arn: RuleArn,
    pub(crate) record: Arc<RuleRecord>,
    /// What events it takes; without one, it takes none but those of its schedule.
    pub(crate) pattern: Option<EventPattern>,
    pub(crate) schedule: Option<Schedule>,
    pub(crate) targets: Vec<Arc<Target>>,
}

impl Rule {
    /// Makes a stored rule ready for use.
    ///
    /// # Errors
    ///
    /// If its pattern or a target is not valid, which it was when it was stored.
    pub(crate) fn read(arn: RuleArn, record: Arc<RuleRecord>) -> Result<Self, ServiceError> {
        let pattern = record.event_pattern.as_deref().map(read_pattern).transpose()?;
        let role = record.role_arn.as_deref();
        let targets = record
            .targets
            .iter()
            .map(|target| Target::read(&arn, role, target.clone()).map(Arc::new));
        Ok(Rule {
            targets: targets.collect::<Result<_, _>>()?,
            pattern,
            schedule: record.schedule.as_deref().map(read_schedule).transpose()?,
            arn,
            record,
        })
    }
}

/// Reads a schedule expression.
///
/// # Errors
///
/// `ValidationException`; AWS doesn't say what is wrong with it.
pub(crate) fn read_schedule(expression: &str) -> Result<Schedule, ServiceError> {
    Schedule::parse(expression).map_err(|_| errors::invalid_parameter("ScheduleExpression"))
}

/// Reads an event pattern.
///
/// # Errors
///
/// `InvalidEventPatternException`.
pub(crate) fn read_pattern(json: &str) -> Result<EventPattern, ServiceError> {
    EventPattern::parse(json).map_err(errors::invalid_pattern)
}
