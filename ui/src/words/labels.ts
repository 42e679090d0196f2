// Labels of flows and runs.

/** A label as it reads within a sentence: one that is only a number comes with a full stop, as in "4.", which would end it. */
export const called = (label: string): string => label.replace(/^(\d+)\.$/, '$1');

/** The run of a job: a job's id is its run's, `-`, and its number. */
export const runOfJob = (job: string): string => job.replace(/-\d+$/, '');
