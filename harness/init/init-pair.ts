import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadDrill } from '../drill/load-drill.ts';
import { EnvironmentError, InputError, messageOf } from '../ground/errors.ts';
import { MIB, readRegularFile } from '../ground/read-regular-file.ts';
import { readKeepalivedConf } from '../systems/vrrp/config/keepalived-conf.ts';
import { writtenPlaces } from '../systems/vrrp/config/written-addresses.ts';
import { prefixProblem } from '../topology/addresses.ts';
import { nameProblem, nodeNameProblem } from '../topology/names.ts';
import { pairFiles } from './pair-files.ts';
import { proposePair } from './propose-pair.ts';

export interface InitOptions {
  /** `NODE=FILE`, two of them. */
  keepalived: readonly string[];
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
}

const MOST_BYTES = MIB;

/**
 * Writes a topology, a crash drill, its control and a test around two keepalived.conf. Nothing is written over.
 * @throws InputError for files that say no pair, and for files that are there already; EnvironmentError when they can't be
 *   written.
 */
export async function initPair({ keepalived, address, name, out }: InitOptions): Promise<Initialised> {
  const wrong = nameProblem('lab', name);
  if (wrong !== undefined) throw new InputError(wrong);
  const given = keepalived.map(nodeAndFile);
  if (given.length !== 2 || given[0]!.node === given[1]!.node)
    throw new InputError(
      `hadrill init wants two files of two nodes, --keepalived r1=FILE --keepalived r2=FILE; found ${keepalived.join(' ') || 'none'}`,
    );
  const sources = given.map(({ node, file }) => ({
    node,
    file,
    text: new TextDecoder().decode(readRegularFile(file, { max_bytes: MOST_BYTES, what: 'keepalived.conf' })),
  }));
  const notes: string[] = [];
  const members = sources.map(({ node, file, text }) => ({ node, places: writtenPlaces({ file, text }) }));
  notes.push(...sources.flatMap(looksAt));
  const pair = proposePair(name, members, new Map(address.map(placeAndAddress)), (line) => notes.push(line));
  const own = sources.map(({ node, text }) => [`${node}/keepalived.conf`, text] as const);
  const files = [...own, ...pairFiles(pair)].map(([file, text]) => ({ file: path.join(out, file), text }));
  const there = files.filter(({ file }) => existsSync(file)).map(({ file }) => file);
  if (there.length > 0)
    throw new InputError(
      `nothing was written: ${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already`,
      {
        remedy: 'choose another folder with --out',
      },
    );
  for (const { file, text } of files) write(file, text);
  // What it says of itself must hold before anybody runs it.
  const { variable_notes, systems } = await loadDrill(path.join(out, 'node-crash.drill.yml'));
  notes.push(...[...variable_notes, ...systems.notes].map(({ message }) => message));
  return { files: files.map(({ file }) => file), notes };
}

/** What a router looks at besides its interfaces must be so in the lab too, or nobody becomes master. */
function looksAt({ node, file, text }: { node: string; file: string; text: string }): string[] {
  const tracks = readKeepalivedConf({ file, text }).instances.flatMap((instance) => instance.tracks);
  const words = tracks.flatMap((track) => {
    if (track.kind === 'script') return `the script '${track.name}' (${track.command})`;
    return track.kind === 'process' ? `the process '${track.process}'` : [];
  });
  return [...new Set(words)].map(
    (what) =>
      `${node} looks at ${what}: it must be well in the lab too; give the node an image that has it, or change the copy`,
  );
}

function nodeAndFile(text: string): { node: string; file: string } {
  const at = text.indexOf('=');
  const [node, file] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  const problem = at < 1 || file === '' ? 'write it like r1=keepalived.conf' : nodeNameProblem(node);
  if (problem !== undefined) throw new InputError(`--keepalived ${text}: ${problem}`);
  if (['client', 'server', 'fabric'].includes(node))
    throw new InputError(
      `--keepalived ${text}: '${node}' is the name of a node that hadrill adds; choose another`,
    );
  return { node, file };
}

function placeAndAddress(text: string): [string, string] {
  const [place = '', address = ''] = text.split('=');
  const problem = /^[^:]+:[^:]+$/.test(place)
    ? prefixProblem('ipv4', address)
    : 'write it like r1:eth0=192.0.2.2/24';
  if (problem !== undefined) throw new InputError(`--address ${text}: ${problem}`);
  return [place, address];
}

function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new EnvironmentError(`${file} can't be written: ${messageOf(error)}`, { cause: error });
  }
}
