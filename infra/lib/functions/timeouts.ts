/**
 * How long functions may take. Short where a FIFO queue feeds them: after a function was killed, its group of messages rests for six
 * times as long.
 */
import { Duration } from 'aws-cdk-lib';

/** The gateway waits no longer than 30 s. */
export const API_TIMEOUT = Duration.seconds(29);
/** A tick that is not over after a minute would meet the next. */
export const TICK_TIMEOUT = Duration.seconds(60);
/** One round over idle agents and the heads of lanes. */
export const SCHEDULER_TIMEOUT = Duration.seconds(15);
/** Creates or stops the jobs of up to ten runs; what is left undone goes on at the next delivery. */
export const RESULTS_TIMEOUT = Duration.seconds(60);
/** Waits for what receives notifications: some of it 30 s, one after the other. What is left undone goes on by the clock. */
export const NOTIFIER_TIMEOUT = Duration.minutes(3);
/** Reads and indexes one log, of millions of lines. */
export const INDEXER_TIMEOUT = Duration.minutes(5);
