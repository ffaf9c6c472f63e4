//! Currencies of opportunities (sheet r7/crm 2.5, 3.6). Pure.

use schemars::JsonSchema;
use serde::Serialize;

/// A currency, as answers show it.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Currency {
    title: &'static str,
    symbol: &'static str,
    abbreviation: &'static str,
    culture_name: &'static str,
    is_convertable: bool,
    is_basic: bool,
}

const fn currency(
    abbreviation: &'static str,
    title: &'static str,
    symbol: &'static str,
    culture_name: &'static str,
    is_basic: bool,
) -> Currency {
    Currency { title, symbol, abbreviation, culture_name, is_convertable: true, is_basic }
}

/// The basic ones, and those of the portal's neighbours; upstream knows 74.
static CURRENCIES: [Currency; 11] = [
    currency("AUD", "Australian Dollar", "A$", "AU", true),
    currency("BYN", "Belarusian Ruble", "Br", "BY", false),
    currency("CAD", "Canadian Dollar", "C$", "CA", true),
    currency("CHF", "Swiss Franc", "₣", "CH", true),
    currency("CNY", "Chinese Yuan", "¥", "CN", false),
    currency("EUR", "Euro", "€", "EU", true),
    currency("GBP", "Pound Sterling", "£", "GB", true),
    currency("JPY", "Japanese Yen", "¥", "JP", true),
    currency("KZT", "Kazakhstani Tenge", "₸", "KZ", false),
    currency("RUB", "Rouble", "₽", "RU", false),
    currency("USD", "United States Dollar", "$", "US", true),
];

impl Currency {
    /// The currency of an abbreviation, in any case.
    pub(crate) fn named(abbreviation: &str) -> Option<&'static Self> {
        CURRENCIES.iter().find(|currency| currency.abbreviation.eq_ignore_ascii_case(abbreviation))
    }

    /// Its abbreviation, upper case.
    pub(crate) const fn abbreviation(&self) -> &'static str {
        self.abbreviation
    }
}
