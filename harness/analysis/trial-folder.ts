import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Records } from '../evidence/records.ts';
import type { SegmentCapture } from '../evidence/wire.ts';
import { MIB, readRegularFile, regularFilePieces } from '../ground/read-regular-file.ts';
import { readRecord } from '../journal/read-record.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../journal/trial-facts.ts';
import { trialFactsSchema } from '../journal/trial-facts-schema.ts';
import { pcapPieces } from '../observe/pcap-pieces.ts';

/** Name of the file with a trial's facts, in its folder. */
export const TRIAL_FACTS_FILE = 'facts.json';

/** A capture ends after 2,000,000 packets of at most 656 bytes. */
const MAX_CAPTURE_BYTES = 1280 * MIB;
const MAX_RECORD_BYTES = 256 * MIB;

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
  const captured = new Set(facts.captures.map((capture) => capture.file));
  const others = (await readdir(folder)).filter((name) => name !== TRIAL_FACTS_FILE && !captured.has(name));
  const probes = lazyRecords(folder, others);
  async function* captures(): AsyncGenerator<SegmentCapture> {
    for (const { segment, file: name } of facts.captures) {
      const source = path.join(folder, path.basename(name));
      const limits = { max_bytes: MAX_CAPTURE_BYTES, what: 'record', no_link: true };
      yield { segment, pieces: pcapPieces(regularFilePieces(source, limits), source) };
    }
  }
  return { facts, probes, captures };
}

/** Records by name, each read when it is first asked for: what is not asked for is never opened. */
function lazyRecords(folder: string, names: readonly string[]): Records {
  const records: Record<string, Uint8Array> = Object.create(null);
  for (const name of names) {
    // Some are large, and what was made of them is all that is needed then.
    let known: WeakRef<Uint8Array> | undefined;
    Object.defineProperty(records, name, {
      enumerable: true,
      get: () => {
        const content = known?.deref() ?? read(path.join(folder, name), MAX_RECORD_BYTES);
        known = new WeakRef(content);
        return content;
      },
    });
  }
  return records;
}

function read(file: string, max_bytes: number): Uint8Array {
  return readRegularFile(file, { max_bytes, what: 'record', no_link: true });
}
