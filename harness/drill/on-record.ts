import { messageOf } from '../ground/errors.ts';
import { maskSecrets } from '../ground/mask-secrets.ts';
import type { Journal } from '../journal/journal.ts';
import { INTERRUPTED } from '../journal/trials-not-made.ts';
import type { RunFolder } from './run-folder.ts';
import type { TrialLog } from './trial-log.ts';
import { countOf, type TrialsOptions } from './trials-options.ts';

/**
 * Makes the trials of a run. Where not all of them are made, the run's records say why.
 * @returns the journal of all of them.
 * @throws what `make` throws; the signal's reason when it is aborted.
 */
export async function onRecord(
  make: () => Promise<void>,
  options: TrialsOptions,
  folder: RunFolder,
  log: TrialLog,
): Promise<Journal> {
  try {
    await make();
  } catch (error) {
    if (!folder.isLost()) {
      log.endEarly(options.signal.aborted ? INTERRUPTED : maskSecrets(messageOf(error)));
      options.onProgress?.(`${log.made} of ${countOf(options)} trials are on record in ${folder.path}`);
    }
    throw error;
  }
  log.catchUp();
  options.signal.throwIfAborted();
  return log.journal();
}
