//! What is wrong with an object of a process or of a file: the words under `errors` of a deploy, an upload, a copy (sheet
//! corezoid/api 3.5, 4.5). Every text stands here once; a test asks for an exchange with each. Pure.

/// A mistake in an object. Texts without a source are our own, formed after those that have one.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Flaw<'a> {
    /// sheet corezoid/api 4.5.
    #[error("Key '{0}' is required")]
    Required(&'a str),
    #[error("Key '{0}'. 'Value is not valid'")]
    NotValid(&'a str),
    /// sheet corezoid/api 1.6.
    #[error("Value is not valid. Value's byte_size is more than maximum allowed: {0}")]
    TooLong(usize),
    #[error("Chart '{0}'. Key 'obj_type'. 'Value is not valid'")]
    ChartType(&'a str),
    /// sheet corezoid/api 4.5.
    #[error("Key 'value'. 'Timer value {0} sec is less than minimum limit 30 sec'")]
    ShortTimer(f64),
    /// sheet corezoid/api 4.5.
    #[error("Wrong params in extra or extraType")]
    ExtraTypes,
    /// sheet corezoid/api 4.5.
    #[error("invalid value res_data or res_data_type, or both")]
    ReplyTypes,
    /// sheet corezoid/api 4.5.
    #[error("referenced node does not exist")]
    NoNode,
    #[error("Process must have only one start node")]
    SecondStart,
    #[error("Logic is not allowed in a final node")]
    LogicInFinal,
    #[error("Node must always have a logic with type go at the end")]
    NoGo,
    #[error("Node must have only one action logic")]
    SecondAction,
    /// sheet corezoid/api 1.6.
    #[error("Key 'conv_id'. 'Task operations between companies is not allowed'")]
    OtherCompany,
    /// sheet corezoid/api 1.6.
    #[error("Only active process can be used")]
    NotActive,
}
