//! Text messages to telephones.
//!
//! An [`SmsProvider`] takes a [`TextMessage`] and reports what became of it. There are two: [`HttpGateway`], which speaks to
//! any REST gateway by a template, and [`SmppProvider`], which speaks SMPP 3.4 to a message centre. Neither retries:
//! [`SmsError`] says whether another attempt makes sense.
//!
//! [`segment`] knows how a text is cut into the parts that travel, and that are paid for.

mod gateway;
mod message;
mod phone_number;
mod provider;
pub mod segment;
mod sender;
mod smpp;

pub use gateway::{AnswerRule, GatewayBody, GatewayTemplate, HttpGateway, InvalidTemplate, SuccessRule};
pub use message::{InvalidMessageId, MessageId, SmsKind, TextMessage};
pub use phone_number::{InvalidPhoneNumber, PhoneNumber};
pub use provider::{BoxFuture, SmsError, SmsErrorKind, SmsProvider, SmsReceipt};
pub use sender::{InvalidSender, Sender};
pub use smpp::{
    IncomingMessage, InvalidSmppOptions, LongMessages, NumberingPlan, SmppAddress, SmppOptions, SmppProvider,
    SmppSecurity, TypeOfNumber,
};
