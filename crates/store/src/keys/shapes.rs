//! The table of all key shapes, for people: `docs/data-model.md` is made from it.

/// One row of the key table in the docs.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What it is.
    pub what: &'static str,
    /// Partition key.
    pub partition: &'static str,
    /// Sort key.
    pub sort: &'static str,
    /// Its place in the sparse indexes.
    pub indexes: &'static str,
}

/// Every kind of item.
pub const SHAPES: [Shape; 42] = [
    Shape { what: "project", partition: "PROJECT#<project>", sort: "PROJECT", indexes: "list PROJECTS / <name>" },
    Shape { what: "name of a project", partition: "NAMES", sort: "PROJECT#<name>", indexes: "" },
    Shape { what: "branch", partition: "BRANCH#<branch>", sort: "BRANCH", indexes: "list PROJECT#<project>#BRANCHES / <name>" },
    Shape { what: "name of a branch", partition: "PROJECT#<project>", sort: "NAME#<name>", indexes: "" },
    Shape { what: "keys of a webhook", partition: "PROJECT#<project>", sort: "WEBHOOK#<host>", indexes: "" },
    Shape {
        what: "delivery of a webhook",
        partition: "PROJECT#<project>",
        sort: "DELIVERY#<hash of its name>-<part>",
        indexes: "todo delivery; list PROJECT#<project>#DELIVERIES#<host> / <time>#<hash>-<part>; expires after 7 days",
    },
    Shape { what: "body of a delivery", partition: "PROJECT#<project>", sort: "BODY#<hash>", indexes: "expires after 3 hours" },
    Shape { what: "numbers of a branch", partition: "BRANCH#<branch>", sort: "SEQUENCE", indexes: "" },
    Shape { what: "next look at a branch's flows", partition: "BRANCH#<branch>", sort: "SWEEP", indexes: "todo retention" },
    Shape { what: "move of a branch to another project", partition: "BRANCH#<branch>", sort: "MOVE", indexes: "todo retention" },
    Shape { what: "stage", partition: "BRANCH#<branch>", sort: "STAGE#<stage>", indexes: "" },
    Shape { what: "branch of a stage", partition: "STAGE#<stage>", sort: "STAGE", indexes: "" },
    Shape { what: "durations of a stage's jobs", partition: "STAGE#<stage>", sort: "DURATIONS", indexes: "" },
    Shape { what: "trigger of a stage", partition: "STAGE#<stage>", sort: "TRIGGER#<kind>", indexes: "todo trigger" },
    Shape { what: "name of a stage", partition: "BRANCH#<branch>", sort: "NAME#<name>", indexes: "" },
    Shape { what: "user data of a project", partition: "PROJECT#<project>", sort: "DATA", indexes: "" },
    Shape {
        what: "user data of a branch, of its CI flows, of its DEV flows",
        partition: "BRANCH#<branch>",
        sort: "DATA, DATA#ci, DATA#dev",
        indexes: "",
    },
    Shape { what: "user data of a flow", partition: "FLOW#<flow>", sort: "DATA", indexes: "" },
    Shape { what: "secret", partition: "PROJECT#<project> or BRANCH#<branch>", sort: "SECRET#<name>", indexes: "" },
    Shape {
        what: "flow",
        partition: "FLOW#<flow>",
        sort: "FLOW",
        indexes: "list BRANCH#<branch>#<kind> / <flow>; while it is removed: todo retention",
    },
    Shape { what: "changes that started a flow", partition: "FLOW#<flow>", sort: "CHANGES", indexes: "" },
    Shape {
        what: "repeated call",
        partition: "BRANCH#<branch>",
        sort: "ONCE#<hash of key>",
        indexes: "expires after a day, of a delivery after 14 days",
    },
    Shape {
        what: "run",
        partition: "FLOW#<flow>",
        sort: "RUN#<number>",
        indexes: "todo run; list BRANCH#<branch>#<kind>#RUNS / <flow>#<number>",
    },
    Shape { what: "counts of a run", partition: "RUN#<run>", sort: "COUNTS", indexes: "todo counts" },
    Shape { what: "order of a run's jobs", partition: "RUN#<run>", sort: "NEEDS", indexes: "" },
    Shape { what: "note of ended jobs that others need", partition: "RUN#<run>", sort: "ENDED#<first number>", indexes: "" },
    Shape {
        what: "group of runs",
        partition: "PROJECT#<project>",
        sort: "RUNS#<hash of name>",
        indexes: "expires 90 days after the last run",
    },
    Shape {
        what: "job",
        partition: "RUN#<run>",
        sort: "JOB#<number>",
        indexes: "todo job; queue LANE#<lane> / <run's creation>#<run>#<number>; list AGENT#<agent>#JOBS / <start>",
    },
    Shape { what: "artifacts of a job", partition: "RUN#<run>", sort: "ARTIFACTS#<number>#<generation>#<first path>#<hash>", indexes: "" },
    Shape { what: "agent", partition: "AGENT#<agent>", sort: "AGENT", indexes: "queue IDLE / <since>#<agent>; list AGENTS / <agent>" },
    Shape { what: "last sign of life of an agent", partition: "AGENT#<agent>", sort: "SEEN", indexes: "todo agent" },
    Shape {
        what: "events to be told",
        partition: "FLOW#<flow> or AGENT#<agent>",
        sort: "UNTOLD#<time>#<first event>",
        indexes: "todo events",
    },
    Shape {
        what: "starts and ends of runs that people are to be told of",
        partition: "FLOW#<flow>",
        sort: "TURNS#<first run's number>#<its version>",
        indexes: "todo notice",
    },
    Shape { what: "notice", partition: "RUN#<run>", sort: "NOTICE#<version of the run>#<channel>", indexes: "todo notice" },
    Shape { what: "last end of a stage that people are told of", partition: "STAGE#<stage>", sort: "ENDED", indexes: "" },
    Shape { what: "who set a commit's status last", partition: "STATUS#<hash>", sort: "STATUS", indexes: "expires after 30 days" },
    Shape { what: "agents group", partition: "GROUP#<name>", sort: "GROUP", indexes: "list GROUPS / <name>" },
    Shape { what: "token", partition: "TOKEN#<hash of secret>", sort: "TOKEN", indexes: "list TOKENS#<kind> / <token>" },
    Shape {
        what: "who made a call that changed something",
        partition: "REQUEST#<request>",
        sort: "AUDIT",
        indexes: "list AUDIT / <time>#<request>; expires after 400 days",
    },
    Shape { what: "settings of the system", partition: "SYSTEM", sort: "SETTINGS", indexes: "" },
    Shape { what: "import that has not ended", partition: "SYSTEM", sort: "IMPORTING", indexes: "" },
    Shape { what: "lane that has had jobs", partition: "LANES", sort: "LANE#<lane>", indexes: "" },
];
