//! What kind of file an extension stands for, how it is shown and served (sheet r7/files 2.10, 2.1). Pure.

/// Extensions of each `fileType`, in upstream's order of search.
const TYPES: &[(i32, &[&str])] = &[
    (
        7,
        &[
            ".doc", ".docx", ".docm", ".dot", ".dotx", ".dotm", ".odt", ".fodt", ".ott", ".rtf", ".txt",
            ".html", ".htm", ".mht", ".mhtml", ".xml", ".pdf", ".djvu", ".fb2", ".epub", ".xps", ".oxps",
            ".sxw", ".stw", ".wps", ".wpt", ".doct", ".docy", ".gdoc", ".docxf", ".oform",
        ],
    ),
    (
        5,
        &[
            ".xls", ".xlsx", ".xlsm", ".xlt", ".xltx", ".xltm", ".ods", ".fods", ".ots", ".csv", ".sxc",
            ".et", ".ett", ".xlst", ".xlsy", ".xlsb", ".gsheet",
        ],
    ),
    (
        6,
        &[
            ".pps", ".ppsx", ".ppsm", ".ppt", ".pptx", ".pptm", ".pot", ".potx", ".potm", ".odp", ".fodp",
            ".otp", ".dps", ".dpt", ".sxi", ".pptt", ".ppty", ".gslides",
        ],
    ),
    (
        4,
        &[
            ".bmp", ".cod", ".gif", ".ief", ".jpe", ".jpeg", ".jpg", ".jfif", ".tiff", ".tif", ".cmx",
            ".ico", ".pnm", ".pbm", ".png", ".ppm", ".rgb", ".svg", ".xbm", ".xpm", ".xwd", ".svgt", ".svgy",
            ".gdraw", ".webp",
        ],
    ),
    (
        1,
        &[
            ".zip", ".rar", ".ace", ".arc", ".arj", ".bh", ".cab", ".enc", ".gz", ".ha", ".jar", ".lha",
            ".lzh", ".pak", ".pk3", ".tar", ".tgz", ".uu", ".uue", ".xxe", ".z", ".zoo",
        ],
    ),
    (
        3,
        &[
            ".aac", ".ac3", ".aiff", ".amr", ".ape", ".cda", ".flac", ".m4a", ".mid", ".mka", ".mp3", ".mpc",
            ".oga", ".ogg", ".pcm", ".ra", ".raw", ".wav", ".wma",
        ],
    ),
    (
        2,
        &[
            ".3gp", ".asf", ".avi", ".f4v", ".fla", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg",
            ".mpg", ".mts", ".ogv", ".svi", ".vob", ".webm", ".wmv",
        ],
    ),
];

/// Images that the portal's page shows itself.
const VIEWED_IMAGES: &[&str] = &[".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ico", ".tif", ".tiff", ".webp"];
/// Documents that the editor must convert before it can edit them.
const CONVERTED: &[&str] = &[
    ".doc", ".docm", ".dot", ".dotm", ".dotx", ".epub", ".fb2", ".fodp", ".fods", ".fodt", ".html", ".htm",
    ".mht", ".odp", ".ods", ".odt", ".otp", ".ots", ".ott", ".pot", ".potm", ".potx", ".pps", ".ppsm",
    ".ppsx", ".ppt", ".pptm", ".rtf", ".xls", ".xlsb", ".xlsm", ".xlt", ".xltm", ".xltx", ".xml", ".xps",
    ".oxps", ".djvu",
];

/// `fileType` of an extension in lower case with its dot; 0 is unknown.
pub(crate) fn file_type(extension: &str) -> i32 {
    TYPES.iter().find(|(_, known)| known.contains(&extension)).map_or(0, |(kind, _)| *kind)
}

/// The extension of a form: a new one stays what it is (sheet r7/files 5.4).
const FORM: &str = ".pdf";

/// The portal's own format for an extension's kind of document: what a new file of it becomes (sheet r7/files 5.4).
/// `None`: no kind that the editors know. A form stays a form.
pub(crate) fn own_format(extension: &str) -> Option<&'static str> {
    match file_type(extension) {
        _ if extension == FORM => Some(FORM),
        7 => Some(".docx"),
        5 => Some(".xlsx"),
        6 => Some(".pptx"),
        _ => None,
    }
}

/// The extensions of some file types.
pub(crate) fn extensions(kinds: &[i32]) -> Vec<&'static str> {
    TYPES
        .iter()
        .filter(|(kind, _)| kinds.contains(kind))
        .flat_map(|(_, known)| known.iter().copied())
        .collect()
}

/// The page that a file opens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// The portal's own viewer of pictures and media.
    Preview,
    /// The editor.
    Editor,
    /// The editor, which may only look.
    Viewer,
    /// None: it is downloaded.
    Download,
}

impl Page {
    /// Whether it is a document, which can be looked at in a browser (upstream: `FileUtility.CanWebView`).
    pub(crate) fn is_document(self) -> bool {
        matches!(self, Self::Editor | Self::Viewer)
    }
}

/// Where a file of that extension opens.
pub(crate) fn page(extension: &str) -> Page {
    match file_type(extension) {
        2 | 3 => Page::Preview,
        4 if VIEWED_IMAGES.contains(&extension) => Page::Preview,
        5..=7 if CONVERTED.contains(&extension) => Page::Viewer,
        5..=7 => Page::Editor,
        _ => Page::Download,
    }
}

/// Media types by extension, for downloads.
const MEDIA: &[(&str, &str)] = &[
    (".txt", "text/plain"),
    (".csv", "text/csv"),
    (".htm", "text/html"),
    (".html", "text/html"),
    (".css", "text/css"),
    (".js", "application/javascript"),
    (".json", "application/json"),
    (".xml", "text/xml"),
    (".md", "text/plain"),
    (".pdf", "application/pdf"),
    (".rtf", "application/rtf"),
    (".zip", "application/zip"),
    // Upstream: `MimeMapping`. The other name is what many send.
    (".gz", "application/x-gzip"),
    (".gz", "application/gzip"),
    (".doc", "application/msword"),
    (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (".xls", "application/vnd.ms-excel"),
    (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (".ppt", "application/vnd.ms-powerpoint"),
    (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (".odt", "application/vnd.oasis.opendocument.text"),
    (".ods", "application/vnd.oasis.opendocument.spreadsheet"),
    (".odp", "application/vnd.oasis.opendocument.presentation"),
    (".png", "image/png"),
    (".jpg", "image/jpeg"),
    (".jpeg", "image/jpeg"),
    (".gif", "image/gif"),
    (".bmp", "image/bmp"),
    (".svg", "image/svg+xml"),
    (".webp", "image/webp"),
    (".ico", "image/x-icon"),
    (".mp3", "audio/mpeg"),
    (".wav", "audio/wav"),
    (".mp4", "video/mp4"),
    (".webm", "video/webm"),
];

/// The media type of a download.
pub(crate) fn media_type(extension: &str) -> &'static str {
    MEDIA.iter().find(|(known, _)| *known == extension).map_or("application/octet-stream", |(_, media)| media)
}

/// The extension for a media type, of a raw upload that says no name; empty if none is known.
pub(crate) fn extension_of(media_type: &str) -> &'static str {
    MEDIA.iter().find(|(_, known)| *known == media_type).map_or("", |(extension, _)| extension)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        // sheet r7/files 2.10
        for (extension, expected) in [
            (".txt", 7),
            (".docx", 7),
            (".pdf", 7),
            (".xlsx", 5),
            (".pptx", 6),
            (".png", 4),
            (".zip", 1),
            (".mp3", 3),
            (".mp4", 2),
            (".json", 0),
            (".md", 0),
            (".exe", 0),
            ("", 0),
        ] {
            assert_eq!(file_type(extension), expected, "{extension}");
        }
    }

    #[test]
    fn own_formats() {
        // sheet r7/files 5.4
        for (extension, expected) in [
            (".docx", Some(".docx")),
            (".txt", Some(".docx")),
            (".doc", Some(".docx")),
            (".docxf", Some(".docx")),
            (".csv", Some(".xlsx")),
            (".odp", Some(".pptx")),
            (".pdf", Some(".pdf")),
            (".zip", None),
            (".png", None),
            (".md", None),
            ("", None),
        ] {
            assert_eq!(own_format(extension), expected, "{extension}");
        }
    }

    #[test]
    fn pages() {
        for (extension, expected) in [
            (".docx", Page::Editor),
            (".doc", Page::Viewer),
            (".png", Page::Preview),
            (".psd", Page::Download),
            (".mp4", Page::Preview),
            ("", Page::Download),
            (".cod", Page::Download),
        ] {
            assert_eq!(page(extension), expected, "{extension}");
        }
        assert_eq!((media_type(".docx").len(), media_type(".none")), (71, "application/octet-stream"));
        assert_eq!((extension_of("text/plain"), extension_of("x/y")), (".txt", ""));
    }
}
