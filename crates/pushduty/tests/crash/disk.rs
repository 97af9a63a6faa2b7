//! The disk is full, wherever that strikes: nothing is half-pushed in silence, and with room the same command finishes.

use testkit::{Disk, Ran};

use crate::scene::{Scene, two_to_cut};

/// From not even a ledger to enough for everything; at 276 k it is an object that does not fit.
const SIZES: [u32; 13] = [8, 64, 128, 192, 256, 276, 320, 384, 448, 512, 640, 800, 4096];

fn cut_on(disk: &Disk, scene: &Scene) -> Ran {
    let mut run = scene.world.hero("mat").command();
    run.args(["tag", "--yes"]);
    scene.world.start_command(&mut disk.run_on(scene.world.sealed(), &run)).wait()
}

#[test]
fn a_cut_on_a_full_disk_says_so_and_finishes_when_there_is_room() {
    let template = two_to_cut();
    let plain = template.again();
    plain.mat(&["tag", "--yes"]).ok();
    let mut failed = 0;
    for size in SIZES {
        let scene = template.again();
        let (home, before) = (scene.world.sealed(), scene.shown());
        let disk = Disk::of(home, &scene.world.data_path(), &format!("{size}k"));
        let ran = cut_on(&disk, &scene);
        if ran.code != 0 {
            failed += 1;
            let changed = scene.shown() != before;
            assert_eq!(ran.code, if changed { 6 } else { 1 }, "{size} k: {ran}");
            assert!(ran.stderr.contains('✗') && ran.stderr.contains('→'), "{size} k: {ran}");
            for blames in ["damaged", "broke off", "fsck"] {
                assert!(!ran.stderr.contains(blames), "{size} k: {ran}");
            }
        }
        disk.resize(home, "8m");
        let again = cut_on(&disk, &scene);
        assert_eq!(again.code, 0, "{size} k: {again}");
        let commits = |scene: &Scene| -> Vec<(String, String)> {
            scene.shown().into_iter().flatten().map(|(name, (_, commit))| (name, commit)).collect()
        };
        assert_eq!(commits(&scene), commits(&plain), "{size} k");
    }
    assert!(failed >= 6 && failed < SIZES.len(), "{failed} of {} sizes are too small", SIZES.len());
}
