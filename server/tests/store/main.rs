//! What every store promises, as laws: each runs for each store that there is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bounds;
mod broken;
mod crash;
mod laws;
mod lists;
mod opening;
mod plans;
mod reports;
mod world;

use world::World;

/// Makes a test of each law for each store.
macro_rules! laws {
    ($($room:ident { $($law:ident)+ })+) => {
        mod sqlite {
            $(mod $room {
                $(#[tokio::test]
                async fn $law() {
                    crate::$room::$law(&crate::World::sqlite().await).await;
                })+
            })+
        }
    };
}

laws! {
    laws {
        what_was_accepted_is_read_back
        a_reference_is_taken_once_for_each_client
        a_dry_run_takes_no_reference_and_stands_in_no_line
        a_key_gives_the_first_downlink_again_until_it_expires
        a_key_is_looked_at_before_the_reference
        a_line_takes_as_many_open_parts_as_its_limit
        what_ended_makes_room_in_its_line
        a_line_is_read_in_the_order_of_acceptance
        lines_with_open_downlinks_are_found_by_protocol
        concurrent_acceptances_get_each_number_once
        what_is_refused_undoes_nothing_of_others
        a_change_of_another_version_is_a_conflict
        one_of_many_equal_changes_is_written
        a_second_worker_does_not_get_a_claimed_line
        a_lost_claim_cannot_write
        a_claim_of_another_line_cannot_write
        a_claim_that_is_renewed_is_kept
        a_line_that_is_woken_while_claimed_stays_due
        a_line_that_is_released_is_due_when_it_was_said
        a_lease_that_is_over_is_claimed_by_another
        lines_that_are_due_longest_come_first
        a_forced_end_keeps_its_place_while_a_call_is_out
        what_another_client_owns_is_not_found
        a_part_is_found_by_its_protocol_alone
        logs_and_histories_hold_a_hundred_entries
        what_a_direct_part_went_through_is_its_history
        sealed_bytes_are_erased_and_plain_ones_stay
        what_ended_long_ago_goes_with_all_that_belongs_to_it
        a_device_is_found_by_every_name_and_by_its_client_alone
        an_import_is_taken_whole_or_not_at_all
        an_import_says_which_devices_are_gone_or_moved
        an_alias_goes_to_another_device_in_one_import
        devices_are_listed_in_the_order_of_their_names
        the_encoders_of_devices_are_told
        a_kept_value_is_made_once
        bodies_are_kept_until_they_are_forgotten
    }
    lists {
        every_order_is_walked_forwards_and_backwards
        every_order_is_walked_under_every_filter
        parts_are_listed_by_protocol
        a_position_of_another_sort_is_refused
        lists_show_the_last_ten_entries
        a_tag_is_found_exactly_and_texts_in_part
    }
    reports {
        reports_are_kept_in_their_order_until_they_are_removed
        a_kept_report_is_taken_by_one_change
        a_change_that_loses_leaves_the_report
        old_reports_are_removed
    }
}
