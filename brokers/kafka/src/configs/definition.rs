//! What a key of the configuration takes.

/// A key of the configuration.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    pub(crate) default: &'static str,
    pub(crate) kind: Kind,
    pub(crate) documentation: &'static str,
    /// The key of the node's configuration that gives a topic's default, if there is one.
    pub(crate) node_name: Option<&'static str>,
}

/// What values a key takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Boolean,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Some of these, separated by commas.
    List(&'static [&'static str]),
    /// Any of these, separated by commas, whatever they are.
    AnyList,
    /// A number of 32 bits, at least so much.
    Int(i32),
    /// A number of 64 bits, at least so much.
    Long(i64),
    /// A number with a fraction, from 0 to 1.
    Ratio,
    /// A text of a certain form.
    Text {
        accepts: fn(&str) -> bool,
        /// As it is told to who gives another one.
        form: &'static str,
    },
}

impl Kind {
    /// The protocol's number of it.
    pub(crate) fn code(self) -> i8 {
        match self {
            Kind::Boolean => 1,
            Kind::Choice(_) | Kind::Text { .. } => 2,
            Kind::Int(_) => 3,
            Kind::Long(_) => 5,
            Kind::Ratio => 6,
            Kind::List(_) | Kind::AnyList => 7,
        }
    }

    pub(crate) fn is_list(self) -> bool {
        matches!(self, Kind::List(_) | Kind::AnyList)
    }
}

impl Definition {
    /// A key whose default, if it has a `node_name`, is the node's to give.
    pub(crate) const fn key(
        name: &'static str,
        default: &'static str,
        kind: Kind,
        node_name: Option<&'static str>,
        documentation: &'static str,
    ) -> Self {
        Definition {
            name,
            default,
            kind,
            documentation,
            node_name,
        }
    }

    /// Why a value is none for this key, in Kafka's words.
    pub(crate) fn check(&self, value: &str) -> Result<(), String> {
        let name = self.name;
        let trimmed = value.trim();
        let complaint = match self.kind {
            Kind::Boolean if !matches!(trimmed.to_ascii_lowercase().as_str(), "true" | "false") => {
                "Expected value to be either true or false".to_owned()
            }
            Kind::Choice(choices) if !choices.contains(&trimmed) => {
                format!("String must be one of: {}", choices.join(", "))
            }
            Kind::List(choices) => match trimmed.split(',').find(|part| !choices.contains(&part.trim())) {
                Some(_) => format!("String must be one of: {}", choices.join(", ")),
                None => return Ok(()),
            },
            Kind::Int(least) => match trimmed.parse::<i32>() {
                Ok(number) if number >= least => return Ok(()),
                Ok(_) => format!("Value must be at least {least}"),
                Err(_) => "Not a number of type INT".to_owned(),
            },
            Kind::Long(least) => match trimmed.parse::<i64>() {
                Ok(number) if number >= least => return Ok(()),
                Ok(_) => format!("Value must be at least {least}"),
                Err(_) => "Not a number of type LONG".to_owned(),
            },
            Kind::Ratio => match trimmed.parse::<f64>() {
                Ok(ratio) if (0.0..=1.0).contains(&ratio) => return Ok(()),
                Ok(_) => "Value must be between 0 and 1".to_owned(),
                Err(_) => "Not a number of type DOUBLE".to_owned(),
            },
            Kind::Text { accepts, form } if !accepts(trimmed) => {
                format!("Invalid value `{value}` for configuration {name}. The value must be either {form}.")
            }
            Kind::Boolean | Kind::Choice(_) | Kind::AnyList | Kind::Text { .. } => return Ok(()),
        };
        Err(format!(
            "Invalid value {value} for configuration {name}: {complaint}"
        ))
    }
}
