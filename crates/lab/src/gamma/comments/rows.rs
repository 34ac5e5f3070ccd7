//! Comments as Gamma writes them.

use axum::body::Bytes;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

use crate::exchange::{Millis, WalletIx};
use crate::world::comments::{self, Heading, Parent, Thread};
use crate::world::{World, profile};

/// A comment is looked through a while after it was written.
const MODERATION_MS: Millis = 8_000;

/// How much of the author a row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Neither the author's profile nor reactions.
    Bare,
    Profile,
    /// The profile with what the author holds.
    Positions,
}

/// What a comment hangs on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    parent: Parent,
    /// Of a reply: the thread's root and whom it answers.
    reply: Option<(u64, WalletIx)>,
}

impl Place {
    /// The place of `heading` in `thread`.
    pub(super) fn of(parent: Parent, thread: &Thread, heading: &Heading) -> Self {
        let reply = thread.replies.iter().find(|reply| reply.heading.id == heading.id);
        Self { parent, reply: reply.map(|reply| (thread.root.id, reply.to)) }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CommentRow<'p> {
    id: String,
    body: String,
    parent_entity_type: &'static str,
    #[serde(rename = "parentEntityID")]
    parent_entity_id: u64,
    #[serde(rename = "parentCommentID", skip_serializing_if = "Option::is_none")]
    parent_comment_id: Option<String>,
    user_address: &'p str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_address: Option<String>,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ProfileRow<'p>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reactions: Vec<ReactionRow<'p>>,
    report_count: usize,
    reaction_count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProfileRow<'p> {
    name: String,
    pseudonym: &'p str,
    display_username_public: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    bio: &'p str,
    proxy_wallet: &'p str,
    base_address: &'p str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    positions: Vec<PositionRow>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PositionRow {
    token_id: String,
    /// Millionths of a share.
    position_size: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReactionRow<'p> {
    id: String,
    #[serde(rename = "commentID")]
    comment_id: u64,
    reaction_type: &'static str,
    user_address: String,
    profile: ReactorRow<'p>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReactorRow<'p> {
    proxy_wallet: &'p str,
}

/// The rows of whole threads, each with its root first.
pub(super) fn of_threads<'t>(
    world: &World,
    parent: Parent,
    threads: impl IntoIterator<Item = &'t Thread>,
    detail: Detail,
) -> Vec<Bytes> {
    let mut rows = Vec::new();
    for thread in threads {
        let replies = thread.replies.iter().map(|reply| &reply.heading);
        for heading in std::iter::once(&thread.root).chain(replies) {
            rows.extend(write(world, heading, Place::of(parent, thread, heading), detail));
        }
    }
    rows
}

/// One row.
pub(super) fn write(
    world: &World,
    heading: &Heading,
    place: Place,
    detail: Detail,
) -> Option<Bytes> {
    let author = world.person(heading.author);
    let base_address = profile::base_address(author);
    let likes = comments::likes(world, heading);
    let reviewed_ms = heading.at_ms + MODERATION_MS;
    let (parent_entity_type, parent_entity_id) = match place.parent {
        Parent::Event(number) => ("Event", number),
        Parent::Series(number) => ("Series", number),
    };
    let positions = || {
        let held = comments::positions(world, heading, heading.author).into_iter();
        held.map(|(token_id, shares)| PositionRow { token_id, position_size: shares.to_string() })
    };
    let row = CommentRow {
        id: heading.id.to_string(),
        body: comments::body(world, heading),
        parent_entity_type,
        parent_entity_id,
        parent_comment_id: place.reply.map(|(root, _)| root.to_string()),
        user_address: &base_address,
        reply_address: place.reply.map(|(_, to)| profile::base_address(world.person(to))),
        created_at: iso(heading.at_ms),
        updated_at: (reviewed_ms <= world.now_ms()).then(|| iso(reviewed_ms)),
        profile: (detail != Detail::Bare).then(|| ProfileRow {
            name: profile::shown_name(author),
            pseudonym: &author.pseudonym,
            display_username_public: author.displays_name,
            bio: &author.bio,
            proxy_wallet: &author.address,
            base_address: &base_address,
            positions: match detail {
                Detail::Positions => positions().collect(),
                Detail::Bare | Detail::Profile => Vec::new(),
            },
        }),
        reactions: match detail {
            Detail::Bare => Vec::new(),
            Detail::Profile | Detail::Positions => reactions(world, heading, &likes),
        },
        report_count: 0,
        reaction_count: likes.len(),
    };
    serde_json::to_vec(&row).ok().map(Bytes::from)
}

fn reactions<'w>(world: &'w World, heading: &Heading, likes: &[WalletIx]) -> Vec<ReactionRow<'w>> {
    let rows = likes.iter().zip(0_u64..).map(|(&wallet, place)| {
        let person = world.person(wallet);
        ReactionRow {
            id: (heading.id * 10 + place).to_string(),
            comment_id: heading.id,
            reaction_type: "HEART",
            user_address: profile::base_address(person),
            profile: ReactorRow { proxy_wallet: &person.address },
        }
    });
    rows.collect()
}

fn iso(at_ms: Millis) -> String {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
