import { readProcess, readScript, readTrackFile } from './keepalived-conf-checks.ts';
import type { Findings } from './keepalived-conf-parts.ts';
import { looseNumber } from './keepalived-numbers.ts';
import type { Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';
import type { FileTrack, ProcessTrack, ScriptTrack, VrrpInstance, VrrpTrack } from './vrrp-instance.ts';

/** What instances and sync groups may track, by name, and the sync groups. */
export interface Definitions {
  scripts: Map<string, ScriptTrack>;
  processes: Map<string, ProcessTrack>;
  files: Map<string, FileTrack>;
  groups: SyncGroup[];
}

interface SyncGroup {
  name: string;
  members: Set<string>;
  tracks: WrittenTrack[];
  keeps_weights: boolean;
}

/** A track as an instance or a sync group lists it. */
export interface WrittenTrack {
  track: VrrpTrack;
  word: Word;
}

/** An instance before its sync group and the interfaces of its addresses are looked at. */
export interface WrittenInstance {
  name: Word;
  instance: VrrpInstance;
  /** Empty when there is none. */
  password: string;
  tracks: WrittenTrack[];
  /** The interfaces of its addresses, routes and rules. */
  devices: string[];
  tracks_own_interface: boolean;
  /** Where its adverts go; undefined with unicast peers. */
  group_address: string | undefined;
}

/** Reads a block outside of instances. A name that is there before stays what it was. */
export function readDefinitions(statement: Statement, definitions: Definitions, findings: Findings): void {
  const [keyword, name] = statement.words;
  const add = <T>(known: Map<string, T>, made: T | undefined) => {
    if (made !== undefined && name && !known.has(name.text)) known.set(name.text, made);
  };
  if (keyword!.text === 'vrrp_script' && name)
    add(definitions.scripts, readScript(name, statement, findings));
  if (keyword!.text === 'vrrp_track_process' && name)
    add(definitions.processes, readProcess(name, statement));
  if (/^(vrrp_)?track_file$/.test(keyword!.text) && name)
    add(definitions.files, readTrackFile(name, statement));
  if (keyword!.text === 'vrrp_sync_group' && name) readGroup(name, statement, definitions, findings);
}

function readGroup(name: Word, statement: Statement, definitions: Definitions, findings: Findings): void {
  if (definitions.groups.some((one) => one.name === name.text)) return;
  const lists = (keyword: string) => statement.block.filter(({ words }) => words[0]!.text === keyword);
  const members = lists('group').flatMap(({ list }) => list.flat().map(({ text }) => text));
  const tracks = statement.block
    .filter(({ words, list }) => words[0]!.text.startsWith('track_') && list.length > 0)
    .flatMap((one) => readTracks(one, definitions, findings));
  const keeps_weights = lists('sync_group_tracking_weight').length > 0 || lists('global_tracking').length > 0;
  definitions.groups.push({ name: name.text, members: new Set(members), tracks, keeps_weights });
}

/** The lines of a `track_…` block: a name, and perhaps `weight N [reverse]`. */
export function readTracks(
  { words, list }: Statement,
  definitions: Definitions,
  findings: Findings,
): WrittenTrack[] {
  const kind = words[0]!.text.slice('track_'.length);
  const found = new Map<string, WrittenTrack>();
  for (const [name, option, value, turn] of list) {
    const known = definitionOf(kind, name!.text, definitions);
    if (!known) {
      findings.ignore(
        name!,
        `${words[0]!.text}: '${name!.text}' is not defined before: keepalived leaves it out`,
      );
    } else if (!found.has(name!.text) && (!option || (option.text === 'weight' && value))) {
      found.set(name!.text, { track: withWeight(known, value, turn), word: name! });
    }
  }
  return [...found.values()];
}

function definitionOf(kind: string, name: string, definitions: Definitions): VrrpTrack | undefined {
  if (kind === 'script') return definitions.scripts.get(name);
  if (kind === 'process') return definitions.processes.get(name);
  if (kind === 'file') return definitions.files.get(name);
  const plain = { name, weight: 0, reverse: false };
  return kind === 'bfd' ? { kind: 'bfd', ...plain } : { kind: 'interface', ...plain };
}

function withWeight(track: VrrpTrack, value: Word | undefined, turn: Word | undefined): VrrpTrack {
  const written = looseNumber(value?.text, -254, 254);
  const reverse = turn ? turn.text === 'reverse' : track.reverse;
  if (written === undefined) return { ...track, reverse };
  // The old limit of 254 is still taken, as 253.
  const most = track.kind === 'process' || track.kind === 'file' ? 254 : 253;
  return { ...track, weight: Math.max(-most, Math.min(written, most)), reverse };
}

/**
 * Puts together what an instance tracks: its own list, its sync group's, and the interfaces of its own and of its
 * addresses. A sync group takes its members' weighted checks away, unless it is set to keep them.
 */
export function joinTracks(
  instances: readonly WrittenInstance[],
  { groups }: Definitions,
  findings: Findings,
): void {
  for (const written of instances) {
    const { instance } = written;
    const group = groups.find(({ members }) => members.has(instance.name));
    instance.sync_group = group?.name;
    const joined = ownTracks(written, group, findings);
    const add = (track: VrrpTrack) => {
      const before = joined.get(keyOf(track));
      // One that was without a weight stays so.
      if (before?.weight !== 0) joined.set(keyOf(track), track);
    };
    const own = written.tracks_own_interface ? [instance.interface] : [];
    const devices = written.devices.filter((name) => name !== instance.interface);
    for (const name of [...own, ...devices]) {
      if (name !== undefined) add({ kind: 'interface', name, weight: 0, reverse: false });
    }
    const members = instances.filter(({ instance: { name } }) => group?.members.has(name));
    const owned = members.some(({ instance: { priority } }) => priority === 255);
    for (const { track } of group?.tracks ?? []) add(owned ? { ...track, weight: 0 } : track);
    instance.tracks = [...joined.values()];
  }
}

function keyOf({ kind, name }: VrrpTrack): string {
  return `${kind} ${name}`;
}

/** Of a check that is there twice the first counts. */
function ownTracks(
  { instance, tracks }: WrittenInstance,
  group: SyncGroup | undefined,
  findings: Findings,
): Map<string, VrrpTrack> {
  const weightless = (group !== undefined && !group.keeps_weights) || instance.priority === 255;
  const listed = new Map<string, WrittenTrack>();
  for (const one of tracks) {
    const own = one.track.kind === 'interface' && one.track.name === instance.interface;
    if (!own && !listed.has(keyOf(one.track))) listed.set(keyOf(one.track), one);
  }
  const left = [...listed.values()].flatMap((one) =>
    weightless ? withoutWeight(one, findings) : [one.track],
  );
  return new Map(left.map((track) => [keyOf(track), track]));
}

/** What a sync group or priority 255 leaves of a check. keepalived says so of interfaces too, and counts them still. */
function withoutWeight({ track, word }: WrittenTrack, findings: Findings): VrrpTrack[] {
  if (track.weight === 0 || track.kind === 'process' || track.kind === 'interface') return [track];
  findings.ignore(word, `'${track.name}' has a weight, which a sync group or priority 255 takes away`);
  return track.kind === 'file' && track.weight === 1 ? [{ ...track, weight: 0 }] : [];
}
