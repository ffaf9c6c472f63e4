//! `settings/ssov2…`, `settings/sso`, `settings/ldap…` and `settings/sms`: all are off, and show what they would start
//! from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::demand_admin;
use crate::kernel::db::Access;
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::Fault;
use crate::r7::wire::{Answer, Nothing};

/// Settings as upstream's defaults have them.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Defaults(Map<String, Value>);

impl Answer for Defaults {}

fn defaults(value: Value) -> Defaults {
    let Value::Object(fields) = value else { return Defaults(Map::new()) };
    Defaults(fields)
}

/// `GET settings/ssov2` and `…/default`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetSingleSignOn {}

impl Endpoint for GetSingleSignOn {
    const ACCESS: Access = Access::Read;
    type Out = Defaults;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Defaults, Fault> {
        const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
        const AES: &str = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
        const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
        demand_admin(cx)?;
        Ok(defaults(json!({
            "enableSso": false,
            "idpSettings": {
                "entityId": "",
                "ssoUrl": "",
                "ssoBinding": POST,
                "sloUrl": "",
                "sloBinding": POST,
                "nameIdFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
            },
            "idpCertificates": [],
            "idpCertificateAdvanced": {
                "verifyAlgorithm": SHA1,
                "verifyAuthResponsesSign": false,
                "verifyLogoutRequestsSign": false,
                "verifyLogoutResponsesSign": false,
                "decryptAlgorithm": AES,
                "decryptAssertions": false,
            },
            "spLoginLabel": "Single Sign-on",
            "spCertificates": [],
            "spCertificateAdvanced": {
                "signingAlgorithm": SHA1,
                "signAuthRequests": false,
                "signLogoutRequests": false,
                "signLogoutResponses": false,
                "encryptAlgorithm": AES,
                "decryptAlgorithm": AES,
                "encryptAssertions": false,
            },
            "fieldMapping": {
                "firstName": "givenName",
                "lastName": "sn",
                "email": "mail",
                "title": "title",
                "location": "l",
                "phone": "mobile",
            },
            "hideAuthPage": false,
        })))
    }
}

/// `GET settings/sso`: what portals before `ssov2` called it. Current ones have no such call, but the Ruby client still
/// makes it, as `settings/SSO`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetEarlierSingleSignOn {}

impl Endpoint for GetEarlierSingleSignOn {
    const ACCESS: Access = Access::Read;
    type Out = Defaults;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Defaults, Fault> {
        demand_admin(cx)?;
        Ok(defaults(json!({
            "enableSso": false,
            "tokenType": "SAML",
            "validationType": "X.509",
            "publicKey": "",
            "issuer": "",
            "ssoEndPoint": "",
            "sloEndPoint": "",
            "clientPassword": null,
            "clientCertificateFileName": null,
        })))
    }
}

/// `PUT settings/sms`: codes in text messages at sign-in, of earlier portals too; the Ruby client makes it.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetTextMessages {
    enable: bool,
}

impl Endpoint for SetTextMessages {
    const ACCESS: Access = Access::Read;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        demand_admin(cx)?;
        if self.enable {
            // Nobody sends them here, as `authentication/sendsms` says.
            return Err(Fault::MethodAccess("Attempt to access the method failed.".into()));
        }
        Ok(false)
    }
}

/// `GET settings/ldap` and `…/default`; clients write `LDAP`, and routes ignore case.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetLdap {}

impl Endpoint for GetLdap {
    const ACCESS: Access = Access::Read;
    type Out = Defaults;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Defaults, Fault> {
        demand_admin(cx)?;
        // Of a server on Linux.
        Ok(defaults(json!({
            "enableLdapAuthentication": false,
            "startTls": false,
            "ssl": false,
            "sendWelcomeEmail": false,
            "server": "",
            "userDN": "",
            "portNumber": 389,
            "userFilter": "(uid=*)",
            "loginAttribute": "uid",
            "ldapMapping": {
                "firstNameAttribute": "givenName",
                "secondNameAttribute": "sn",
                "mailAttribute": "mail",
                "titleAttribute": "title",
                "mobilePhoneAttribute": "mobile",
                "locationAttribute": "street",
            },
            "accessRights": {},
            "firstNameAttribute": "givenName",
            "secondNameAttribute": "sn",
            "mailAttribute": "mail",
            "titleAttribute": "title",
            "mobilePhoneAttribute": "mobile",
            "locationAttribute": "street",
            "groupMembership": false,
            "groupDN": "",
            "groupNameAttribute": "cn",
            "groupFilter": "(objectClass=posixGroup)",
            "userAttribute": "uid",
            "groupAttribute": "memberUid",
            "authentication": true,
            "login": null,
            "password": null,
            "passwordBytes": null,
            "isDefault": true,
            "acceptCertificate": false,
            "acceptCertificateHash": null,
        })))
    }
}

/// `GET settings/ldap/status`: no synchronisation has run, a null.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetLdapStatus {}

impl Endpoint for GetLdapStatus {
    const ACCESS: Access = Access::Read;
    type Out = Nothing;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Nothing, Fault> {
        demand_admin(cx)?;
        Ok(Nothing)
    }
}
