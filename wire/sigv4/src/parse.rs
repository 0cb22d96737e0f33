use crate::canonical::{SIGNATURE_PARAMETER, decode_query_text};
use crate::{ALGORITHM, Credential, RequestView, SignatureError, SigningTime};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::header::{AUTHORIZATION, DATE};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// The header that gives the time of signing, `YYYYMMDDTHHMMSSZ`.
pub(crate) const DATE_HEADER: &str = "x-amz-date";
/// The header that carries a temporary credential's session token.
pub(crate) const SECURITY_TOKEN_HEADER: &str = "x-amz-security-token";

/// A signature as the request states it. Nothing of it is to be believed before
/// [`verify`](ParsedSignature::verify) says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedSignature<'a> {
    /// Where the signature stands and how long it is good for.
    pub form: SignatureForm,
    /// Who signed, and for what.
    pub credential: Credential<'a>,
    /// When.
    pub signed_at: SigningTime,
    /// The names of the signed headers, separated by semicolons.
    pub signed_headers: Cow<'a, str>,
    /// The session token of a temporary credential.
    pub session_token: Option<Cow<'a, str>>,
    /// The signature, in lower-case hex if it is one.
    pub signature: Cow<'a, str>,
}

/// The two places in which a request carries its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureForm {
    /// In the `Authorization` header.
    Header,
    /// In the query: a URL that someone else may use for a while.
    Presigned {
        /// How long from the time of signing, 0 to 604,800; `None` where the client left it to the service.
        expires_in_seconds: Option<u32>,
    },
}

/// Reads the signature of a request. `Ok(None)`: it carries none, whoever sent it is anonymous.
///
/// An `Authorization` header of another scheme (`Bearer`, `Basic`) is no signature.
///
/// # Errors
/// [`SignatureError::Incomplete`] where there is the beginning of a signature but parts are missing or malformed, or
/// where there are two.
pub fn parse<'a>(request: &RequestView<'a>) -> Result<Option<ParsedSignature<'a>>, SignatureError> {
    match (authorization(request)?, presigned_query(request)) {
        (Some(_), Some(_)) => Err(incomplete(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header \
             should be specified",
        )),
        (Some(value), None) => parse_header(request, value).map(Some),
        (None, Some(query)) => parse_query(request, query).map(Some),
        (None, None) => Ok(None),
    }
}

/// Reads the credential alone, from either form. `None` where there is none that can be read.
///
/// For routing, and for servers that take anyone's word: it skips all other checks.
pub fn credential<'a>(request: &RequestView<'a>) -> Option<Credential<'a>> {
    if let Some(value) = request.headers.get(AUTHORIZATION) {
        let parameters = value.to_str().ok()?.strip_prefix(ALGORITHM)?;
        let text = parameters
            .split(',')
            .find_map(|pair| pair.trim().strip_prefix("Credential="))?;
        return Credential::parse(text).ok();
    }
    let value = presigned_query(request)?
        .split('&')
        .find_map(|pair| pair.strip_prefix("X-Amz-Credential="))?;
    Credential::parse(decode_text(value)?).ok()
}

fn incomplete(text: impl Into<String>) -> SignatureError {
    SignatureError::Incomplete(text.into())
}

/// The `Authorization` header, if it is one of AWS's schemes.
fn authorization<'a>(request: &RequestView<'a>) -> Result<Option<&'a str>, SignatureError> {
    let mut values = request.headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next().filter(|value| value.as_bytes().starts_with(b"AWS")) else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(incomplete("Authorization header must be given exactly once."));
    }
    value
        .to_str()
        .map(Some)
        .map_err(|_| incomplete("Authorization header must be visible ASCII."))
}

/// The query, if it has parameters of a signature.
fn presigned_query<'a>(request: &RequestView<'a>) -> Option<&'a str> {
    request.query.filter(|query| {
        query.split('&').any(|pair| {
            let name = pair.split_once('=').map_or(pair, |(name, _)| name);
            matches!(name, "X-Amz-Algorithm" | "X-Amz-Credential" | SIGNATURE_PARAMETER)
        })
    })
}

fn parse_header<'a>(
    request: &RequestView<'a>,
    value: &'a str,
) -> Result<ParsedSignature<'a>, SignatureError> {
    let (algorithm, parameters) = value.split_once(' ').unwrap_or((value, ""));
    require_algorithm(algorithm)?;
    let mut credential = None;
    let mut signed_headers = None;
    let mut signature = None;
    for pair in parameters
        .split(',')
        .map(str::trim)
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            incomplete(format!(
                "'{pair}' not a valid key=value pair (missing equal-sign) in Authorization header: '{value}'."
            ))
        })?;
        let place = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed_headers,
            "Signature" => &mut signature,
            _ => continue,
        };
        if place.replace(value).is_some() {
            return Err(incomplete(format!(
                "Authorization header must have '{name}' exactly once."
            )));
        }
    }
    let date = date_of_headers(request)?;
    let (Some(credential), Some(signature), Some(signed_headers), Some(signed_at)) =
        (credential, signature, signed_headers, date)
    else {
        return Err(incomplete_header(
            value,
            [
                credential.is_none(),
                signature.is_none(),
                signed_headers.is_none(),
                date.is_none(),
            ],
        ));
    };
    Ok(ParsedSignature {
        form: SignatureForm::Header,
        credential: Credential::parse(credential)?,
        signed_at,
        signed_headers: Cow::Borrowed(signed_headers),
        session_token: single_header(request, SECURITY_TOKEN_HEADER)?.map(Cow::Borrowed),
        signature: Cow::Borrowed(signature),
    })
}

/// Names all that is missing. The header itself goes in as a hash, since error texts end up in logs.
fn incomplete_header(authorization: &str, missing: [bool; 4]) -> SignatureError {
    const REQUIREMENTS: [&str; 4] = [
        "'Credential' parameter",
        "'Signature' parameter",
        "'SignedHeaders' parameter",
        "existence of either a 'X-Amz-Date' or a 'Date' header",
    ];
    let mut text = String::new();
    for (requirement, _) in REQUIREMENTS.iter().zip(missing).filter(|(_, missing)| *missing) {
        text.push_str("Authorization header requires ");
        text.push_str(requirement);
        text.push_str(". ");
    }
    text.push_str("(Hashed with SHA-256 and encoded with Base64) Authorization=");
    STANDARD.encode_string(Sha256::digest(authorization), &mut text);
    SignatureError::Incomplete(text)
}

fn require_algorithm(algorithm: &str) -> Result<(), SignatureError> {
    if algorithm == ALGORITHM {
        return Ok(());
    }
    Err(incomplete(format!("Unsupported AWS 'algorithm': '{algorithm}'.")))
}

/// The time of signing: `X-Amz-Date` if there is one, else `Date`.
fn date_of_headers(request: &RequestView<'_>) -> Result<Option<SigningTime>, SignatureError> {
    if let Some(text) = single_header(request, DATE_HEADER)? {
        return read_date(text, SigningTime::parse_basic).map(Some);
    }
    match single_header(request, DATE.as_str())? {
        Some(text) => read_date(text, SigningTime::parse_date_header).map(Some),
        None => Ok(None),
    }
}

fn read_date(
    text: &str,
    reader: impl FnOnce(&str) -> Option<SigningTime>,
) -> Result<SigningTime, SignatureError> {
    reader(text).ok_or_else(|| {
        incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })
}

fn single_header<'a>(request: &RequestView<'a>, name: &str) -> Result<Option<&'a str>, SignatureError> {
    let mut values = request.headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(incomplete(format!("Header '{name}' must be given exactly once.")));
    }
    match value.to_str() {
        Ok(text) => Ok(Some(text.trim())),
        Err(_) => Err(incomplete(format!("Header '{name}' must be visible ASCII."))),
    }
}

/// The parameters of a presigned request, before they are known to be complete.
#[derive(Default)]
struct QueryParameters<'a> {
    algorithm: Option<Cow<'a, str>>,
    credential: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    expires: Option<Cow<'a, str>>,
    signed_headers: Option<Cow<'a, str>>,
    security_token: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
}

impl<'a> QueryParameters<'a> {
    fn read(query: &'a str) -> Result<Self, SignatureError> {
        let mut parameters = Self::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let place = match name {
                "X-Amz-Algorithm" => &mut parameters.algorithm,
                "X-Amz-Credential" => &mut parameters.credential,
                "X-Amz-Date" => &mut parameters.date,
                "X-Amz-Expires" => &mut parameters.expires,
                "X-Amz-SignedHeaders" => &mut parameters.signed_headers,
                "X-Amz-Security-Token" => &mut parameters.security_token,
                SIGNATURE_PARAMETER => &mut parameters.signature,
                _ => continue,
            };
            let value = decode_text(value)
                .ok_or_else(|| incomplete(format!("AWS query-string parameter '{name}' must be UTF-8.")))?;
            if place.replace(value).is_some() {
                return Err(incomplete(format!(
                    "AWS query-string parameters must include '{name}' exactly once. Re-examine the query-string \
                     parameters."
                )));
            }
        }
        Ok(parameters)
    }
}

/// Decodes a query parameter. `None` if it is not UTF-8.
fn decode_text(text: &str) -> Option<Cow<'_, str>> {
    if text.bytes().all(|byte| !matches!(byte, b'%' | b'+')) {
        return Some(Cow::Borrowed(text));
    }
    String::from_utf8(decode_query_text(text)).ok().map(Cow::Owned)
}

fn parse_query<'a>(request: &RequestView<'a>, query: &'a str) -> Result<ParsedSignature<'a>, SignatureError> {
    let require = |parameter: Option<Cow<'a, str>>, name: &str| {
        parameter.ok_or_else(|| {
            incomplete(format!(
                "AWS query-string parameters must include '{name}'. Re-examine the query-string parameters."
            ))
        })
    };
    let parameters = QueryParameters::read(query)?;
    require_algorithm(&require(parameters.algorithm, "X-Amz-Algorithm")?)?;
    let credential = Credential::parse(require(parameters.credential, "X-Amz-Credential")?)?;
    let signature = require(parameters.signature, SIGNATURE_PARAMETER)?;
    let signed_headers = require(parameters.signed_headers, "X-Amz-SignedHeaders")?;
    let date = require(parameters.date, "X-Amz-Date")?;
    let signed_at = read_date(&date, SigningTime::parse_basic)?;
    let expires_in_seconds = parameters.expires.as_deref().map(read_expiry).transpose()?;
    let session_token = match parameters.security_token {
        Some(token) => Some(token),
        None => single_header(request, SECURITY_TOKEN_HEADER)?.map(Cow::Borrowed),
    };
    Ok(ParsedSignature {
        form: SignatureForm::Presigned { expires_in_seconds },
        credential,
        signed_at,
        signed_headers,
        session_token,
        signature,
    })
}

/// The longest that a presigned request may be good for: a week.
const MAXIMUM_EXPIRY_SECONDS: i64 = 604_800;

fn read_expiry(text: &str) -> Result<u32, SignatureError> {
    let seconds: i64 = text
        .parse()
        .map_err(|_| incomplete("X-Amz-Expires should be a number"))?;
    if seconds < 0 {
        return Err(incomplete("X-Amz-Expires must be non-negative"));
    }
    u32::try_from(seconds).ok().filter(|_| seconds <= MAXIMUM_EXPIRY_SECONDS).ok_or_else(|| {
        incomplete(
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than \
             604800 seconds",
        )
    })
}
