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
    NoRightToDeleteFile: "You don't have enough permission to delete the file" / "Недостаточно прав для удаления файла";
    EditedFileDeleted: "Cannot delete the file because it is opened for editing" / "Невозможно удалить файл, т.к. файл открыт на редактирование";
    EditedFolderDeleted: "Cannot delete the folder because one of the files is opened for editing" / "Невозможно удалить папку, т.к. один из файлов открыт на редактирование";
    EditedFileUpdated: "Cannot update the file because it's opened for editing" / "Невозможно обновить файл, т.к. файл открыт на редактирование";
    EditedTwice: "This document is being edited by you in another tab" / "Этот документ редактируется Вами в другой вкладке";
    FormatNotOpened: "Sorry, this file format isn't supported" / "К сожалению, этот формат файла не поддерживается";
    NoRightToDeleteFolder: "You don't have enough permission to delete the folder" / "Недостаточно прав для удаления папки";
    NoRightToMoveFile: "You don't have enough permission to move the file" / "У вас недостаточно прав для перемещения этого файла";
    NoRightToMoveFolder: "You don't have enough permission to move the folder" / "У вас недостаточно прав для перемещения этой папки";
    NoRightToRenameFile: "You don't have enough permission to rename the file" / "Недостаточно прав для переименования файла";
    NoRightToRenameFolder: "You don't have enough permission to rename the folder" / "Недостаточно прав для переименования папки";
    NoRightToViewFile: "You don't have enough permission to view the file" / "Недостаточно прав для просмотра файла";
    NoRightToViewFolder: "You don't have enough permission to view the folder content" / "Недостаточно прав для просмотра папки";
    TrashedItemViewed: "You are not allowed to preview the elements in the Trash" / "Запрещено просматривать элементы корзины";
    IntoItself: "You cannot copy the folder to its subfolder" / "Нельзя скопировать папку в свою дочернюю папку";
    CopyFromTrash: "Can not copy from Trash." / "Can not copy from Trash.";
    NoRightToEditFile: "You do not have enough permissions to edit the file" / "Недостаточно прав для редактирования файла";
    NoRight: "You don't have enough permission to perform the operation" / "Недостаточно прав для совершения операции";
    LinkNotFound: "The link could not be found" / "Ссылка не найдена";
    LinkExpired: "The link has expired" / "Срок действия ссылки истек";
    LinkPassword: "Incorrect password" / "Неверный пароль";
    NewLink: "New link" / "Новая ссылка";
    BadRequest: "Bad request." / "Неверный запрос.";
    TooManyDownloads: "Too many downloads." / "Слишком много загрузок.";
    SystemFolder: "It is forbidden to move the System folder." / "It is forbidden to move the System folder.";
    EmptyFile: "Empty file" / "Пустой документ";
    FileTooBig: "The maximum file size is exceeded (100 MB)." / "Превышен максимальный размер файла (100 Мб).";
    PackedZip: "Files will be compressed to .zip" / "Файлы будут сжаты в .zip";
    PackedTarGz: "Files will be compressed to .tar.gz" / "Файлы будут сжаты в .tar.gz";
    ChunkedFileTooBig: "The maximum file size is exceeded (100 GB)." / "Превышен максимальный размер файла (100 Гб).";
    Canceled: "The operation was canceled" / "Операция отменена";
    CommentCreated: "Created" / "Создано";
    NewDocument: "New Document" / "Новый документ";
    CommentRestored: "Restored from the revision of {0}" / "Восстановлена из ревизии от {0}";
    CommentEncrypted: "Encrypted" / "Зашифрована";
    Me: "Me" / "Я";
    CommentUploaded: "Uploaded" / "Загружена";
    CommentCopied: "Copied" / "Скопирована";
    CommentOverwritten: "Overwritten" / "Перезаписана";
    CommentEdited: "Edited" / "Отредактирована";
    MyDocuments: "My documents" / "Мои документы";
    Common: "Common" / "Общие";
    SharedWithMe: "Shared with me" / "Доступно для меня";
    InProjects: "In projects" / "В проектах";
    Favorites: "Favorites" / "Избранное";
    Recent: "Recent" / "Последние";
    Templates: "templates" / "templates";
    Trash: "Trash" / "Корзина";
    BadPersonName: "Incorrect firstname or lastname" / "Некорректное имя или фамилия";
    EmailTaken: "User with this email is already registered" / "Пользователь с таким email уже зарегистрирован";
    BadEmail: "Incorrect email" / "Неправильный email";
    AccessDenied: "Access denied" / "Доступ запрещен";
    EmptyPicture: "The selected file is empty" / "Выбран пустой файл";
    NoPicture: "Unknown image file type" / "Неизвестный тип файла изображения";
    ProfileRemoved: "Profile has been removed" / "Профиль удален";
    SettingsSaved: "Settings have been successfully updated" / "Настройки успешно обновлены";
    AuthenticationFailed: "User authentication failed" / "Ошибка аутентификации пользователя";
}
