//! The list option `type`: items by the names of their contracts (sheet r7/transport 5). Pure.

use serde_json::Value;

use super::listing::ListOptions;

/// Contracts by what the schema calls the items of a list (upstream: the `DataContract` of each wrapper).
const CONTRACTS: &[(&str, &str)] = &[
    ("Case", "case"),
    ("Category", "historyCategory"),
    ("Content", "content"),
    ("Employee", "person"),
    ("Event", "historyEvent"),
    ("File", "file"),
    ("Folder", "folder"),
    ("FullEmployee", "person"),
    ("GroupSummary", "group"),
    ("Operation", "operation_result"),
    ("Opportunity", "opportunity"),
    ("Stage", "opportunityStages"),
];

/// The contract of an item; `None`: not known.
fn of(named: &str, item: &Value) -> Option<&'static str> {
    match named {
        // Of the lists that mix, each item says what it is.
        "FileOrFolder" => Some(if item.get("parentId").is_some() { "folder" } else { "file" }),
        "Contact" => {
            Some(if item.get("isCompany") == Some(&Value::Bool(true)) { "company" } else { "person" })
        }
        _ => CONTRACTS.iter().find(|(known, _)| *known == named).map(|(_, contract)| *contract),
    }
}

/// Keeps the items of the wanted contract. Where the contract is not known, all stay.
pub(crate) fn pick(items: &mut Vec<Value>, named: &str, options: &ListOptions) {
    if let Some(wanted) = &options.contract {
        items.retain(|item| of(named, item).is_none_or(|contract| contract == wanted));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_of_another_contract_go() {
        let left = |named: &str, query: &str| {
            let mut items = vec![
                json!({ "id": 1, "parentId": 2, "isCompany": true }),
                json!({ "id": 2, "folderId": 2, "isCompany": false }),
            ];
            pick(&mut items, named, &ListOptions::from_query(Some(query)));
            items.iter().map(|item| item["id"].to_string()).collect::<Vec<_>>().join(" ")
        };
        for (named, query, expected) in [
            ("FileOrFolder", "type=folder", "1"),
            ("FileOrFolder", "type=file", "2"),
            ("FileOrFolder", "type=File", ""),
            ("Contact", "type=company", "1"),
            ("Contact", "type=person", "2"),
            ("File", "type=file", "1 2"),
            ("File", "type=folder", ""),
            ("Share", "type=folder", "1 2"),
            ("File", "", "1 2"),
        ] {
            assert_eq!(left(named, query), expected, "{named} {query}");
        }
    }
}
