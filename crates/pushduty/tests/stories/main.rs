//! Stories: the built program, run by people on real git remotes, as its users run it. One binary, so that it links once.

mod after;
mod asks;
mod bad_input;
mod calendar;
mod credentials;
mod finish;
mod fixed;
mod hints;
mod history_bad;
mod history_in;
mod history_out;
mod leaving;
mod left_open;
mod looking;
mod moved_tags;
mod next;
mod push_day;
mod record;
mod scene;
mod shown;
mod signoffs;
mod start;

mod notes_bad;
mod notes_cut;
mod notes_write;
mod past_us;
mod people;
mod pick_by_hand;
mod pick_drop;
mod pick_faithful;
mod pick_kept;
mod pick_order;
mod pick_whole;
mod tag_again;
mod tag_base;
mod tag_date;
mod tag_faults;
mod tag_plan;
mod tag_what;
mod tasks;
#[cfg(target_os = "linux")]
mod terminal;
mod told;
mod two_pushes;
mod unreached;
