//! Blank office documents: what a new file starts with (sheet r7/files 5.4). Pure; the same bytes every time.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Parts of a package: path and XML.
type Parts = &'static [(&'static str, &'static str)];

macro_rules! parts {
    ($($path:literal: $file:literal,)*) => {
        &[$(($path, include_str!(concat!("blank/", $file))),)*]
    };
}

/// The content types come first: readers that stream a package want them there.
const DOCX: Parts = parts! {
    "[Content_Types].xml": "docx/content_types.xml",
    "_rels/.rels": "docx/rels.xml",
    "word/document.xml": "docx/document.xml",
    "word/_rels/document.xml.rels": "docx/document_rels.xml",
    "word/styles.xml": "docx/styles.xml",
};

const XLSX: Parts = parts! {
    "[Content_Types].xml": "xlsx/content_types.xml",
    "_rels/.rels": "xlsx/rels.xml",
    "xl/workbook.xml": "xlsx/workbook.xml",
    "xl/_rels/workbook.xml.rels": "xlsx/workbook_rels.xml",
    "xl/worksheets/sheet1.xml": "xlsx/sheet1.xml",
    "xl/styles.xml": "xlsx/styles.xml",
};

const PPTX: Parts = parts! {
    "[Content_Types].xml": "pptx/content_types.xml",
    "_rels/.rels": "pptx/rels.xml",
    "ppt/presentation.xml": "pptx/presentation.xml",
    "ppt/_rels/presentation.xml.rels": "pptx/presentation_rels.xml",
    "ppt/slideMasters/slideMaster1.xml": "pptx/master.xml",
    "ppt/slideMasters/_rels/slideMaster1.xml.rels": "pptx/master_rels.xml",
    "ppt/slideLayouts/slideLayout1.xml": "pptx/layout.xml",
    "ppt/slideLayouts/_rels/slideLayout1.xml.rels": "pptx/layout_rels.xml",
    "ppt/slides/slide1.xml": "pptx/slide.xml",
    "ppt/slides/_rels/slide1.xml.rels": "pptx/slide_rels.xml",
    "ppt/theme/theme1.xml": "pptx/theme.xml",
};

/// Objects of a PDF with one empty A4 page, in the order of their numbers.
const PDF: [&str; 3] = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
];

static DOCUMENT: LazyLock<Vec<u8>> = LazyLock::new(|| package(DOCX));
static SPREADSHEET: LazyLock<Vec<u8>> = LazyLock::new(|| package(XLSX));
static PRESENTATION: LazyLock<Vec<u8>> = LazyLock::new(|| package(PPTX));
static FORM: LazyLock<Vec<u8>> = LazyLock::new(pdf);

/// The blank document of an extension (lower case, with its dot); `None` where the portal has none in stock.
pub(crate) fn document(extension: &str) -> Option<&'static [u8]> {
    Some(match extension {
        ".docx" => &DOCUMENT,
        ".xlsx" => &SPREADSHEET,
        ".pptx" => &PRESENTATION,
        ".pdf" => &FORM,
        _ => return None,
    })
}

/// Not compressed, and dated at the zip's first moment: no compressor's version and no clock shows in the bytes.
fn package(parts: Parts) -> Vec<u8> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, xml) in parts {
        // Writing into memory does not fail, and the paths are unique.
        if archive.start_file(*path, options).is_ok() {
            let _ = archive.write_all(xml.as_bytes());
        }
    }
    archive.finish().map(Cursor::into_inner).unwrap_or_default()
}

fn pdf() -> Vec<u8> {
    let mut text = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (index, object) in PDF.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", text.len());
        let _ = write!(text, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let (start, size) = (text.len(), PDF.len() + 1);
    let _ = write!(
        text,
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Read as _;

    use super::*;

    #[test]
    fn only_the_portals_own_formats_are_in_stock() {
        for (extension, starts) in [
            (".docx", &b"PK\x03\x04"[..]),
            (".xlsx", b"PK\x03\x04"),
            (".pptx", b"PK\x03\x04"),
            (".pdf", b"%PDF-"),
        ] {
            assert!(document(extension).is_some_and(|bytes| bytes.starts_with(starts)), "{extension}");
        }
        for extension in ["", ".txt", ".doc", ".odt", ".DOCX"] {
            assert_eq!(document(extension), None, "{extension}");
        }
    }

    /// What a relation's file says of where it leads, from the folder of the part that it belongs to.
    fn targets(path: &str, xml: &str) -> Vec<String> {
        let folder = path.split("_rels/").next().unwrap();
        xml.match_indices("Target=\"")
            .map(|(at, key)| {
                let target = xml[at + key.len()..].split('"').next().unwrap();
                let (mut base, mut rest) = (folder.trim_end_matches('/'), target);
                while let Some(up) = rest.strip_prefix("../") {
                    (base, rest) = (base.rsplit_once('/').map_or("", |(above, _)| above), up);
                }
                format!("{base}/{rest}").trim_start_matches('/').to_owned()
            })
            .collect()
    }

    #[test]
    fn every_part_of_a_package_is_declared_and_every_relation_leads_to_a_part() {
        for extension in [".docx", ".xlsx", ".pptx"] {
            let mut archive = zip::ZipArchive::new(Cursor::new(document(extension).unwrap())).unwrap();
            let names: BTreeSet<String> =
                archive.file_names().map(|name| name.unwrap().into_owned()).collect();
            let mut led_to = BTreeSet::new();
            let mut types = String::new();
            for name in &names {
                let mut xml = String::new();
                archive.by_name(name).unwrap().read_to_string(&mut xml).unwrap();
                if name == "[Content_Types].xml" {
                    types = xml;
                } else if name.contains("_rels/") {
                    led_to.extend(targets(name, &xml));
                }
            }
            let parts: BTreeSet<String> = names
                .iter()
                .filter(|name| !name.contains("_rels/") && !name.starts_with('['))
                .cloned()
                .collect();
            assert_eq!(led_to, parts, "{extension}");
            for part in &parts {
                assert!(types.contains(&format!("PartName=\"/{part}\"")), "{extension}: {part}");
            }
        }
    }

    #[test]
    fn the_pdfs_table_names_where_its_objects_begin() {
        let text = String::from_utf8(document(".pdf").unwrap().to_vec()).unwrap();
        let start: usize = text.split("startxref\n").nth(1).unwrap().lines().next().unwrap().parse().unwrap();
        assert!(text[start..].starts_with("xref\n"));
        let offsets = text[start..].lines().skip(3).take(3).map(|line| line[..10].parse::<usize>().unwrap());
        for (index, offset) in offsets.enumerate() {
            assert!(text[offset..].starts_with(&format!("{} 0 obj\n", index + 1)));
        }
    }
}
