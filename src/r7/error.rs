//! What can go wrong in a portal call, and how it looks on the wire: mapped here and nowhere else.

use std::borrow::Cow;

use super::bind::{BindError, BindKind};
use super::messages::Message;
use crate::kernel::settings::Language;

/// A refused portal call. The kind follows the upstream exception classes, because they decide status and `hresult`
/// (sheet r7/transport 7).
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// No route, or a wrong verb: routing runs before auth, so 404 also when logged out.
    #[error("no such route")]
    NoRoute,
    /// Missing or bad token: the bare word `Unauthorized`, no envelope. With an `Authorization` header: a challenge.
    #[error("no caller")]
    NoCaller { challenge: bool },
    /// A parameter that could not be read or converted.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// `ItemNotFoundException`: 404.
    #[error("{0}")]
    NotFound(Text),
    /// `ArgumentException`: 400.
    #[error("{0}")]
    Argument(Text),
    /// `ArgumentNullException`: 400; the parameter's name is appended on a line of its own.
    #[error("missing {0}")]
    ArgumentNull(&'static str),
    /// `SecurityException`: 403.
    #[error("{0}")]
    Security(Text),
    /// `InvalidOperationException`: 403. Nearly every refusal of the documents module (sheet r7/files 0).
    #[error("{0}")]
    InvalidOperation(Text),
    /// Any other exception: 500.
    #[error("{0}")]
    Failure(Text),
    /// `AuthenticationException` and permission demands: 500 (sheet r7/transport 6, 7).
    #[error("{0}")]
    Authentication(Text),
    /// `MethodAccessException`: 500 (sheet r7/transport 7).
    #[error("{0}")]
    MethodAccess(Text),
    /// The body is larger than the call takes: 413, the front server's answer.
    #[error("body too large")]
    TooLarge,
    /// The client went away while it sent its body; nobody reads the answer.
    #[error("body ended early")]
    Broken,
    /// Storage failed. The text never reaches a client.
    #[error("storage: {0}")]
    Storage(#[from] sqlx::Error),
}

/// A text of the portal's own, in the portal's language, or one that is the same in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Text {
    Known(Message),
    Literal(Cow<'static, str>),
}

impl Text {
    /// In words.
    pub(crate) fn say(&self, language: Language) -> &str {
        match self {
            Self::Known(message) => message.say(language),
            Self::Literal(text) => text,
        }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.say(Language::En))
    }
}

impl From<Message> for Text {
    fn from(message: Message) -> Self {
        Self::Known(message)
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self::Literal(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::Literal(text.into())
    }
}

/// `Not found`, 404 (sheet r7/crm 6).
pub(crate) fn not_found() -> Fault {
    Fault::NotFound("Not found".into())
}

/// The generic text of an argument exception, 400 (sheet r7/transport 7).
pub(crate) fn bad_argument() -> Fault {
    Fault::Argument("Value does not fall within the expected range.".into())
}

/// A permission demand that the caller does not meet: 500 (sheet r7/transport 7). `action` is upstream's name of what
/// was to be done; the text is the same in every language.
pub(crate) fn permission(display_name: &str, action: &str) -> Fault {
    // Upstream's two full stops, and its comma before the quote.
    let text = format!("\"{display_name}\" access denied \"{action}, \". Cause: {action}: access denied..");
    Fault::Authentication(text.into())
}

/// A `FormatException` of upstream's own code, not of its binder: 500.
pub(crate) fn bad_format(message: &str) -> Fault {
    Fault::Bind(BindError::broken(message, -2_146_233_033))
}

/// Status, text and `hresult` of the error object.
pub(crate) struct Wire {
    pub(crate) status: u16,
    pub(crate) message: String,
    pub(crate) hresult: i32,
}

impl Fault {
    /// How the fault looks on the wire.
    pub(crate) fn wire(&self, language: Language) -> Wire {
        let (status, message, hresult) = match self {
            Self::NoRoute => (404, "Not found".to_owned(), -2_147_467_259),
            Self::NoCaller { .. } => (401, "Unauthorized".to_owned(), -2_146_233_087),
            Self::Bind(error) => {
                let status = if error.kind == BindKind::Arguments { 400 } else { 500 };
                (status, error.message.clone(), error.hresult)
            }
            Self::NotFound(text) => (404, text.say(language).to_owned(), -2_147_467_259),
            Self::Argument(text) => (400, text.say(language).to_owned(), -2_147_024_809),
            Self::ArgumentNull(name) => {
                (400, format!("Value cannot be null.\r\nParameter name: {name}"), -2_147_467_261)
            }
            Self::Security(text) => (403, text.say(language).to_owned(), -2_146_233_078),
            Self::InvalidOperation(text) => (403, text.say(language).to_owned(), -2_146_233_079),
            Self::Failure(text) => (500, text.say(language).to_owned(), -2_146_233_088),
            Self::Authentication(text) => (500, text.say(language).to_owned(), -2_146_233_087),
            Self::MethodAccess(text) => (500, text.say(language).to_owned(), -2_146_233_072),
            Self::TooLarge => (413, "Maximum request length exceeded.".to_owned(), -2_147_467_259),
            Self::Broken => (400, "Invalid arguments".to_owned(), -2_147_024_809),
            Self::Storage(_) => (503, "Storage is not available".to_owned(), -2_146_233_088),
        };
        Wire { status, message, hresult }
    }
}
