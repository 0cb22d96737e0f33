//! Records, failures, changes of shards and restarts in random order: nothing is lost, and what is one after the other is delivered
//! one after the other.

use std::collections::BTreeMap;

use serde_json::json;

use crate::channel_support::{Delivering, impossible, refused, unavailable};
use crate::support::shard_number;

const STEPS: usize = 150;
const SEEDS: [u64; 3] = [1, 2, 3];
/// One for each of the four shards that there are first.
const HASH_KEYS: [u128; 4] = [5, (1 << 126) + 5, (2 << 126) + 5, (3 << 126) + 5];

#[tokio::test]
async fn nothing_is_lost_and_keys_keep_their_order() {
    for seed in SEEDS {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut here = Delivering::new(200).await;
        here.channel("STRING", "ZSTD").await;
        let mut put = 0;
        for _ in 0..STEPS {
            match random.u32(..20) {
                0..=11 => {
                    let key = random.usize(..HASH_KEYS.len());
                    here.kinesis
                        .put_at("orders", HASH_KEYS[key], &format!("{key} {put:05}"))
                        .await;
                    put += 1;
                }
                12 => here
                    .store
                    .fail(Some(if random.bool() { unavailable() } else { refused() })),
                13 => here.store.fail_puts_into("elsewhere", impossible()),
                14 | 15 => here.store.fail(None),
                16 => here = here.restarted().await,
                17 => split(&here, &mut random).await,
                _ => here.kinesis.advance(random.u64(1..200)),
            }
            tokio::task::yield_now().await;
        }
        here.store.fail(None);
        let distinct = || {
            let mut lines = here.store.lines("archive");
            lines.sort_unstable();
            lines.dedup();
            lines.len()
        };
        here.pass_until("all are there", || distinct() == put).await;
        let mut seen: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in here.store.lines("archive") {
            let of_key = seen.entry(line[..1].to_owned()).or_default();
            if !of_key.contains(&line) {
                of_key.push(line);
            }
        }
        assert!(
            seen.values().all(|lines| lines.is_sorted()),
            "seed {seed}: {seen:?}"
        );
    }
}

/// Halves an open shard.
async fn split(here: &Delivering, random: &mut fastrand::Rng) {
    let shards = here
        .kinesis
        .shards("orders", json!({"ShardFilter": {"Type": "AT_LATEST"}}))
        .await;
    let shard = &shards[random.usize(..shards.len())];
    let bound = |name: &str| -> u128 { shard["HashKeyRange"][name].as_str().unwrap().parse().unwrap() };
    let (first, last) = (bound("StartingHashKey"), bound("EndingHashKey"));
    let middle = first + (last - first) / 2;
    let number = u32::try_from(shard_number(&shard["ShardId"])).unwrap();
    here.reshape(vec![number], vec![(first, middle), (middle + 1, last)])
        .await;
}
