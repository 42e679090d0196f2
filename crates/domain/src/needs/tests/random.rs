//! Any order, any ends in any sequence, notes taken in late, in part and twice, repetitions in between: no job begins before what it needs
//! is ok, and every job comes to an end.

use proptest::prelude::*;

use super::*;

/// A stage: what comes of each job, and what it needs of those before it.
fn stages() -> impl Strategy<Value = Vec<GraphJob>> {
    let job = (1_u32..4, proptest::collection::vec(any::<proptest::sample::Index>(), 0..4));
    proptest::collection::vec(job, 1..12).prop_map(|jobs| {
        let made = jobs.iter().enumerate().map(|(at, (slots, needs))| {
            let mut needs: Vec<String> = if at == 0 { Vec::new() } else { needs.iter().map(|need| need.index(at).to_string()).collect() };
            needs.sort();
            needs.dedup();
            GraphJob { name: at.to_string(), slots: *slots, needs }
        });
        let mut made: Vec<GraphJob> = made.collect();
        // In the stage, needs may come after those who need them.
        made.reverse();
        made
    })
}

/// What happens next.
#[derive(Clone, Debug)]
enum Act {
    /// A job that runs ends, well or not.
    End(proptest::sample::Index, bool),
    /// Somebody cancels a job that is held.
    Cancel(proptest::sample::Index),
    /// Some notes are taken in; the reconciler may die before it has forgotten them.
    TakeIn(usize, bool),
    /// A job that is over is repeated.
    Repeat(proptest::sample::Index),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (any::<proptest::sample::Index>(), proptest::bool::weighted(0.8)).prop_map(|(at, ok)| Act::End(at, ok)),
        1 => any::<proptest::sample::Index>().prop_map(Act::Cancel),
        3 => (1_usize..5, any::<bool>()).prop_map(|(some, dies)| Act::TakeIn(some, dies)),
        1 => any::<proptest::sample::Index>().prop_map(Act::Repeat),
    ];
    proptest::collection::vec(act, 0..60)
}

/// The newest job of a slot, as its record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Record {
    Held,
    Runs,
    Over { outcome: Outcome, unmet: bool },
}

struct World {
    graph: Graph,
    progress: Progress,
    jobs: Vec<Record>,
    /// How often the job of a slot was repeated: notes are of one repetition.
    repeated: Vec<u32>,
    notes: Vec<(u32, u32)>,
}

impl World {
    fn new(graph: Graph) -> Self {
        let progress = Progress::begin(run(), &graph);
        let count = graph.slots() as usize;
        let jobs = (1..=graph.slots()).map(|slot| if graph.has_needs(slot) { Record::Held } else { Record::Runs }).collect();
        Self { graph, progress, jobs, repeated: vec![0; count], notes: Vec::new() }
    }

    fn at(&mut self, slot: u32) -> &mut Record {
        &mut self.jobs[slot as usize - 1]
    }

    fn slots_that(&self, is: impl Fn(Record) -> bool) -> Vec<u32> {
        (1..=self.graph.slots()).filter(|slot| is(self.jobs[*slot as usize - 1])).collect()
    }

    fn end(&mut self, slot: u32, outcome: Outcome) {
        *self.at(slot) = Record::Over { outcome, unmet: false };
        if self.graph.is_needed(slot) {
            self.notes.push((slot, self.repeated[slot as usize - 1]));
        }
    }

    fn take_in(&mut self, some: usize, dies: bool) {
        let notes: Vec<(u32, u32)> = self.notes.iter().copied().take(some).collect();
        let newest = notes.iter().filter(|(slot, repeated)| self.repeated[*slot as usize - 1] == *repeated);
        let ended: Vec<(u32, Outcome)> = newest
            .filter_map(|(slot, _)| match self.jobs[*slot as usize - 1] {
                Record::Over { outcome, .. } => Some((*slot, outcome)),
                Record::Held | Record::Runs => None,
            })
            .collect();
        let Settled { next, release, end } = self.progress.settle(&self.graph, &ended);
        for slot in release {
            if *self.at(slot) == Record::Held {
                for need in self.graph.needed_by(slot).collect::<Vec<_>>() {
                    assert_eq!(*self.at(need), Record::Over { outcome: Outcome::Ok, unmet: false }, "{slot} begins before {need} is ok");
                }
                *self.at(slot) = Record::Runs;
            }
        }
        for unmet in end {
            if *self.at(unmet.slot) == Record::Held {
                *self.at(unmet.slot) = Record::Over { outcome: Outcome::Cancelled, unmet: true };
            }
        }
        if !dies {
            self.progress = next;
            self.notes.retain(|note| !notes.contains(note));
        }
    }

    /// Like a request: with those along that were ended because of it.
    fn repeat(&mut self, slot: u32) {
        let along = self.graph.after([slot]);
        let along: Vec<u32> =
            along.into_iter().filter(|slot| matches!(self.jobs[*slot as usize - 1], Record::Over { unmet: true, .. })).collect();
        let Ok(Repeat { next, jobs }) = self.progress.repeat(&self.graph, &[slot], &along) else { return };
        for (slot, held) in jobs {
            assert!(matches!(*self.at(slot), Record::Over { .. }), "only what is over is repeated");
            *self.at(slot) = if held { Record::Held } else { Record::Runs };
            self.repeated[slot as usize - 1] += 1;
        }
        self.progress = next;
    }
}

proptest! {
    #[test]
    fn none_begins_too_early_and_none_is_stuck(stage in stages(), acts in acts()) {
        let mut world = World::new(Graph::new(&stage).expect("needs are of jobs before"));
        for act in acts {
            match act {
                Act::End(at, ok) => {
                    let running = world.slots_that(|job| job == Record::Runs);
                    if !running.is_empty() {
                        world.end(running[at.index(running.len())], if ok { Outcome::Ok } else { Outcome::StepError });
                    }
                }
                Act::Cancel(at) => {
                    let held = world.slots_that(|job| job == Record::Held);
                    if !held.is_empty() {
                        world.end(held[at.index(held.len())], Outcome::Cancelled);
                    }
                }
                Act::TakeIn(some, dies) => world.take_in(some, dies),
                Act::Repeat(at) => {
                    let over = world.slots_that(|job| matches!(job, Record::Over { .. }));
                    if !over.is_empty() {
                        world.repeat(over[at.index(over.len())]);
                    }
                }
            }
        }
        // Whatever happened: when all that runs ends and all notes are taken in, nothing is left.
        for _ in 0..=stage.len() {
            for slot in world.slots_that(|job| job == Record::Runs) {
                world.end(slot, Outcome::Ok);
            }
            while !world.notes.is_empty() {
                world.take_in(3, false);
            }
        }
        prop_assert_eq!(world.slots_that(|job| !matches!(job, Record::Over { .. })), Vec::<u32>::new());
    }
}
