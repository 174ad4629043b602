import path from 'node:path';
import type { Records } from '../evidence/records.ts';
import type { SegmentCapture } from '../evidence/wire.ts';
import { MIB } from '../ground/read-regular-file.ts';
import { readRecord } from '../journal/read-record.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../journal/trial-facts.ts';
import { trialFactsSchema } from '../journal/trial-facts-schema.ts';
import { pcapPieces } from '../observe/pcap-pieces.ts';
import { plainName, TrialFiles } from './trial-files.ts';

/** Name of the file with a trial's facts, in its folder. */
export const TRIAL_FACTS_FILE = 'facts.json';

/** What is longer is read again where it is asked for again: what was made of it is needed by then, and no more. */
const KEPT_BYTES = MIB;

/** All that is known of a trial, as it was recorded. */
export interface TrialRecords {
  facts: TrialFacts;
  probes: Records;
  /** Reads the captures one after the other, and a piece of one at a time. */
  captures(): AsyncIterable<SegmentCapture>;
}

/**
 * Opens the folder of one trial.
 * @throws InputError naming the file that is missing or is not what it should be.
 */
export async function openTrial(folder: string): Promise<TrialRecords> {
  const file = path.join(folder, TRIAL_FACTS_FILE);
  const facts = await readRecord(file, 'record of a trial', TRIAL_FACTS_SCHEMA, trialFactsSchema);
  const files = await TrialFiles.in(folder);
  const captured = new Set(facts.captures.map((capture) => plainName(capture.file)));
  const others = files.names.filter((name) => name !== TRIAL_FACTS_FILE && !captured.has(name));
  const probes = lazyRecords(files, others);
  async function* captures(): AsyncGenerator<SegmentCapture> {
    for (const { segment, file } of facts.captures) {
      const name = path.basename(file);
      yield { segment, pieces: pcapPieces(files.pieces(name), files.pathOf(name)) };
    }
  }
  return { facts, probes, captures };
}

/** Records by name, each read when it is first asked for: what is not asked for is never opened. */
function lazyRecords(files: TrialFiles, names: readonly string[]): Records {
  const records: Record<string, Uint8Array> = Object.create(null);
  for (const name of names) {
    let kept: Uint8Array | undefined;
    Object.defineProperty(records, name, {
      enumerable: true,
      get: () => {
        const content = kept ?? files.read(name);
        if (content.length <= KEPT_BYTES) kept = content;
        return content;
      },
    });
  }
  return records;
}
