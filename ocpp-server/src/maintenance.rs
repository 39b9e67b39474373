//! What operators do with stations over several messages.
//!
//! ```text
//! upkeep    firmware and campaigns, logs, certificates: what is begun is kept, and goes on after a restart
//! ```

mod upkeep;

pub use upkeep::{
    CampaignForm, CampaignReport, Files, FilesError, FirmwareForm, KeyRenewal, Links, LogForm, Seal,
    TargetReport, UpdateForm, Upkeep, UpkeepError, UpkeepSettings, Upload, UploadRefused,
};
