//! Health: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-data-protection-sensitive-data-types-phi.html>.

use super::checksum::{luhn, weighted_sum};
use super::detector::{Candidate, ManagedIdentifier};

pub(super) fn identifiers() -> Vec<ManagedIdentifier> {
    vec![
        ManagedIdentifier::new(
            "DrugEnforcementAgencyNumber-US",
            &["dea number", "dea registration"],
        )
        .near_keyword("(?i-u:[A-HJ-NPR-UX][A-Z9])-?[0-9]{7}", is_dea_number),
        // Of the Centers for Medicare & Medicaid Services: no S, L, O, I, B, or Z.
        ManagedIdentifier::new("MedicareBeneficiaryNumber-US", &["mbi", "medicare beneficiary"]).near_keyword(
            "(?i-u:[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2})",
            |_| true,
        ),
        // Labeler, product, and package: ten digits, or eleven when padded for billing (21 CFR 207.33).
        ManagedIdentifier::new("NationalDrugCode-US", &["national drug code", "ndc"]).near_keyword(
            "[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}|[0-9]{5}-[0-9]{4}-[0-9]{1,2}",
            |_| true,
        ),
        ManagedIdentifier::new(
            "NationalProviderId-US",
            &["hipaa", "n.p.i", "national provider", "npi"],
        )
        .near_keyword("[12][0-9]{9}", is_provider),
        ManagedIdentifier::new("NhsNumber-GB", &["national health service", "nhs"])
            .near_keyword("[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}", is_nhs_number),
    ]
}

/// Two letters (of the second may be a 9) and seven digits: the last is that of d1 + d3 + d5 + 2 (d2 + d4 + d6).
fn is_dea_number(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits();
    let number = &digits[digits.len() - 7..];
    let sum = weighted_sum(number.iter().copied().map(u32::from), &[1, 2, 1, 2, 1, 2]);
    sum % 10 == u32::from(number[6])
}

/// The Luhn check over the number with the prefix for health applications in the USA, 80840 (45 CFR 162.406).
fn is_provider(candidate: &Candidate<'_>) -> bool {
    let mut number = vec![8, 0, 8, 4, 0];
    number.extend(candidate.digits());
    luhn(&number)
}

/// Weights 10 to 2; the tenth digit completes the sum to a multiple of 11.
fn is_nhs_number(candidate: &Candidate<'_>) -> bool {
    let digits = candidate.digits();
    let sum = weighted_sum(
        digits.iter().copied().map(u32::from),
        &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
    );
    sum.is_multiple_of(11) && digits.iter().any(|digit| *digit != 0)
}
