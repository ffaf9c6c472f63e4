//! The site map: every route of the portal, one line each. Path literals live here and only here.

use super::endpoint::{Entry, delete, get, post, put};
use super::{auth, crm};
use super::people;

/// Every route after `/api/2.0/`.
#[rustfmt::skip]
pub(crate) static ROUTES: &[Entry] = &[
    post::<auth::SignIn>("authentication").open(),
    get::<people::myself::GetSelf>("people/@self"),
    get::<people::list::ListPeople>("people"),
    get::<people::myself::GetByEmail>("people/email"),
    get::<people::list::SearchPeople>("people/search"),
    get::<people::list::SearchPeople>("people/@search/{query}"),
    get::<people::list::ListByStatus>("people/status/{status}"),
    get::<people::list::FilterPeople>("people/filter"),
    get::<people::list::FilterPeopleSimply>("people/simple/filter"),
    get::<people::myself::GetPerson>("people/{userName}"),

    get::<crm::contact::FilterContacts>("crm/contact/filter"),
    get::<crm::contact::GetContact>("crm/contact/{id:[0-9]+}"),
    delete::<crm::contact::DeleteContact>("crm/contact/{id:[0-9]+}"),
    post::<crm::person::CreatePerson>("crm/contact/person"),
    post::<crm::company::CreateCompany>("crm/contact/company"),
    get::<crm::opportunity::FilterOpportunities>("crm/opportunity/filter"),
    get::<crm::opportunity::GetOpportunity>("crm/opportunity/{id:[0-9]+}"),
    post::<crm::opportunity::CreateOpportunity>("crm/opportunity"),
    delete::<crm::opportunity::DeleteOpportunity>("crm/opportunity/{id:[0-9]+}"),
    get::<crm::stage::ListStages>("crm/opportunity/stage"),
    get::<crm::stage::GetStage>("crm/opportunity/stage/{id:[0-9]+}"),
    get::<crm::case::FilterCases>("crm/case/filter"),
    get::<crm::case::GetCase>("crm/case/{id:[0-9]+}"),
    post::<crm::case::CreateCase>("crm/case"),
    delete::<crm::case::DeleteCase>("crm/case/{id:[0-9]+}"),
    get::<crm::history::FilterEvents>("crm/history/filter"),
    post::<crm::history::PostEvent>("crm/history"),
    delete::<crm::history::DeleteEvent>("crm/history/{id:[0-9]+}"),
    get::<crm::category::ListCategories>("crm/history/category"),
    post::<crm::category::CreateCategory>("crm/history/category"),
    put::<crm::category::ReorderCategories>("crm/history/category/reorder"),
    put::<crm::category::UpdateCategory>("crm/history/category/{id:[0-9]+}"),
    put::<crm::category::UpdateIcon>("crm/history/category/{id:[0-9]+}/icon"),
    delete::<crm::category::DeleteCategory>("crm/history/category/{id:[0-9]+}"),
    get::<crm::attachment::GetRoot>("crm/files/root"),
    delete::<crm::attachment::DeleteFile>("crm/files/{id:[0-9]+}"),
    get::<crm::attachment::ListFiles>("crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files"),
    post::<crm::attachment::AttachFiles>("crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files"),
    post::<crm::attachment::CreateText>("crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files/text"),
    post::<crm::attachment::UploadFiles>("crm/{entityType:(contact|opportunity|case)}/{id:[0-9]+}/files/upload").upload(),
];
