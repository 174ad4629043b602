import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError, messageOf } from '../ground/errors.ts';
import { readRecord } from '../journal/read-record.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../journal/trial-facts.ts';
import { trialFactsSchema } from '../journal/trial-facts-schema.ts';
import { openPcap, type Pcap } from '../observe/pcap.ts';
import type { ProbeFiles } from '../probes/probe.ts';

/** Name of the file with a trial's facts, in its folder. */
export const TRIAL_FACTS_FILE = 'facts.json';

/** A segment's capture, in memory. */
export interface SegmentCapture {
  segment: string;
  pcap: Pcap;
}

/** All that is known of a trial, as it was recorded. */
export interface TrialRecords {
  facts: TrialFacts;
  probes: ProbeFiles;
  /** Reads the captures one after the other, so that one at a time is in memory. */
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
  const probes: Record<string, Uint8Array> = {};
  for (const name of others) probes[name] = await read(path.join(folder, name));
  async function* captures(): AsyncGenerator<SegmentCapture> {
    for (const { segment, file: name } of facts.captures) {
      const source = path.join(folder, path.basename(name));
      const pcap = openPcap(await read(source), source);
      if (pcap.truncated) throw new InputError(`the record ${source} is cut: its last packet is not whole`);
      yield { segment, pcap };
    }
  }
  return { facts, probes, captures };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new InputError(`the record ${file} can't be read: ${messageOf(error)}`);
  }
}
