//! Texts of the portal in its two languages (sheet r7/files 8). Pure.

use crate::kernel::settings::Language;

/// Declares the texts once: name, English, Russian.
macro_rules! messages {
    ($($name:ident: $en:literal / $ru:literal;)*) => {
        /// A text of the portal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Message {
            $(#[doc = $en] $name,)*
        }

        impl Message {
            /// The text in a language.
            pub(crate) const fn say(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::En) => $en, (Self::$name, Language::Ru) => $ru,)*
                }
            }
        }
    };
}

messages! {
    FileNotFound: "The required file was not found" / "Запрашиваемый файл не найден";
    FolderNotFound: "The required folder was not found" / "Запрашиваемая папка не найдена";
    NoRightToCreate: "You don't have enough permission to create" / "У Вас недостаточно прав для создания";
    AuthenticationFailed: "User authentication failed" / "Ошибка аутентификации пользователя";
}
