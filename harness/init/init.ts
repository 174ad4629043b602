import path from 'node:path';
import { loadDrill } from '../drill/load-drill.ts';
import { formatProblem, InputError } from '../ground/errors.ts';
import type { Given, Initialiser } from '../systems/initialiser.ts';
import { initialisers } from '../systems/initialisers.ts';
import { WAIT_FILE, WAIT_SCRIPT } from '../systems/proposal/wait-for-wires.ts';
import { prefixProblem } from '../topology/addresses.ts';
import { nameProblem } from '../topology/names.ts';
import { type GivenFiles, givenFiles } from './given-files.ts';
import { writeAll } from './write-all.ts';

export interface InitOptions {
  /** By the option of a file: `NODE=FILE`, or `FILE` where all nodes share it. */
  files: ReadonlyMap<string, readonly string[]>;
  /** `NODE:INTERFACE=ADDRESS/LENGTH`. */
  address: readonly string[];
  name: string;
  out: string;
}

export interface Initialised {
  /** Paths of what was written. */
  files: string[];
  /** What had to be assumed: one sentence each. */
  notes: string[];
  /** The drill, and its control. */
  drill: string;
  control: string;
}

/**
 * Writes a topology, a crash drill, its control and a test around the files of a pair. Nothing is written over.
 * @throws InputError for files that say no pair, and for files that are there already; EnvironmentError when they can't be
 *   written.
 */
export async function init({ files, address, name, out }: InitOptions): Promise<Initialised> {
  const kind = kindOf(files);
  return writeProposal(kind, givenFiles(kind, files), placesAndAddresses(address), { name, out });
}

/** The same of files that have been read. */
export async function writeProposal(
  kind: Initialiser,
  given: GivenFiles & Pick<Given, 'own' | 'found'>,
  addresses: ReadonlyMap<string, string>,
  { name, out }: Pick<InitOptions, 'name' | 'out'>,
): Promise<Initialised> {
  const wrong = nameProblem('lab', name);
  if (wrong !== undefined) throw new InputError(wrong);
  const notes: string[] = [];
  const proposal = kind.propose({ name, ...given, addresses, note: (line) => notes.push(line) });
  const waits = [...(given.own?.values() ?? [])].some(({ argv }) => argv !== undefined);
  const all: [string, string][] = [
    ...proposal,
    ...(waits ? [[WAIT_FILE, WAIT_SCRIPT] as [string, string]] : []),
  ];
  const files = all.map(([file, text]) => ({ file: path.join(out, file), text }));
  writeAll(files);
  const [drill, control] = ['node-crash', 'control'].map((one) => path.join(out, `${one}.drill.yml`));
  // What it says of itself must hold before anybody runs it.
  const { variable_notes, systems } = await loadDrill(drill!);
  notes.push(...[...variable_notes, ...systems.notes].map(formatProblem));
  return { files: files.map(({ file }) => file), notes, drill: drill!, control: control! };
}

function kindOf(files: ReadonlyMap<string, readonly string[]>): Initialiser {
  const asked = initialisers.filter((one) => one.files.some(({ option }) => files.has(option)));
  const [kind, ...others] = asked;
  if (kind && others.length === 0) return kind;
  const words = initialisers.map((one) => one.files.map(exampleOf).join(' '));
  throw new InputError(
    kind
      ? `hadrill init is about one pair at a time: ${asked.map(({ pair }) => pair).join(' or ')}`
      : `hadrill init wants the files of a pair: ${words.join(', or ')}`,
  );
}

function exampleOf({ option, shared }: Initialiser['files'][number]): string {
  return shared ? `--${option} FILE` : `--${option} NODE=FILE --${option} NODE=FILE`;
}

/** `NODE:INTERFACE=ADDRESS/LENGTH`. @throws InputError */
export function placesAndAddresses(given: readonly string[]): Map<string, string> {
  return new Map(given.map(placeAndAddress));
}

function placeAndAddress(text: string): [string, string] {
  const [place = '', address = ''] = text.split('=');
  const problem = /^[^:]+:[^:]+$/.test(place)
    ? prefixProblem('ipv4', address)
    : 'write it like r1:eth0=192.0.2.2/24';
  if (problem !== undefined) throw new InputError(`--address ${text}: ${problem}`);
  return [place, address];
}
