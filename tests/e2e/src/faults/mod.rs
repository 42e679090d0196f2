//! What goes wrong on the deployment: nothing is lost by it, and nothing is done twice.

mod beside;
mod bustle;
mod deploy;
mod killed;
pub(crate) mod messages;
mod search;
mod services;

use crate::{Tell, told};

/// One after the other: each is felt by everything on the deployment.
pub(crate) const ALL: &[(&str, Tell)] = told!["faults":
    messages::wake_ups_come_often_and_in_any_order,
    messages::a_message_that_makes_no_sense_is_put_aside,
    killed::functions_die_in_the_middle,
    services::the_table_is_throttled,
    services::all_services_fail_for_a_while,
    search::it_is_away_for_a_while,
    deploy::functions_are_replaced_while_jobs_run,
];
