use std::fmt;

use crate::{SmsError, SmsErrorKind};

/// How a request went: `command_status` (SMPP 3.4, section 5.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Status(pub(super) u32);

/// What to do about a message that got a status.
#[derive(Clone, Copy)]
enum Remedy {
    /// Send the same again later.
    Retry,
    /// Send less.
    SlowDown,
    /// Nothing.
    GiveUp,
}

/// The statuses that a message can get, by the names of the specification.
const STATUSES: [(u32, &str, Remedy); 37] = [
    (0x01, "ESME_RINVMSGLEN", Remedy::GiveUp),
    (0x02, "ESME_RINVCMDLEN", Remedy::GiveUp),
    (0x03, "ESME_RINVCMDID", Remedy::GiveUp),
    (0x04, "ESME_RINVBNDSTS", Remedy::Retry),
    (0x05, "ESME_RALYBND", Remedy::Retry),
    (0x06, "ESME_RINVPRTFLG", Remedy::GiveUp),
    (0x07, "ESME_RINVREGDLVFLG", Remedy::GiveUp),
    (0x08, "ESME_RSYSERR", Remedy::Retry),
    (0x0A, "ESME_RINVSRCADR", Remedy::GiveUp),
    (0x0B, "ESME_RINVDSTADR", Remedy::GiveUp),
    (0x0C, "ESME_RINVMSGID", Remedy::GiveUp),
    (0x0D, "ESME_RBINDFAIL", Remedy::Retry),
    (0x0E, "ESME_RINVPASWD", Remedy::Retry),
    (0x0F, "ESME_RINVSYSID", Remedy::Retry),
    (0x14, "ESME_RMSGQFUL", Remedy::SlowDown),
    (0x15, "ESME_RINVSERTYP", Remedy::GiveUp),
    (0x43, "ESME_RINVESMCLASS", Remedy::GiveUp),
    (0x45, "ESME_RSUBMITFAIL", Remedy::Retry),
    (0x48, "ESME_RINVSRCTON", Remedy::GiveUp),
    (0x49, "ESME_RINVSRCNPI", Remedy::GiveUp),
    (0x50, "ESME_RINVDSTTON", Remedy::GiveUp),
    (0x51, "ESME_RINVDSTNPI", Remedy::GiveUp),
    (0x53, "ESME_RINVSYSTYP", Remedy::Retry),
    (0x54, "ESME_RINVREPFLAG", Remedy::GiveUp),
    (0x58, "ESME_RTHROTTLED", Remedy::SlowDown),
    (0x61, "ESME_RINVSCHED", Remedy::GiveUp),
    (0x62, "ESME_RINVEXPIRY", Remedy::GiveUp),
    (0x63, "ESME_RINVDFTMSGID", Remedy::GiveUp),
    (0x64, "ESME_RX_T_APPN", Remedy::Retry),
    (0x65, "ESME_RX_P_APPN", Remedy::GiveUp),
    (0x66, "ESME_RX_R_APPN", Remedy::GiveUp),
    (0xC0, "ESME_RINVOPTPARSTREAM", Remedy::GiveUp),
    (0xC1, "ESME_ROPTPARNOTALLWD", Remedy::GiveUp),
    (0xC2, "ESME_RINVPARLEN", Remedy::GiveUp),
    (0xC3, "ESME_RMISSINGOPTPARAM", Remedy::GiveUp),
    (0xC4, "ESME_RINVOPTPARAMVAL", Remedy::GiveUp),
    (0xFF, "ESME_RUNKNOWNERR", Remedy::Retry),
];

impl Status {
    pub(super) const OK: Status = Status(0);
    pub(super) const INVALID_COMMAND_LENGTH: Status = Status(0x02);
    pub(super) const INVALID_COMMAND_ID: Status = Status(0x03);
    /// This client can't take a message now.
    pub(super) const TEMPORARY_APPLICATION_ERROR: Status = Status(0x64);

    fn known(self) -> Option<(&'static str, Remedy)> {
        let known = STATUSES.iter().find(|(code, ..)| *code == self.0);
        known.map(|(_, name, remedy)| (*name, *remedy))
    }

    /// What becomes of a message that got this status instead of 0.
    ///
    /// A status that the specification doesn't have, as many message centres use, is transient: nobody can know.
    pub(super) fn into_error(self) -> SmsError {
        let kind = match self.known() {
            Some((_, Remedy::GiveUp)) => SmsErrorKind::Permanent,
            Some((_, Remedy::SlowDown)) => SmsErrorKind::Throttled { retry_after: None },
            Some((_, Remedy::Retry)) | None => SmsErrorKind::Transient,
        };
        SmsError {
            kind,
            reason: format!("the message centre refused the message: {self}"),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((name, _)) => write!(formatter, "{name} (0x{:02X})", self.0),
            None => write!(formatter, "status 0x{:02X}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_to_do() {
        let throttled = SmsErrorKind::Throttled { retry_after: None };
        for (status, kind, text) in [
            (0x0B, SmsErrorKind::Permanent, "ESME_RINVDSTADR (0x0B)"),
            (0x66, SmsErrorKind::Permanent, "ESME_RX_R_APPN (0x66)"),
            (0x08, SmsErrorKind::Transient, "ESME_RSYSERR (0x08)"),
            (0x58, throttled, "ESME_RTHROTTLED (0x58)"),
            (0x14, throttled, "ESME_RMSGQFUL (0x14)"),
            (0x402, SmsErrorKind::Transient, "status 0x402"),
        ] {
            let error = Status(status).into_error();
            assert_eq!(error.kind, kind, "{text}");
            assert!(error.reason.ends_with(text), "{}", error.reason);
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(STATUSES.is_sorted_by(|(before, ..), (after, ..)| before < after));
    }
}
