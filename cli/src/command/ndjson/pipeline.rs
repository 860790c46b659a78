//! Reading, encoding and writing at the same time: so many jobs go round, and come out in order.

use std::num::NonZero;
use std::panic;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use downlink::engine::Workspace;

use crate::exit::Failure;
use crate::input::{Batch, Lines};

use super::super::order::Setup;
use super::answers::Answers;

/// Lines and their answers, in memory that is used again.
#[derive(Default)]
pub(super) struct Job {
    lines: Batch,
    answers: Answers,
}

impl Job {
    pub(super) fn lines(&self) -> &Batch {
        &self.lines
    }

    pub(super) fn answers(&self) -> &Answers {
        &self.answers
    }
}

/// A job that is being done: it comes when it is done.
type Promised = Receiver<Job>;

/// Threads that read and encode.
///
/// They end with the process: the one that reads may wait for a line that nobody needs any more.
pub(super) struct Pipeline {
    free: Sender<Job>,
    promised: Receiver<Promised>,
    reader: JoinHandle<Result<(), Failure>>,
}

impl Pipeline {
    /// Starts a thread that reads, and as many as there are cores that encode.
    pub(super) fn start(lines: Lines, setup: Setup) -> Self {
        let (free, freed) = mpsc::channel();
        let (promise, promised) = mpsc::channel();
        let (todo, waiting) = mpsc::channel();
        let (setup, waiting) = (Arc::new(setup), Arc::new(Mutex::new(waiting)));
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        for _ in 0..cores {
            let (setup, waiting) = (Arc::clone(&setup), Arc::clone(&waiting));
            thread::spawn(move || encode(&waiting, &setup));
        }
        // One is read, one is written; each core has one, and finds the next when it is done.
        for _ in 0..2 * cores + 2 {
            // There is a reader yet.
            let _ = free.send(Job::default());
        }
        Self {
            free,
            promised,
            reader: thread::spawn(move || read(lines, &freed, &todo, &promise)),
        }
    }

    /// The next job that is done, in the order of the lines; none behind the last.
    pub(super) fn next(&mut self) -> Option<Job> {
        let promised = self.promised.recv().ok()?;
        match promised.recv() {
            Ok(job) => Some(job),
            // The thread has panicked, and said so.
            Err(lost) => panic::resume_unwind(Box::new(lost)),
        }
    }

    /// Takes a job back, to be filled again.
    pub(super) fn give_back(&self, job: Job) {
        // At the end of the input nobody wants it.
        let _ = self.free.send(job);
    }

    /// How reading ended.
    pub(super) fn finish(self) -> Result<(), Failure> {
        self.reader
            .join()
            .unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    }
}

/// Fills free jobs, until there are no more lines or nobody writes any more.
fn read(
    mut lines: Lines,
    free: &Receiver<Job>,
    todo: &Sender<(Job, Sender<Job>)>,
    promise: &Sender<Promised>,
) -> Result<(), Failure> {
    for mut job in free {
        lines.read_into(&mut job.lines)?;
        if job.lines.iter().len() == 0 {
            break;
        }
        let (done, promised) = mpsc::channel();
        let is_over = promise.send(promised).is_err() || todo.send((job, done)).is_err();
        if is_over {
            break;
        }
    }
    Ok(())
}

/// Does jobs as long as some come.
fn encode(waiting: &Mutex<Receiver<(Job, Sender<Job>)>>, setup: &Setup) {
    let next = || waiting.lock().ok()?.recv().ok();
    let mut workspace = Workspace::default();
    while let Some((mut job, done)) = next() {
        job.answers.answer(&job.lines, setup, &mut workspace);
        // Nobody writes any more after the first refusal.
        let _ = done.send(job);
    }
}
