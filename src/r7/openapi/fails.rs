//! Calls that answer 500 by the real portal's own rules: an empty file, a wrong password, a permission demand. Pure.

use super::super::route::Verb;
use Verb::{Delete, Get, Post, Put};

/// Verb and template, as in the route table.
#[rustfmt::skip]
const FAILS: &[(Verb, &str)] = &[
    // sheet r7/transport 6: a login that fails.
    (Post, "authentication"),
    (Post, "authentication/setphone"),
    (Post, "authentication/sendsms"),
    (Post, "authentication/register"),
    (Post, "authentication/{code}"),
    // sheet r7/transport 8: a body whose type names no charset.
    (Get, "batch"),
    (Post, "batch"),
    // sheet r7/files 5.1: empty files, and those over 100 MB.
    (Post, "crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files/upload"),
    (Post, "files/@my/upload"),
    (Post, "files/@common/upload"),
    (Post, "files/{folderid}/upload"),
    (Post, "files/@my/html"),
    (Post, "files/@common/html"),
    (Post, "files/@my/text"),
    (Post, "files/@common/text"),
    (Post, "files/{folderid}/text"),
    (Put, "files/{fileid}/update"),
    // sheet r7/files 5.8: an id beyond an Int32.
    (Get, "files/file/{fileid}/presigneduri"),
    // sheet r7/files 8: an id that is no number.
    (Post, "files/favorites"),
    (Delete, "files/favorites"),
    (Post, "files/templates"),
    (Delete, "files/templates"),
    (Delete, "files/share"),
    (Post, "files/thumbnails"),
    (Put, "files/batch/properties"),
    // sheet r7/crm 3: a list that is not every category's.
    (Put, "crm/history/category/reorder"),
];

/// Whether the portal has its own reasons to answer 500 to a call.
pub(super) fn fails(verb: Verb, template: &str) -> bool {
    FAILS.contains(&(verb, template)) || demands(verb, template) || counts(template)
}

/// sheet r7/transport 7: a permission that is demanded and not had. Whoever changes people or settings needs one; most
/// settings are for administrators' eyes, too.
fn demands(verb: Verb, template: &str) -> bool {
    let module = template.split('/').next().unwrap_or_default();
    match module {
        "settings" | "security" => true,
        "people" | "group" | "portal" => verb != Get,
        _ => false,
    }
}

/// sheet r7/files 8: an id that is no number is 500 on most calls that take one.
fn counts(template: &str) -> bool {
    template.starts_with("files/") && (template.contains("{fileid}") || template.contains("{folderid}"))
}

#[cfg(test)]
mod tests {
    use super::super::super::routes::ROUTES;
    use super::*;

    #[test]
    fn each_is_a_route() {
        for (verb, template) in FAILS {
            let known = ROUTES.iter().any(|route| (route.verb, route.template) == (*verb, *template));
            assert!(known, "{verb:?} {template}");
        }
    }
}
