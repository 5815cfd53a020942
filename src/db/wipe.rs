//! Emptying a demonstration register.

use super::{Result, Tx};
use crate::sql;

/// Takes away every row of every table, those that point at others first.
///
/// # Errors
/// As the engine says; a table that still points at an emptied one is missing below.
pub async fn everything(tx: &mut Tx) -> Result<()> {
    sql!("DELETE FROM session").run(tx).await?;
    sql!("DELETE FROM sign_in_link").run(tx).await?;
    sql!("DELETE FROM sign_in_attempt").run(tx).await?;
    sql!("DELETE FROM mail").run(tx).await?;
    sql!("DELETE FROM draft").run(tx).await?;
    sql!("DELETE FROM declaration").run(tx).await?;
    sql!("DELETE FROM overlap_answer").run(tx).await?;
    sql!("DELETE FROM overlap_remark").run(tx).await?;
    sql!("DELETE FROM overlap_verdict").run(tx).await?;
    sql!("DELETE FROM attachment_content").run(tx).await?;
    sql!("DELETE FROM attachment").run(tx).await?;
    sql!("DELETE FROM forwarding_answer").run(tx).await?;
    sql!("DELETE FROM forwarding").run(tx).await?;
    sql!("DELETE FROM reference_item").run(tx).await?;
    sql!("DELETE FROM reference_request").run(tx).await?;
    sql!("DELETE FROM reference_share").run(tx).await?;
    sql!("DELETE FROM decision").run(tx).await?;
    sql!("DELETE FROM consultation_message").run(tx).await?;
    sql!("DELETE FROM point_reply").run(tx).await?;
    sql!("DELETE FROM consultation_point").run(tx).await?;
    sql!("DELETE FROM consultation_body").run(tx).await?;
    sql!("DELETE FROM consultation_words").run(tx).await?;
    sql!("DELETE FROM consultation").run(tx).await?;
    sql!("DELETE FROM consultation_year").run(tx).await?;
    sql!("DELETE FROM answer_template").run(tx).await?;
    sql!("DELETE FROM consulted_body").run(tx).await?;
    sql!("DELETE FROM overlap_check").run(tx).await?;
    sql!("DELETE FROM overlap_turn").run(tx).await?;
    sql!("DELETE FROM overlap").run(tx).await?;
    sql!("DELETE FROM word_list").run(tx).await?;
    sql!("DELETE FROM subscription").run(tx).await?;
    sql!("DELETE FROM event").run(tx).await?;
    sql!("DELETE FROM person").run(tx).await?;
    sql!("DELETE FROM round").run(tx).await?;
    sql!("DELETE FROM item").run(tx).await?;
    sql!("DELETE FROM respondent_listed").run(tx).await?;
    sql!("DELETE FROM respondent_group").run(tx).await?;
    sql!("DELETE FROM provision").run(tx).await?;
    sql!("DELETE FROM collection_agency").run(tx).await?;
    sql!("DELETE FROM collection_version").run(tx).await?;
    sql!("UPDATE collection SET copied_from = NULL").run(tx).await?;
    sql!("DELETE FROM collection").run(tx).await?;
    sql!("DELETE FROM number_counter").run(tx).await?;
    sql!("DELETE FROM organisation_name").run(tx).await?;
    sql!("DELETE FROM agency").run(tx).await?;
    sql!("DELETE FROM municipality").run(tx).await?;
    sql!("DELETE FROM region").run(tx).await?;
    sql!("DELETE FROM organisation").run(tx).await?;
    sql!("DELETE FROM area").run(tx).await?;
    sql!("DELETE FROM county").run(tx).await?;
    sql!("DELETE FROM setting").run(tx).await?;
    Ok(())
}
