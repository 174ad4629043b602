import { type VrrpInstance, type VrrpTrack, withPrefix } from './vrrp-instance.ts';

/** What a running keepalived wrote of itself. */
export interface KeepalivedDump {
  instances: VrrpInstance[];
  /** What is missing in it. */
  not_followed: string[];
}

/** `key = value` lines and lists of one thing in a dump, such as an instance. */
interface Entry {
  name: string;
  values: Map<string, string>;
  lists: Map<string, string[]>;
  /** Lines that are neither. */
  remarks: string[];
}

/**
 * Reads what keepalived writes on SIGUSR1 (`keepalived.data`): sections between `------< … >------`, in them things
 * with one space before them, their values with three, and items of their lists with five. A text that holds the
 * dumps of several daemons, one after the other, is read as such.
 * @param node whose dump it is, for what is missing in it.
 */
export function parseKeepalivedDump(text: string, node: string): KeepalivedDump {
  const dumps = text.split(/^(?=-+< Global definitions >-+)/m).filter((part) => part.trim() !== '');
  const parsed = dumps.map((dump) => readDump(dump, node));
  return {
    instances: parsed.flatMap(({ instances }) => instances),
    not_followed: parsed.flatMap(({ not_followed }) => not_followed),
  };
}

function readDump(text: string, node: string): KeepalivedDump {
  const sections = sectionsOf(text);
  const things = (section: string, title: RegExp) => entriesOf(sections.get(section) ?? [], title);
  const tracks = [
    ...things('VRRP Scripts', /^VRRP Script = (.*)$/).flatMap(scriptTracks),
    ...things('VRRP Track processes', /^VRRP Track process = (.*)$/).flatMap(processTracks),
    ...things('VRRP Track files', /^Track file = (.*)$/).flatMap(fileTracks),
    ...things('VRRP Track BFDs', /^VRRP Track BFD = (.*)$/).flatMap(bfdTracks),
    ...things('Interfaces', /^Name = (.*)$/).flatMap(interfaceTracks),
  ];
  const dump: KeepalivedDump = { instances: [], not_followed: [] };
  for (const entry of things('VRRP Topology', /^VRRP Instance = (.*)$/)) {
    const own = tracks.filter(({ instance }) => instance === entry.name).map(({ track }) => track);
    const missing = REQUIRED.filter((key) => !entry.values.has(key));
    if (missing.length === 0) dump.instances.push(instanceFrom(entry, own));
    else dump.not_followed.push(`${node}'s daemon says nothing of '${missing[0]}' of instance ${entry.name}`);
  }
  return dump;
}

const REQUIRED = ['VRRP Version', 'Virtual Router ID', 'Priority', 'Advert interval'];

function sectionsOf(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const title = /^-+< (.*) >-+$/.exec(line)?.[1];
    if (title === undefined) lines.push(line);
    else {
      lines = sections.get(title) ?? [];
      sections.set(title, lines);
    }
  }
  return sections;
}

function entriesOf(lines: readonly string[], title: RegExp): Entry[] {
  const entries: Entry[] = [];
  let list: string[] | undefined;
  for (const line of lines) {
    const indent = line.search(/\S/);
    const rest = line.trim();
    const entry = entries.at(-1);
    if (indent === 1) {
      const name = title.exec(rest)?.[1];
      if (name !== undefined) entries.push({ name, values: new Map(), lists: new Map(), remarks: [] });
      list = undefined;
    } else if (entry && indent >= 5) {
      list?.push(rest);
    } else if (entry && indent > 1) {
      const heading = /^([^=]*?)(?: \(\d+\))?\s*:$|^([^=]*?) = \d+$/.exec(rest);
      const [key, value] = splitOnce(rest, ' = ');
      if (value !== undefined) entry.values.set(key, value);
      else entry.remarks.push(rest);
      // Of keepalived before 2.1: `Virtual IP = 2`, then the items.
      list = heading ? [] : undefined;
      if (list) entry.lists.set((heading![1] ?? heading![2])!.trim(), list);
    }
  }
  return entries;
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function instanceFrom(entry: Entry, tracks: VrrpTrack[]): VrrpInstance {
  const { values, remarks } = entry;
  const number = (key: string) => (values.has(key) ? Number.parseFloat(values.get(key)!) : undefined);
  const version = number('VRRP Version') === 3 ? 3 : 2;
  const [ifname, vmac] = splitOnce(values.get('Interface') ?? 'not configured', ', ');
  const base = /^(?:vmac|ipvlan) on ([^,\s]+)/.exec(vmac ?? '')?.[1];
  return {
    name: entry.name,
    family: remarks.includes('Using Native IPv6') ? 6 : 4,
    state: undefined,
    ...present({
      running_state: values.get('State'),
      effective_priority: number('Effective priority'),
      ...(number('Master priority')
        ? {
            master_advert_int_ms: number('Master advert interval'),
            master_priority: number('Master priority'),
          }
        : {}),
    }),
    interface: ifname === 'not configured' ? undefined : (base ?? ifname),
    virtual_router_id: number('Virtual Router ID')!,
    priority: number('Priority')!,
    advert_int_ms: milliseconds(values.get('Advert interval')!),
    version,
    nopreempt: values.get('Preempt') === 'disabled',
    preempt_delay_ms: milliseconds(values.get('Preempt delay') ?? '0 secs'),
    down_timer_adverts: number('Down timer adverts') ?? 3,
    unicast_peers: list(entry, 'Unicast Peer').map(firstWord),
    sync_group: values.get('Sync group'),
    use_vmac: [...remarks, ...values.keys()].some((one) => one.startsWith('Use VMAC')),
    authentication: authentication(values.get('Authentication type')),
    virtual_ipaddress: list(entry, 'Virtual IP').map(firstWord).map(withPrefix),
    virtual_ipaddress_excluded: list(entry, 'Virtual IP Excluded').map(firstWord).map(withPrefix),
    tracks,
  };
}

function present<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const there = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}

function list({ lists }: Entry, name: string): string[] {
  return lists.get(name) ?? [];
}

function firstWord(text: string): string {
  return text.split(/\s/, 1)[0]!;
}

function authentication(type: string | undefined): VrrpInstance['authentication'] {
  if (type === 'SIMPLE_PASSWORD') return 'PASS';
  return type === 'IPSEC_AH' ? 'AH' : 'none';
}

/** `300 milli-sec`, `1 sec`, `2.500 sec`, `20 secs`, `2.000000s`. */
function milliseconds(text: string): number {
  const value = Number.parseFloat(text);
  return Math.round((/milli-?sec/.test(text) ? value : value * 1000) * 1000) / 1000;
}

interface Tracking {
  instance: string;
  track: VrrpTrack;
}

/** One for every instance in the list of those that track it. */
function trackings(
  entry: Entry,
  track: (common: { name: string; weight: number; reverse: boolean }) => VrrpTrack,
): Tracking[] {
  const users = [...entry.lists].filter(([name]) => /^(Tracking|VRRP).* instances$/.test(name));
  return users.flatMap(([, lines]) =>
    lines.flatMap((line) => {
      const found = /^(.*), weight (-?\d+)( reverse)?(?: \(dynamic\))?$/.exec(line);
      if (!found) return [];
      const [, instance, weight, reverse] = found;
      const common = { name: entry.name, weight: Number(weight), reverse: reverse !== undefined };
      return [{ instance: instance!, track: track(common) }];
    }),
  );
}

function scriptTracks(entry: Entry): Tracking[] {
  const { values } = entry;
  return trackings(entry, (common) => ({
    kind: 'script',
    ...common,
    up: values.get('Status') === 'GOOD',
    command: values.get('Command') ?? '',
    interval_ms: milliseconds(values.get('Interval') ?? ''),
    // 0: until the next run is due.
    timeout_ms: milliseconds(values.get('Timeout') ?? '') || milliseconds(values.get('Interval') ?? ''),
    rise: Number.parseInt(values.get('Rise') ?? '', 10),
    fall: Number.parseInt(values.get('Fall') ?? '', 10),
  }));
}

function processTracks(entry: Entry): Tracking[] {
  const { values } = entry;
  const most = values.get('Max processes');
  return trackings(entry, (common) => ({
    kind: 'process',
    ...common,
    up: values.get('Have quorum') === 'true',
    process: [values.get('Process'), values.get('Parameters')].filter((part) => part).join(' '),
    quorum: Number.parseInt(values.get('Min processes') ?? '1', 10),
    quorum_max: most === undefined ? undefined : Number.parseInt(most, 10),
    fork_delay_ms: milliseconds(values.get('Fork delay') ?? '0'),
    terminate_delay_ms: milliseconds(values.get('Terminate delay') ?? '0'),
  }));
}

function fileTracks(entry: Entry): Tracking[] {
  return trackings(entry, (common) => ({
    kind: 'file',
    ...common,
    file: entry.values.get('File') ?? '',
  }));
}

function bfdTracks(entry: Entry): Tracking[] {
  const up = entry.remarks.includes('Bfd is up');
  return trackings(entry, (common) => ({ kind: 'bfd', ...common, up }));
}

/** keepalived's mark at an interface that an instance uses and does not look at. */
const NOT_TRACKED = 255;

function interfaceTracks(entry: Entry): Tracking[] {
  if (entry.remarks.includes('I/f created by keepalived')) return [];
  const up = /^UP, RUNNING/.test(entry.values.get('State') ?? '');
  return trackings(entry, (common) => ({ kind: 'interface', ...common, up })).filter(
    ({ track }) => track.weight !== NOT_TRACKED,
  );
}
