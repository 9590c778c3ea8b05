use super::*;
use crate::{Block, BlockRef, RunDirectory, saved_checkpoints};

/// The run that checkpoints are of, as the shelf calls it.
const RUN: u32 = 7;

fn save_shard(directory: &Path, step: u64, number: u32) -> Shard {
    let ids = 10 * number..10 * (number + 1);
    let phases = [f64::from(number), 0.5];
    Shard::save(directory, (RUN, step), (number, 2), ids, |file| file.block("phases", BlockRef::F64(&phases))).unwrap()
}

/// A checkpoint with two shards.
fn save(run: &mut RunDirectory, step: u64, keep: usize) -> PathBuf {
    let shards = [0, 1].map(|number| save_shard(run.path(), step, number));
    run.save_checkpoint(RUN, step, keep, |file| file.shards(&shards)).unwrap()
}

/// Its shards, or what is wrong with the first that is not as it was.
fn load(path: &Path) -> Result<Vec<Option<Block>>, CheckpointError> {
    let mut checkpoint = Checkpoint::load(path)?;
    let shards = checkpoint.take_shards()?.expect("it has shards");
    shards.iter().map(|shard| Ok(checkpoint.load_shard(shard)?.take("phases"))).collect()
}

fn begin() -> (tempfile::TempDir, RunDirectory) {
    let scratch = tempfile::tempdir().unwrap();
    let run = RunDirectory::create(scratch.path(), false).unwrap();
    (scratch, run)
}

#[test]
fn shards_are_found_by_the_checkpoint_that_names_them() {
    let (_scratch, mut run) = begin();
    let path = save(&mut run, 100, 3);
    let phases = |number| Some(Block::F64(vec![number, 0.5]));
    assert_eq!(load(&path).unwrap(), [phases(0.0), phases(1.0)]);
    let shards = Checkpoint::load(&path).unwrap().take_shards().unwrap().unwrap();
    assert_eq!(shards.iter().map(|shard| shard.ids.clone()).collect::<Vec<_>>(), [0..10, 10..20]);
    let elsewhere = tempfile::tempdir().unwrap();
    let copied = elsewhere.path().join("mine.lampyrid");
    fs::copy(&path, &copied).unwrap();
    let alone = load(&copied).unwrap_err();
    assert!(matches!(alone, CheckpointError::ShardMissing { .. }), "{alone}");
    fs::create_dir(elsewhere.path().join("mine.shards")).unwrap();
    for shard in fs::read_dir(shards_of(&path)).unwrap().map(Result::unwrap) {
        fs::copy(shard.path(), elsewhere.path().join("mine.shards").join(shard.file_name())).unwrap();
    }
    assert_eq!(load(&copied).unwrap(), [phases(0.0), phases(1.0)]);
}

#[test]
fn a_shard_that_is_another_than_it_was_is_refused() {
    let (_scratch, mut run) = begin();
    let path = save(&mut run, 100, 3);
    let files = [0, 1].map(|number| shards_of(&path).join(name(number, 2)));
    let whole = fs::read(&files[1]).unwrap();
    for place in 0..8 * whole.len() {
        let mut flipped = whole.clone();
        flipped[place / 8] ^= 1 << (place % 8);
        fs::write(&files[1], &flipped).unwrap();
        assert!(load(&path).is_err(), "bit {place}");
    }
    for length in 0..whole.len() {
        fs::write(&files[1], &whole[..length]).unwrap();
        assert!(load(&path).is_err(), "{length} bytes");
    }
    // One that is whole, but not the one that was there.
    fs::copy(&files[0], &files[1]).unwrap();
    let error = load(&path).unwrap_err();
    assert!(matches!(&error, CheckpointError::Damaged { path, .. } if *path == files[1]), "{error}");
    fs::remove_file(&files[1]).unwrap();
    assert!(matches!(load(&path), Err(CheckpointError::ShardMissing { shard, .. }) if shard == files[1]));
}

#[test]
fn shards_come_and_go_with_their_checkpoint() {
    let (scratch, mut run) = begin();
    let directories = || -> Vec<String> {
        let names = fs::read_dir(scratch.path().join("checkpoints")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.filter_map(|name| name.into_string().ok()).collect();
        names.retain(|name| name.ends_with(".shards"));
        names.sort();
        names
    };
    // Killed before there was a checkpoint to them.
    save_shard(scratch.path(), 50, 0);
    let killed = shards_of(&shelf::path(scratch.path(), 50, RUN)).join(".000001-of-000002.lampyrid.partial");
    fs::write(&killed, "cut off").unwrap();
    assert_eq!(saved_checkpoints(scratch.path()).unwrap(), []);
    assert_eq!(directories().len(), 1);
    (1..=4).for_each(|step| _ = save(&mut run, 100 * step, 2));
    assert_eq!(directories(), ["step-0000000000000300-00000007.shards", "step-0000000000000400-00000007.shards"]);
    assert!(saved_checkpoints(scratch.path()).unwrap().iter().all(|saved| load(&saved.path).is_ok()));
    // Another run is finished in their place.
    run.keep_checkpoints_of(RUN + 1);
    run.put_in_place(b"record").unwrap();
    assert!(!scratch.path().join("checkpoints").exists());
}
