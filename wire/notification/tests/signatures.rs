//! Signatures and certificates, verified by others than the one who made them.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use base64::{Engine, engine::general_purpose::STANDARD};
use ninefold_notification::{
    CERTIFICATE_VALIDITY_DAYS, Confirmation, ConfirmationSubject, Notification, SignatureVersion, SigningKey,
    SigningKeyError, StringToSign, Timestamp, certificate_url,
};
use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use std::sync::LazyLock;

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate().unwrap());

fn timestamp(milliseconds: u64) -> Timestamp {
    Timestamp::from_unix_milliseconds(milliseconds).unwrap()
}

fn notification(subject: Option<&str>) -> Notification {
    Notification {
        message_id: "4d4dc071-ddbf-465d-bba8-08f81c89da64".to_owned(),
        sequence_number: None,
        topic_arn: "arn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P".to_owned(),
        subject: subject.map(str::to_owned),
        message: "My Test Message".to_owned(),
        timestamp: timestamp(1_548_909_424_321),
        attributes: Vec::new(),
    }
}

fn confirmation(subject: ConfirmationSubject) -> Confirmation {
    Confirmation {
        subject,
        message_id: "3d891288-136d-417f-bc05-901c108273ee".to_owned(),
        token: "233...".to_owned(),
        topic_arn: "arn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P".to_owned(),
        subscribe_url: "https://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P&Token=233...".to_owned(),
        timestamp: timestamp(1_548_962_713_719),
    }
}

#[test]
fn what_is_signed_is_what_the_documentation_says() {
    // The examples of the page on verifying signatures.
    assert_eq!(
        StringToSign::of_notification(&notification(Some("My subject"))).as_str(),
        "Message\nMy Test Message\nMessageId\n4d4dc071-ddbf-465d-bba8-08f81c89da64\nSubject\nMy subject\nTimestamp\n2019-01-31T04:37:04.321Z\nTopicArn\narn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P\nType\nNotification\n"
    );
    assert_eq!(
        StringToSign::of_notification(&notification(None)).as_str(),
        "Message\nMy Test Message\nMessageId\n4d4dc071-ddbf-465d-bba8-08f81c89da64\nTimestamp\n2019-01-31T04:37:04.321Z\nTopicArn\narn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P\nType\nNotification\n"
    );
    // That page's example of a confirmation has another message; the rest is the same.
    let confirmation = confirmation(ConfirmationSubject::Subscription);
    assert_eq!(
        StringToSign::of_confirmation(&confirmation)
            .as_str()
            .replace(&confirmation.message(), "My Test Message"),
        "Message\nMy Test Message\nMessageId\n3d891288-136d-417f-bc05-901c108273ee\nSubscribeURL\nhttps://sns.us-east-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P&Token=233...\nTimestamp\n2019-01-31T19:25:13.719Z\nToken\n233...\nTopicArn\narn:aws:sns:us-east-2:123456789012:s4-MySNSTopic-1G1WEFCOXTC0P\nType\nSubscriptionConfirmation\n"
    );
}

#[test]
fn the_string_to_sign_has_control_characters_as_they_are() {
    let notification = Notification {
        message: "a\n\t\"b\" é\\".to_owned(),
        ..notification(None)
    };
    assert!(
        StringToSign::of_notification(&notification)
            .as_str()
            .starts_with("Message\na\n\t\"b\" é\\\nMessageId\n")
    );
}

/// The RSA public key in a certificate: the DER of its modulus and exponent.
fn public_key(certificate_pem: &str) -> Vec<u8> {
    let base64: String = certificate_pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let der = STANDARD.decode(base64).unwrap();
    // rsaEncryption and its NULL; then the bit string, without unused bits, with the key in it.
    let algorithm = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let at = der
        .windows(algorithm.len())
        .position(|window| window == algorithm)
        .unwrap()
        + algorithm.len();
    assert_eq!(der[at..at + 2], [0x03, 0x82]);
    let length = usize::from(der[at + 2]) * 256 + usize::from(der[at + 3]);
    der[at + 5..at + 4 + length].to_vec()
}

#[test]
fn signatures_are_verified_with_the_key_of_the_certificate() {
    let certificate = KEY.certificate("sns.example.com", 1_764_115_200).unwrap();
    let public_key = public_key(certificate.pem());
    let ring_key = ring::signature::UnparsedPublicKey::new(
        &ring::signature::RSA_PKCS1_2048_8192_SHA256,
        public_key.clone(),
    );
    let ring_legacy_key = ring::signature::UnparsedPublicKey::new(
        &ring::signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        public_key.clone(),
    );
    let rsa_key = rsa::PublicKey::from_pkcs1_der(&public_key).unwrap();
    let texts = [
        StringToSign::of_notification(&notification(Some("My subject"))),
        StringToSign::of_confirmation(&confirmation(ConfirmationSubject::Unsubscription {
            subscription_arn: "arn:aws:sns:us-east-2:123456789012:MyTopic:id".to_owned(),
        })),
    ];
    for text in &texts {
        let message = text.as_str().as_bytes();
        let first = STANDARD
            .decode(KEY.sign(SignatureVersion::One, text).unwrap())
            .unwrap();
        let second = STANDARD
            .decode(KEY.sign(SignatureVersion::Two, text).unwrap())
            .unwrap();
        assert_eq!([first.len(), second.len()], [256, 256]);
        ring_legacy_key.verify(message, &first).unwrap();
        ring_key.verify(message, &second).unwrap();
        rsa_key.pkcs1v15_verify::<sha1::Sha1>(message, &first).unwrap();
        rsa_key.pkcs1v15_verify::<sha2::Sha256>(message, &second).unwrap();

        assert!(ring_key.verify(message, &first).is_err());
        assert!(ring_legacy_key.verify(message, &second).is_err());
        assert!(ring_key.verify(&message[1..], &second).is_err());
    }
    assert_eq!(
        KEY.sign(SignatureVersion::One, &texts[0]).unwrap(),
        KEY.sign(SignatureVersion::One, &texts[0]).unwrap()
    );
}

#[test]
fn certificates_are_the_same_for_the_same_arguments() {
    let certificate = KEY.certificate("sns.example.com", 1_764_115_200).unwrap();
    assert!(certificate.pem().starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(
        KEY.certificate("sns.example.com", 1_764_115_200).unwrap(),
        certificate
    );
    for other in [
        KEY.certificate("localhost", 1_764_115_200).unwrap(),
        KEY.certificate("127.0.0.1", 1_764_115_200).unwrap(),
        KEY.certificate("sns.example.com", 1_764_115_201).unwrap(),
    ] {
        assert_ne!(other.file_name(), certificate.file_name());
    }
    let url = certificate_url("https://sns.example.com", &certificate);
    let name = url
        .strip_prefix("https://sns.example.com/SimpleNotificationService-")
        .unwrap();
    let hash = name.strip_suffix(".pem").unwrap();
    assert!(hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn certificates_of_nowhere_and_never_are_refused() {
    for (name, not_before) in [
        ("höst", 0),
        ("sns.example.com", i64::MAX),
        (
            "sns.example.com",
            253_402_300_799 - (CERTIFICATE_VALIDITY_DAYS - 1) * 86_400,
        ),
    ] {
        assert!(
            matches!(
                KEY.certificate(name, not_before),
                Err(SigningKeyError::Certificate(_))
            ),
            "{name} {not_before}"
        );
    }
}

#[test]
fn keys_are_written_and_read_back() {
    let pem = KEY.to_pem().unwrap();
    let read = SigningKey::from_pem(&pem).unwrap();
    assert_eq!(read.to_pem().unwrap(), pem);
    let text = StringToSign::of_notification(&notification(None));
    assert_eq!(
        read.sign(SignatureVersion::One, &text).unwrap(),
        KEY.sign(SignatureVersion::One, &text).unwrap()
    );
    for text in [
        "",
        "no key",
        &pem[..pem.len() / 2],
        &pem.replace("PRIVATE", "PUBLIC"),
    ] {
        assert!(
            matches!(SigningKey::from_pem(text), Err(SigningKeyError::Unreadable(_))),
            "{text}"
        );
    }
    let short = rsa::PrivateKey::new(&mut getrandom::SysRng, 1024).unwrap();
    let short = short.to_pkcs8_pem(LineEnding::LF).unwrap();
    assert!(matches!(
        SigningKey::from_pem(&short),
        Err(SigningKeyError::Length(1024))
    ));
    assert!(!format!("{:?}", *KEY).contains("MII"));
}

#[test]
fn every_key_is_another() {
    let other = SigningKey::generate().unwrap();
    let text = StringToSign::of_notification(&notification(None));
    assert_ne!(other.to_pem().unwrap(), KEY.to_pem().unwrap());
    assert_ne!(
        other.sign(SignatureVersion::Two, &text).unwrap(),
        KEY.sign(SignatureVersion::Two, &text).unwrap()
    );
}
