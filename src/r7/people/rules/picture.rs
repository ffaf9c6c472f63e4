//! Pictures of people: which bytes are one, and where each size is found. Pure.

use uuid::Uuid;

use crate::kernel::time::Timestamp;

/// What a picture's first bytes say it is: the ending of its name.
pub(crate) fn ending(bytes: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 4] =
        [(b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"), (b"BM", "bmp")];
    KINDS.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, ending)| *ending)
}

/// The media type of an ending.
pub(crate) fn media(ending: &str) -> &'static str {
    match ending {
        "png" => "image/png",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        _ => "image/jpeg",
    }
}

/// The sizes in which the portal shows a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Original,
    Retina,
    Max,
    Big,
    Medium,
    Small,
}

impl Size {
    /// Edge of the portal's own picture, in pixels.
    const fn edge(self) -> u32 {
        match self {
            Self::Original => 1280,
            Self::Retina => 360,
            Self::Max => 200,
            Self::Big => 82,
            Self::Medium => 48,
            Self::Small => 32,
        }
    }

    /// URL of the picture that people have who gave none.
    pub(crate) fn default_url(self) -> String {
        let edge = self.edge();
        format!("/skins/default/images/default_user_photo_size_{edge}-{edge}.png")
    }

    /// URL of a person's own picture. `changed` keeps an older one from being shown out of a cache.
    pub(crate) fn url(self, person: Uuid, ending: &str, changed: Timestamp) -> String {
        let size = match self {
            Self::Original => "orig".to_owned(),
            other => format!("size_{0}-{0}", other.edge()),
        };
        format!("{PAGE}{person}_{size}.{ending}?_={}", changed.seconds())
    }
}

/// Where pictures are served, case aside.
pub(crate) const PAGE: &str = "/storage/userPhotos/root/";

/// Whose picture a path names.
pub(crate) fn person(path: &str) -> Option<Uuid> {
    let head = path.get(..PAGE.len())?;
    let (id, _) = path.get(PAGE.len()..)?.split_once('_')?;
    head.eq_ignore_ascii_case(PAGE).then(|| Uuid::parse_str(id).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_its_person() {
        let id = Uuid::from_u128(7);
        for size in [Size::Original, Size::Small] {
            let url = size.url(id, "png", Timestamp::from_seconds(5));
            assert_eq!(person(url.split('?').next().unwrap()), Some(id), "{url}");
        }
        let small = Size::Small.url(id, "png", Timestamp::from_seconds(5));
        assert_eq!(small, format!("/storage/userPhotos/root/{id}_size_32-32.png?_=5"));
        for path in ["/storage/userPhotos/root/x_orig.png", "/storage/other/", "/", ""] {
            assert_eq!(person(path), None, "{path}");
        }
        assert_eq!(Size::Big.default_url(), "/skins/default/images/default_user_photo_size_82-82.png");
    }

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], Some("png")),
            (b"\xff\xd8\xff\xe0", Some("jpeg")),
            (b"GIF89a", Some("gif")),
            (b"BM6", Some("bmp")),
            (b"<svg/>", None),
            (b"", None),
        ] {
            assert_eq!(ending(bytes), expected);
        }
    }
}
