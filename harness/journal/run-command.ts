import type { FilesDigest } from '../ground/files-digest.ts';

/** Whose captures and probe records are kept: every trial's, those that did not pass, or the first so many of each verdict. */
export type KeepRecords = 'all' | 'failed' | number;

/** What is needed to ask for the same run again, besides its profile, seed and number of trials. */
export interface RunCommand {
  /** Absolute path of the drill file; of a shipped drill its name. */
  drill: string;
  /** Absolute path of the folder for results. */
  out: string;
  /** Variables that the user named and the drill's files asked for (`--var`); null where the value is not kept: a secret. */
  environment: Record<string, string | null>;
  /** Images that nodes ran instead of those of the topology (`--image`), by the name there; absent: none. */
  images?: Record<string, string>;
  /** Which cell of a matrix it is of: its values, for people; absent: of none. */
  cell?: string;
  /** Whose captures and probe records are kept; absent in journals from before there was a choice: all. */
  keep_records?: KeepRecords;
  /** In how many labs trials were made at the same time, on each engine; absent: in one. */
  jobs?: number;
  /** The engines that made it, as they were given; absent: one, as the environment says. */
  engines?: string;
  /** Absolute path of the run whose faults it repeats. */
  replay_of?: string;
  /** What the drill, its topology and what they name were at the start; absent in journals from before it was noted. */
  files?: FilesDigest;
}
