//! What is known of telephones: an account's settings and spending, who wants no messages, and who has been verified.

use std::collections::BTreeMap;
use std::sync::Arc;

use ninefold_catalog::{Catalog, CatalogError, Change, Record, Store, Table};
use ninefold_outbound_sms::PhoneNumber;
use ninefold_protocol::{AccountId, Region};
use serde::{Deserialize, Serialize};

use crate::arn::TopicArn;

/// Account, region -> [`SmsRecord`].
pub(crate) const SMS_SETTINGS: Table = Table::new(32, "sns.sms-settings");
/// Account, region, number -> [`OptOutRecord`].
pub(crate) const OPTED_OUT: Table = Table::new(33, "sns.opted-out");
/// Account, region, number -> [`SandboxRecord`].
pub(crate) const SANDBOX: Table = Table::new(34, "sns.sandbox-numbers");

/// Whose text messages they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

impl Owner {
    /// Who a topic's messages are at the expense of.
    pub(crate) fn of(topic: &TopicArn) -> Self {
        Owner {
            account: topic.account,
            region: topic.region.clone(),
        }
    }

    /// The owner's key in the catalog.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.account, self.region)
    }

    /// The key of something about a number.
    pub(crate) fn key_of(&self, number: &PhoneNumber) -> String {
        format!("{}/{}/{number}", self.account, self.region)
    }

    /// Reads [`Owner::key`] back.
    pub(crate) fn from_key(key: &str) -> Option<Self> {
        let (account, region) = key.split_once('/')?;
        Some(Owner {
            account: AccountId::parse(account).ok()?,
            region: Region::parse(region).ok()?,
        })
    }
}

/// An account's settings, and what it has spent.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmsRecord {
    pub(crate) attributes: BTreeMap<String, String>,
    /// The month that spending is counted in: months since 1970.
    month: u64,
    /// Parts sent in that month.
    parts: u64,
}

impl Record for SmsRecord {
    const FORMAT: u8 = 1;
}

/// Somebody who wants no messages.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptOutRecord {
    pub(crate) since_seconds: u64,
}

impl Record for OptOutRecord {
    const FORMAT: u8 = 1;
}

/// A number that messages can be sent to from the sandbox, once it is verified.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SandboxRecord {
    pub(crate) created_at_seconds: u64,
    pub(crate) is_verified: bool,
    /// What was sent to the number, to be told by whoever has it.
    pub(crate) one_time_password: String,
    /// Wrong passwords given since.
    pub(crate) wrong_attempts: u32,
}

impl Record for SandboxRecord {
    const FORMAT: u8 = 1;
}

/// Telephones and those who write to them.
pub(crate) struct Phones {
    pub(crate) settings: Catalog<SmsRecord>,
    pub(crate) opted_out: Catalog<OptOutRecord>,
    pub(crate) sandbox: Catalog<SandboxRecord>,
}

impl Phones {
    pub(crate) fn open(store: &Arc<dyn Store>) -> Result<Self, CatalogError> {
        Ok(Phones {
            settings: Catalog::open(Arc::clone(store), SMS_SETTINGS)?,
            opted_out: Catalog::open(Arc::clone(store), OPTED_OUT)?,
            sandbox: Catalog::open(Arc::clone(store), SANDBOX)?,
        })
    }

    /// An account's attributes.
    pub(crate) fn settings(&self, owner: &Owner) -> BTreeMap<String, String> {
        let record = self.settings.get(owner.key().as_bytes());
        record.map(|record| record.attributes.clone()).unwrap_or_default()
    }

    /// Whether anything may be sent to a number.
    pub(crate) fn may_send(
        &self,
        owner: &Owner,
        number: &PhoneNumber,
        is_sandbox: bool,
    ) -> Result<(), String> {
        let key = owner.key_of(number);
        if self.opted_out.get(key.as_bytes()).is_some() {
            return Err("Phone number is opted out".to_owned());
        }
        let is_verified = || {
            let record = self.sandbox.get(key.as_bytes());
            record.is_some_and(|record| record.is_verified)
        };
        match is_sandbox && !is_verified() {
            true => Err("the account is in the SMS sandbox and the number is not verified".to_owned()),
            false => Ok(()),
        }
    }

    /// Counts what is about to be sent, where it costs something and the account may still spend that much in this month. Counted
    /// beforehand, since others are about to be sent at the same time.
    pub(crate) async fn spend(
        &self,
        owner: &Owner,
        parts: u64,
        price: f64,
        now_seconds: u64,
    ) -> Result<(), SpendError> {
        if price <= 0.0 {
            return Ok(());
        }
        let month = month_of(now_seconds);
        let key = owner.key();
        let spent = self.settings.change(key.as_bytes(), |current| {
            let mut record = current.map_or_else(SmsRecord::default, |record| SmsRecord::clone(record));
            if record.month != month {
                (record.month, record.parts) = (month, 0);
            }
            record.parts += parts;
            let limit = record.attributes.get("MonthlySpendLimit");
            let limit = limit.and_then(|limit| limit.parse::<f64>().ok());
            match limit.is_some_and(|limit| record.parts as f64 * price > limit) {
                true => Err(SpendError::NoQuota),
                false => Ok(Change::Put(record)),
            }
        });
        spent.await.map(drop)
    }

    /// Takes back what was counted and then not sent.
    pub(crate) async fn refund(&self, owner: &Owner, parts: u64, price: f64) -> Result<(), CatalogError> {
        if price <= 0.0 {
            return Ok(());
        }
        let key = owner.key();
        let refunded = self.settings.change::<CatalogError>(key.as_bytes(), |current| {
            Ok(match current {
                Some(record) => Change::Put(SmsRecord {
                    parts: record.parts.saturating_sub(parts),
                    ..SmsRecord::clone(record)
                }),
                None => Change::Keep,
            })
        });
        refunded.await.map(drop)
    }
}

/// Why nothing may be spent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SpendError {
    /// The account has spent what it may.
    #[error("No quota left for account")]
    NoQuota,
    /// What was spent could not be counted.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// Reads a telephone number; separators are left out.
pub(crate) fn read_number(text: &str) -> Option<PhoneNumber> {
    if !crate::destination::is_phone_number(text) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    PhoneNumber::from_digits(&digits).ok()
}

/// Months since 1970, by the calendar.
fn month_of(now_seconds: u64) -> u64 {
    // Days to a date, as in "chrono-Compatible Low-Level Date Algorithms" (Howard Hinnant), with March as the first month.
    let days = now_seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + month_from_march
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_the_calendar() {
        // 2026-11-30T23:59:59Z, 2026-12-01T00:00:00Z, 2026-12-31T23:59:59Z, 2027-01-01T00:00:00Z, 2028-02-29, 2028-03-01
        let months = [
            1_796_083_199,
            1_796_083_200,
            1_798_761_599,
            1_798_761_600,
            1_835_395_200,
            1_835_481_600,
        ]
        .map(month_of);
        let first = months[0];
        assert_eq!(months.map(|month| month - first), [0, 1, 1, 2, 15, 16]);
    }

    #[test]
    fn separators_of_numbers_are_left_out() {
        let number = read_number("+1 (555) 010-0100").unwrap();
        assert_eq!(number.to_string(), "+15550100100");
        assert!(read_number("12+3").is_none());
    }
}
