//! The switches that each person has for documents (sheet r7/files 1).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::archive::Packing;
use super::rules::settings::FilesSettings;
use crate::kernel::db::Access;
use crate::r7::bind::{EnumOf, WireEnum, wire_enum};
use crate::r7::endpoint::{Cx, Endpoint};
use crate::r7::error::{Fault, bad_argument};
use crate::r7::messages::Message;
use crate::r7::store;
use crate::r7::wire::Answer;

/// Changes the caller's settings. One statement; none where nothing changes.
pub(super) async fn change(
    cx: &mut Cx<'_>,
    set: impl FnOnce(&mut FilesSettings),
) -> Result<FilesSettings, Fault> {
    let (caller, before) = (cx.caller()?, cx.files_settings()?);
    let mut settings = before;
    set(&mut settings);
    if settings != before {
        store::setting::put(cx.conn, caller.id, &settings).await?;
        cx.people_changed = true;
    }
    Ok(settings)
}

macro_rules! switches {
    ($($(#[$doc:meta])* $name:ident: $field:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Deserialize, Default, JsonSchema)]
        #[serde(default)]
        pub(crate) struct $name {
            set: bool,
        }

        impl Endpoint for $name {
            const ACCESS: Access = Access::Single;
            type Out = bool;

            async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
                Ok(change(cx, |settings| settings.$field = self.set).await?.$field)
            }
        }
    )*};
}

switches! {
    /// `PUT files/updateifexist`: uploads of a taken title become versions.
    UpdateIfExist: update_if_exist;
    /// `PUT files/storeoriginal`.
    StoreOriginal: store_original;
    /// `PUT files/displayRecent`: whether `@root` shows the section.
    DisplayRecent: recent;
    /// `PUT files/settings/favorites`.
    DisplayFavorites: favorites;
    /// `PUT files/settings/templates`.
    DisplayTemplates: templates;
}

/// `PUT files/hideconfirmconvert`: no more questions before a converted file is saved, or opened.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct HideConfirmConvert {
    save: bool,
}

impl Endpoint for HideConfirmConvert {
    const ACCESS: Access = Access::Single;
    type Out = bool;

    async fn run(self, cx: &mut Cx<'_>) -> Result<bool, Fault> {
        let hide = |settings: &mut FilesSettings| {
            *(if self.save { &mut settings.hide_confirm_save } else { &mut settings.hide_confirm_open }) =
                true;
        };
        change(cx, hide).await?;
        Ok(true)
    }
}

/// How archives are packed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Archive {
    title: &'static str,
    archive_extension: &'static str,
}

impl Answer for Archive {}

/// `PUT files/settings/downloadtargz`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct DownloadTarGz {
    set: bool,
}

impl Endpoint for DownloadTarGz {
    const ACCESS: Access = Access::Single;
    type Out = Archive;

    async fn run(self, cx: &mut Cx<'_>) -> Result<Archive, Fault> {
        let settings = change(cx, |settings| settings.tar_gz = self.set).await?;
        let kind = Packing::of(&settings);
        let title = match kind {
            Packing::Zip => Message::PackedZip,
            Packing::TarGz => Message::PackedTarGz,
        };
        Ok(Archive { title: title.say(cx.language()), archive_extension: kind.extension() })
    }
}

/// Whether and after how long the trash is cleaned.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AutoCleanUp {
    is_auto_clean_up: bool,
    gap: i64,
}

impl Answer for AutoCleanUp {}

impl From<FilesSettings> for AutoCleanUp {
    fn from(settings: FilesSettings) -> Self {
        Self { is_auto_clean_up: settings.auto_clean_up, gap: settings.clean_up_gap }
    }
}

/// `DateToAutoCleanUp`.
#[derive(Debug, Clone, Copy, Default)]
struct Gap(i32);

impl WireEnum for Gap {
    const NAMES: &'static [(&'static str, i32)] =
        &[("OneWeek", 1), ("TwoWeeks", 2), ("OneMonth", 3), ("TwoMonths", 4), ("ThreeMonths", 5)];

    fn from_number(number: i32) -> Option<Self> {
        Some(Self(number))
    }
}

/// `GET files/settings/autocleanup`.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct GetAutoCleanUp {}

impl Endpoint for GetAutoCleanUp {
    const ACCESS: Access = Access::Read;
    type Out = AutoCleanUp;

    async fn run(self, cx: &mut Cx<'_>) -> Result<AutoCleanUp, Fault> {
        Ok(cx.files_settings()?.into())
    }
}

/// `PUT files/settings/autocleanup`.
#[derive(Deserialize, Default, JsonSchema)]
#[serde(default)]
pub(crate) struct SetAutoCleanUp {
    set: bool,
    #[serde(deserialize_with = "wire_enum")]
    #[schemars(with = "EnumOf<Gap>")]
    gap: Gap,
}

impl Endpoint for SetAutoCleanUp {
    const ACCESS: Access = Access::Single;
    type Out = AutoCleanUp;

    async fn run(self, cx: &mut Cx<'_>) -> Result<AutoCleanUp, Fault> {
        let gap = i64::from(self.gap.0);
        // An interval that is none would never end; absent, the one that was set stays.
        if !(0..=5).contains(&gap) {
            return Err(bad_argument());
        }
        let settings = change(cx, |settings| {
            settings.auto_clean_up = self.set;
            if gap != 0 {
                settings.clean_up_gap = gap;
            }
        });
        let settings = settings.await?;
        if settings.auto_clean_up {
            // What is too old already goes before the next call.
            cx.falls_due(cx.now);
        }
        Ok(settings.into())
    }
}
