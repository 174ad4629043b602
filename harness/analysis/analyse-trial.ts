import { InputError, UnknownError } from '../ground/errors.ts';
import { wasHealedOtherwise } from '../journal/healing-words.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import { type AnalysedTrial, concludeTrial, emptyTrial } from './conclude-trial.ts';
import { judgeTrial } from './judge-trial.ts';
import { type ProbeResult, probeResults } from './probe-results.ts';
import { starvedWhole } from './starvation.ts';
import { openTrial, type TrialRecords } from './trial-folder.ts';

export type { AnalysedTrial } from './conclude-trial.ts';

/**
 * Makes a trial's part of the journal from its records alone: the same for the same records.
 * @throws InputError naming the record that is missing, or is not what it should be.
 */
export async function analyseTrial(run: RunFacts, folder: string): Promise<AnalysedTrial> {
  const records = await openTrial(folder);
  const { facts } = records;
  const { recovery_ms } = run.hold;
  const unmeasured = (
    doubt: string | undefined,
    trouble: string | undefined,
    starved?: string,
  ): AnalysedTrial => ({
    trial: {
      ...emptyTrial(facts),
      ...judgeTrial([], {
        audits: facts.audits,
        doubts: [starved, doubt],
        trouble,
        mended: facts.mended,
        healed_otherwise: facts.faults.some(wasHealedOtherwise),
        failures: facts.failures ?? [],
        recovery_ms,
      }),
      ...(facts.notes ? { notes: facts.notes } : {}),
    },
    starved: starved !== undefined,
    doubted: false,
  });
  if (!facts.windows) {
    const { trouble, failures } = facts;
    const why = trouble ?? (failures ? undefined : 'the trial was not finished');
    // What failed to become steady had a minute for it.
    return unmeasured(undefined, why, trouble && starvedWhole(facts.pressure, run.environment.cpus));
  }
  try {
    const { fault } = facts;
    const windows = { ...facts.windows, ...(fault ? { fault_from_ns: fault.before_ns } : {}) };
    const probes = probesOf(run, records, windows, folder);
    return await concludeTrial(run, records, windows, probes);
  } catch (error) {
    if (!(error instanceof UnknownError)) throw error;
    return unmeasured(error.message, facts.trouble);
  }
}

/** @throws InputError that names the folder, which the probes do not know. */
function probesOf(
  { probes }: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  folder: string,
): ProbeResult[] {
  try {
    return probeResults(probes, records.probes, windows);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${folder}: ${error.message}`, { cause: error });
  }
}
