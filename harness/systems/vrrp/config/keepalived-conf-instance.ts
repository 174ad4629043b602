import { InstanceAddresses } from './keepalived-conf-addresses.ts';
import { type Findings, flagOf, type Globals, keywordOf } from './keepalived-conf-parts.ts';
import {
  type Definitions,
  readTracks,
  type WrittenInstance,
  type WrittenTrack,
} from './keepalived-conf-tracks.ts';
import { decimalNumber, looseNumber, wholeNumber } from './keepalived-numbers.ts';
import type { Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';
import type { VrrpInstance } from './vrrp-instance.ts';

interface Surroundings {
  definitions: Definitions;
  globals: Globals;
  findings: Findings;
}

const DEFAULT_PRIORITY = 100;
const OWNER_PRIORITY = 255;
/** keepalived.conf(5), `auth_pass`: only the first eight characters are used. */
const MOST_PASSWORD = 8;
const MOST_PREEMPT_DELAY_US = 1_000_000_000;

/** Reads a vrrp_instance's block statement by statement, as keepalived does. */
export function readInstance(
  name: Word,
  block: readonly Statement[],
  surroundings: Surroundings,
): WrittenInstance {
  const draft = new Draft(name, surroundings);
  for (const statement of block) draft.read(statement);
  return draft.complete();
}

class Draft {
  readonly #name: Word;
  readonly #findings: Findings;
  readonly #definitions: Definitions;
  readonly #globals: Globals;
  readonly #tracks: WrittenTrack[] = [];
  readonly #addresses: InstanceAddresses;
  #version: 2 | 3 | undefined;
  #state: 'MASTER' | 'BACKUP' | undefined;
  #interface: string | undefined;
  #vrid = 0;
  #priority = 0;
  #advert_us = 0;
  #nopreempt = false;
  #preempt_delay_us = 0;
  #adverts: number;
  #strict: boolean | undefined;
  #use_vmac = false;
  #unicast = false;
  #own_interface = true;
  #allows_no_address = false;
  #auth: 'none' | 'PASS' | 'AH' = 'none';
  #password = '';
  #group_address: string | undefined;

  constructor(name: Word, { definitions, globals, findings }: Surroundings) {
    this.#name = name;
    this.#definitions = definitions;
    this.#globals = globals;
    this.#findings = findings;
    this.#addresses = new InstanceAddresses(findings);
    this.#adverts = globals.down_timer_adverts;
  }

  read(statement: Statement): void {
    const keyword = keywordOf(statement);
    const value = statement.words[1];
    if (NEEDS_VALUE.has(keyword) && !value) {
      this.#findings.refuse(statement.words[0]!, `${keyword} has no value: keepalived ends`);
      return;
    }
    if (keyword.startsWith('unicast_')) this.#unicast = true;
    if (keyword.startsWith('track_') && statement.list.length > 0) {
      this.#tracks.push(...readTracks(statement, this.#definitions, this.#findings));
    } else if (statement.list.length > 0 || keyword.startsWith('unicast_') || keyword.endsWith('_ip')) {
      this.#addresses.read(keyword, statement);
    } else if (value) {
      this.#readValue(keyword, value);
    } else {
      this.#readFlag(keyword);
    }
    if (keyword === 'mcast_dst_ip') this.#group_address = value?.text;
    if (keyword === 'strict_mode') this.#strict = flagOf(value) ?? this.#strict;
    for (const { words } of statement.block) this.#readAuthentication(words);
  }

  #readValue(keyword: string, value: Word): void {
    const { text } = value;
    const number = (low: number, high: number, otherwise: string) => {
      const found = wholeNumber(text, low, high);
      if (found === undefined)
        this.#ignore(
          value,
          `${keyword} '${text}' is not a whole number from ${low} to ${high}: ${otherwise}`,
        );
      return found;
    };
    if (keyword === 'state') this.#readState(value);
    else if (keyword === 'interface') this.#interface = text;
    else if (keyword === 'virtual_router_id')
      this.#vrid = number(1, 255, 'keepalived leaves it out') ?? this.#vrid;
    else if (keyword === 'priority') {
      this.#priority = number(1, 255, `keepalived takes ${DEFAULT_PRIORITY}`) ?? DEFAULT_PRIORITY;
    } else if (keyword === 'version') this.#readVersion(value);
    else if (keyword === 'advert_int') {
      const advert_us = decimalNumber(text, 10_000, 255_000_000, 6);
      if (!advert_us)
        this.#ignore(value, `advert_int '${text}' is not 0.01 to 255 seconds: keepalived leaves it out`);
      this.#advert_us = advert_us || this.#advert_us;
    } else if (keyword === 'down_timer_adverts') this.#adverts = looseNumber(text, 1, 100) ?? this.#adverts;
    else if (keyword === 'preempt_delay')
      this.#preempt_delay_us = decimalNumber(text, 0, MOST_PREEMPT_DELAY_US, 6) ?? 0;
    else this.#readFlag(keyword);
  }

  #readFlag(keyword: string): void {
    if (keyword === 'nopreempt') this.#nopreempt = true;
    if (keyword === 'preempt') this.#nopreempt = false;
    if (keyword === 'use_vmac') this.#use_vmac = true;
    if (keyword === 'dont_track_primary') this.#own_interface = false;
    if (keyword === 'no_virtual_ipaddress') this.#allows_no_address = true;
    if (keyword === 'check_unicast_src' || keyword === 'old_unicast_checksum') this.#unicast = true;
    if (keyword !== 'native_ipv6' || this.#addresses.family === 4) return;
    this.#addresses.family = 6;
    this.#version = 3;
  }

  #readState(value: Word): void {
    const { text } = value;
    if (text === 'MASTER') this.#state = 'MASTER';
    else if (text === 'BACKUP' && this.#state === 'MASTER') {
      this.#ignore(value, 'state was MASTER before: keepalived leaves BACKUP out');
    } else {
      if (text !== 'BACKUP')
        this.#ignore(value, `state '${text}' is neither MASTER nor BACKUP: keepalived takes BACKUP`);
      this.#state = 'BACKUP';
    }
  }

  #readVersion(value: Word): void {
    const version = looseNumber(value.text, 2, 3) as 2 | 3 | undefined;
    const conflict =
      (this.#version && this.#version !== version) || (version === 2 && this.#addresses.family === 6);
    if (version !== undefined && !conflict) this.#version = version;
    else this.#ignore(value, `version ${value.text}: keepalived leaves it out`);
  }

  #readAuthentication(words: readonly Word[]): void {
    const [keyword, value] = words;
    if (!value) return;
    if (keyword!.text === 'auth_pass') this.#password = value.text;
    if (keyword!.text === 'auth_type' && (value.text === 'PASS' || value.text === 'AH'))
      this.#auth = value.text;
  }

  complete(): WrittenInstance {
    const family = this.#addresses.family ?? 4;
    const strict = this.#strict ?? this.#globals.strict;
    let version = this.#version ?? (family === 6 ? 3 : this.#globals.version);
    if (family === 6 && strict) version = 3;
    const priority = this.#priority || (this.#state === 'MASTER' ? OWNER_PRIORITY : DEFAULT_PRIORITY);
    let state = this.#state ?? (priority === OWNER_PRIORITY ? 'MASTER' : 'BACKUP');
    if (strict) state = priority === OWNER_PRIORITY ? 'MASTER' : 'BACKUP';
    const authentication = strict || version === 3 || this.#password === '' ? 'none' : this.#auth;
    if (authentication === 'AH' && priority !== OWNER_PRIORITY) state = 'BACKUP';
    const nopreempt = this.#nopreempt && priority !== OWNER_PRIORITY && state !== 'MASTER';
    const delay = state === 'MASTER' || strict || nopreempt ? 0 : this.#preempt_delay_us / 1000;
    this.#refuse(version, strict);
    if (!this.#unicast) this.#addresses.checkFirst();
    const instance: VrrpInstance = {
      name: this.#name.text,
      family,
      state,
      interface: this.#interface,
      virtual_router_id: this.#vrid,
      priority,
      advert_int_ms: advertMs(this.#advert_us, version),
      version,
      nopreempt,
      preempt_delay_ms: delay,
      down_timer_adverts: strict ? 3 : this.#adverts,
      unicast_peers: this.#addresses.peers,
      sync_group: undefined,
      use_vmac: this.#use_vmac,
      authentication,
      virtual_ipaddress: this.#addresses.advertised.map(({ written }) => written),
      virtual_ipaddress_excluded: this.#addresses.excluded.map(({ written }) => written),
      tracks: [],
    };
    const password = this.#password.slice(0, MOST_PASSWORD);
    const written = {
      name: this.#name,
      password,
      instance,
      tracks: this.#tracks,
      devices: this.#addresses.devices,
      group_address: this.#unicast ? undefined : (this.#group_address ?? 'default'),
    };
    return { ...written, tracks_own_interface: this.#own_interface };
  }

  #refuse(version: 2 | 3, strict: boolean): void {
    const refuse = (message: string) => {
      this.#findings.refuse(this.#name, `vrrp_instance ${this.#name.text} ${message}: keepalived ends`);
    };
    if (this.#vrid === 0) refuse('has no virtual_router_id');
    if (this.#interface === undefined && !this.#unicast) refuse('has no interface');
    if (this.#addresses.advertised.length === 0 && !this.#allows_no_address && (version === 3 || strict)) {
      refuse('has no virtual_ipaddress');
    }
  }

  #ignore(word: Word, message: string): void {
    this.#findings.ignore(word, message);
  }
}

/** keepalived ends when one of these stands alone. */
const NEEDS_VALUE = new Set(
  ['state', 'interface', 'virtual_router_id', 'priority', 'advert_int', 'version', 'preempt_delay'].concat([
    'down_timer_adverts',
    'mcast_src_ip',
    'unicast_src_ip',
    'mcast_dst_ip',
    'vrf',
    'debug',
    'unicast_ttl',
  ]),
);

/** v2: whole seconds, 1 to 255. v3: hundredths, 0.01 to 40.95 s. */
function advertMs(us: number, version: 2 | 3): number {
  const written = us || 1_000_000;
  if (version === 2) return Math.max(1, Math.round(written / 1_000_000)) * 1000;
  return Math.min(4095, Math.max(1, Math.round(written / 10_000))) * 10;
}
