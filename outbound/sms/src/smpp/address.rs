use super::pdu::{Address, CText};
use crate::{PhoneNumber, Sender};

/// What kind of number an address is (SMPP 3.4, section 5.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TypeOfNumber {
    /// The message centre decides.
    Unknown = 0,
    /// With a country code.
    International = 1,
    /// Without a country code.
    National = 2,
    /// Of one network, such as a short code.
    NetworkSpecific = 3,
    /// Of one subscriber.
    Subscriber = 4,
    /// A name.
    Alphanumeric = 5,
    /// Abbreviated.
    Abbreviated = 6,
}

/// Which plan a number belongs to (SMPP 3.4, section 5.2.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum NumberingPlan {
    /// The message centre decides.
    Unknown = 0,
    /// Telephones: E.163 and E.164.
    Isdn = 1,
    /// Data: X.121.
    Data = 3,
    /// Telex: F.69.
    Telex = 4,
    /// Mobile stations: E.212.
    LandMobile = 6,
    /// National.
    National = 8,
    /// Private.
    Private = 9,
    /// Pagers.
    Ermes = 10,
    /// Internet addresses.
    Internet = 14,
    /// WAP clients.
    WapClient = 18,
}

/// Who messages are from that don't say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmppAddress {
    /// What kind of number it is.
    pub ton: TypeOfNumber,
    /// Which plan it belongs to.
    pub npi: NumberingPlan,
    /// Up to 20 ASCII characters; nothing leaves it to the message centre.
    pub text: String,
}

impl Default for SmppAddress {
    /// Whatever the message centre has for this client.
    fn default() -> Self {
        SmppAddress {
            ton: TypeOfNumber::Unknown,
            npi: NumberingPlan::Unknown,
            text: String::new(),
        }
    }
}

/// The address of a sender: its form says what kind it is.
pub(super) fn of_sender(sender: &Sender) -> Address {
    let (ton, npi, text) = match sender {
        Sender::Number(number) => (
            TypeOfNumber::International,
            NumberingPlan::Isdn,
            number.digits().to_owned(),
        ),
        Sender::ShortCode(_) => (
            TypeOfNumber::NetworkSpecific,
            NumberingPlan::Unknown,
            sender.to_string(),
        ),
        Sender::Name(_) => (
            TypeOfNumber::Alphanumeric,
            NumberingPlan::Unknown,
            sender.to_string(),
        ),
    };
    Address {
        ton: ton as u8,
        npi: npi as u8,
        text: CText::new(&text).expect("a sender has at most 15 ASCII characters"),
    }
}

/// The address of a telephone.
pub(super) fn of_number(number: &PhoneNumber, ton: TypeOfNumber, npi: NumberingPlan) -> Address {
    Address {
        ton: ton as u8,
        npi: npi as u8,
        text: CText::new(number.digits()).expect("a telephone number has at most 15 digits"),
    }
}
