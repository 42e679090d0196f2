//! What needs each right: the table of the proof.

/// Something that is done on the deployment, and needs rights. See [`super::world::World::run`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Errand {
    /// Projects are listed.
    List,
    /// An agents group is made.
    MakeGroup,
    /// An agent joins.
    Enrol,
    /// An agent opens its session.
    OpenSession,
    /// An agent listens at its queue.
    Listen,
    /// An agent stores something.
    Store,
    /// A flow of two stages, from its start to its end, with an agent that waits for it.
    Flow,
    /// The same while nobody listens to wake-ups of runs, so that the clock has to find everything.
    FlowByTheClock,
    /// A stage that is started by another, and that nobody is there for.
    LonelyStage,
    /// The same, found by the clock.
    LonelyStageByTheClock,
    /// A child stage starts whose file in a repository is newer than its code.
    FreshStage,
    /// The same, found by the clock.
    FreshStageByTheClock,
    /// A job that waits gets an agent.
    Assign,
    /// A running job is cancelled.
    Cancel,
    /// The log of a job that is over is read.
    ReadLog,
    /// Lines are searched.
    FindLogs,
    /// Somebody looks how the system is.
    Diagnose,
    /// The log of a job that is over is indexed.
    IndexLog,
    /// All objects are exported.
    ExportObjects,
    /// All records are exported.
    ExportRecords,
    /// Something is imported.
    Import,
    /// The time of a stage comes, and its flow starts.
    Plan,
    /// The same where nobody is there to run it.
    LonelyPlan,
    /// The time of a child stage comes, and it runs in its branch's newest flow.
    PlanChild,
    /// An agent is silent for too long.
    Silence,
    /// A secret is sealed by a function that does not know the key yet.
    SetSecret,
    /// Somebody is told of a run.
    Notify,
    /// A flow is past its time, and goes.
    Retain,
}

/// Why somebody has a right.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// Without it, this is refused.
    Asked(Errand),
    /// Lambda itself uses it in the function's name, which the emulator does without asking. On AWS the function could not do without.
    NotEnforced(&'static str),
}

use Errand::{
    Assign, Cancel, Diagnose, Enrol, ExportObjects, ExportRecords, FindLogs, Flow, FlowByTheClock, FreshStage, FreshStageByTheClock,
    Import, IndexLog, List, Listen, LonelyPlan, LonelyStage, LonelyStageByTheClock, MakeGroup, Notify, OpenSession, Plan, PlanChild,
    ReadLog, Retain, SetSecret, Silence, Store,
};
use Need::{Asked, NotEnforced};

const OWN_LOG: Need = NotEnforced("Lambda writes a function's log with the function's role; the emulator writes it itself");
const OWN_QUEUE: Need = NotEnforced("Lambda reads a function's queue with the function's role; the emulator reads it itself");
const FAILED_EVENTS: Need = NotEnforced("Lambda keeps what a function failed with in the function's name; the emulator does so itself");
const MISSING_OBJECTS: Need = NotEnforced("without it S3 says of an object that is not there that it is forbidden; the emulator does not");
const KEPT_KEY: Need = NotEnforced("an instance reads the key once in its life, and may have done so before the right is taken away");

/// Who, the statement's name, and what needs it.
pub(crate) const NEEDS: &[(&str, &str, Need)] = &[
    ("agents", "HearWakeUps", Asked(Listen)),
    ("agents", "Store", Asked(Store)),
    ("api", "CountMessages", Asked(Diagnose)),
    ("api", "CountNewLogs", Asked(FindLogs)),
    ("api", "Export", Asked(ExportRecords)),
    ("api", "FindDue", Asked(Diagnose)),
    ("api", "Import", Asked(Import)),
    ("api", "KeepAgentQueues", Asked(Enrol)),
    ("api", "LetAgentsIn", Asked(OpenSession)),
    ("api", "ListObjects", Asked(ExportObjects)),
    ("api", "ReadLists", Asked(List)),
    ("api", "ReadObjects", Asked(ReadLog)),
    ("api", "ReadRecords", Asked(List)),
    ("api", "StoreObjects", Asked(Flow)),
    ("api", "UseSealingKey", Asked(SetSecret)),
    ("api", "WakeAgents", Asked(Cancel)),
    ("api", "WakeFunctions", Asked(Flow)),
    ("api", "WriteOwnLog", OWN_LOG),
    ("api", "WriteRecords", Asked(MakeGroup)),
    ("indexer", "KeepFailed", FAILED_EVENTS),
    ("indexer", "ListObjects", MISSING_OBJECTS),
    ("indexer", "ReadJobs", Asked(IndexLog)),
    ("indexer", "ReadLogs", Asked(IndexLog)),
    ("indexer", "ReceiveMessages", OWN_QUEUE),
    ("indexer", "WriteOwnLog", OWN_LOG),
    ("notifier", "FindDue", Asked(Notify)),
    ("notifier", "ReadRecords", Asked(Notify)),
    ("notifier", "ReadSpecs", Asked(Notify)),
    ("notifier", "ReceiveMessages", OWN_QUEUE),
    ("notifier", "UseSealingKey", KEPT_KEY),
    ("notifier", "WriteOwnLog", OWN_LOG),
    ("notifier", "WriteRecords", Asked(Notify)),
    ("planner", "FindDue", Asked(Plan)),
    ("planner", "FindIdleAgents", Asked(Plan)),
    ("planner", "ReadLists", Asked(PlanChild)),
    ("planner", "ReadRecords", Asked(Plan)),
    ("planner", "ReadStages", Asked(Plan)),
    ("planner", "StoreSpecs", Asked(Plan)),
    ("planner", "UseSealingKey", KEPT_KEY),
    ("planner", "WakeAgents", Asked(Plan)),
    ("planner", "WakeFunctions", Asked(LonelyPlan)),
    ("planner", "WriteOwnLog", OWN_LOG),
    ("planner", "WriteRecords", Asked(Plan)),
    ("results", "FindIdleAgents", Asked(Flow)),
    ("results", "ForgetTold", Asked(Flow)),
    ("results", "ReadLists", Asked(FreshStage)),
    ("results", "ReadRecords", Asked(Flow)),
    ("results", "ReadStages", Asked(Flow)),
    ("results", "ReceiveMessages", OWN_QUEUE),
    ("results", "StoreSpecs", Asked(Flow)),
    ("results", "TellBus", Asked(Flow)),
    ("results", "UseSealingKey", KEPT_KEY),
    ("results", "WakeAgents", Asked(Flow)),
    ("results", "WakeFunctions", Asked(LonelyStage)),
    ("results", "WriteOwnLog", OWN_LOG),
    ("results", "WriteRecords", Asked(Flow)),
    ("scheduler", "Assign", Asked(Assign)),
    ("scheduler", "ReadQueue", Asked(Assign)),
    ("scheduler", "ReadRecords", Asked(Assign)),
    ("scheduler", "ReceiveMessages", OWN_QUEUE),
    ("scheduler", "WakeAgents", Asked(Assign)),
    ("scheduler", "WriteOwnLog", OWN_LOG),
    ("watchdog", "FindDue", Asked(FlowByTheClock)),
    ("watchdog", "FindIdleAgents", Asked(FlowByTheClock)),
    ("watchdog", "FindOldObjects", Asked(Retain)),
    ("watchdog", "ForgetTold", Asked(FlowByTheClock)),
    ("watchdog", "ReadLists", Asked(FreshStageByTheClock)),
    ("watchdog", "ReadRecords", Asked(Silence)),
    ("watchdog", "ReadStages", Asked(FlowByTheClock)),
    ("watchdog", "RemoveOldObjects", Asked(Retain)),
    ("watchdog", "StoreSpecs", Asked(FlowByTheClock)),
    ("watchdog", "TellBus", Asked(FlowByTheClock)),
    ("watchdog", "UseSealingKey", KEPT_KEY),
    ("watchdog", "WakeAgents", Asked(FlowByTheClock)),
    ("watchdog", "WakeFunctions", Asked(LonelyStageByTheClock)),
    ("watchdog", "WriteOwnLog", OWN_LOG),
    ("watchdog", "WriteRecords", Asked(FlowByTheClock)),
];
