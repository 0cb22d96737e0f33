//! What AWS finds by machine learning, or by forms that are not published or too loose to tell the data from other text.

/// Regions of `DriversLicense`: every country, state or province has forms of its own.
const DRIVERS_LICENSE_REGIONS: [&str; 31] = [
    "AT", "AU", "BE", "BG", "CA", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "US",
];

const NAMES: [&str; 16] = [
    // Language, not form.
    "Address",
    "Name",
    // Any number of some digits.
    "BankAccountNumber-US",
    "ElectoralRollNumber-GB",
    "HealthInsuranceCardNumber-EU",
    "HealthInsuranceClaimNumber-US",
    "HealthInsuranceNumber-FR",
    "HealthcareProcedureCode-US",
    "PermanentResidenceNumber-CA",
    "PersonalHealthNumber-CA",
    "RgNumber-BR",
    // Numbering plans whose numbers have no fixed length.
    "PhoneNumber",
    "PhoneNumber-DE",
    "PhoneNumber-GB",
    "PhoneNumber-IT",
    // A tax reference (with a check digit) or a temporary one (without).
    "TaxId-GB",
];

pub(super) fn is_undetectable(name: &str) -> bool {
    match name.strip_prefix("DriversLicense-") {
        Some(region) => DRIVERS_LICENSE_REGIONS.contains(&region),
        None => NAMES.contains(&name),
    }
}
