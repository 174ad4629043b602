import type { InputProblem } from '../../../ground/errors.ts';
import { readInstance } from './keepalived-conf-instance.ts';
import { type Findings, flagOf, type Globals, keywordOf } from './keepalived-conf-parts.ts';
import {
  type Definitions,
  joinTracks,
  readDefinitions,
  type WrittenInstance,
} from './keepalived-conf-tracks.ts';
import type { KeepalivedSource } from './keepalived-lines.ts';
import { looseNumber } from './keepalived-numbers.ts';
import { parseKeepalivedSyntax, type Statement } from './keepalived-syntax.ts';
import type { Word } from './keepalived-text.ts';
import type { VrrpInstance } from './vrrp-instance.ts';

/** What keepalived.conf says, as keepalived 2.3.3 takes it. Every problem has its place. */
export interface KeepalivedConf {
  /** As keepalived completes them: defaults filled in, values out of range replaced. */
  instances: VrrpInstance[];
  /** Where the name of each of them is. */
  places: Map<VrrpInstance, Word>;
  /** The password of each that uses one, of which keepalived takes eight characters. */
  passwords: Map<VrrpInstance, string>;
  /** What could not be followed: with any, the instances are not certain. */
  not_followed: InputProblem[];
  /** What keepalived logs and takes otherwise than written. */
  ignored: InputProblem[];
  /** What ends keepalived when it starts. */
  refused: InputProblem[];
}

/** Reads a keepalived.conf; it never throws. */
export function readKeepalivedConf(source: KeepalivedSource): KeepalivedConf {
  const { statements, not_followed, ignored } = parseKeepalivedSyntax(source);
  const refused: InputProblem[] = [];
  const findings: Findings = {
    ignore: (word, message) => ignored.push({ message, position: placeOf(word) }),
    refuse: (word, message) => refused.push({ message, position: placeOf(word) }),
  };
  const globals = readGlobals(parseKeepalivedSyntax(source, 'parent').statements, findings);
  const definitions: Definitions = { scripts: new Map(), processes: new Map(), files: new Map(), groups: [] };
  const written = new Map<string, WrittenInstance>();
  // A track has to be defined before it is used, so in their order.
  for (const statement of statements) {
    if (keywordOf(statement) !== 'vrrp_instance') readDefinitions(statement, definitions, findings);
    else readNext(statement, written, definitions, globals, findings);
  }
  const complete = [...written.values()];
  joinTracks(complete, definitions, findings);
  refuseDoubles(complete, findings);
  return {
    instances: complete.map(({ instance }) => instance),
    places: new Map(complete.map(({ instance, name }) => [instance, name])),
    passwords: new Map(complete.map(({ instance, password }) => [instance, password])),
    not_followed,
    ignored,
    refused,
  };
}

function placeOf({ file, line, column }: Word) {
  return { file, line, column };
}

function readNext(
  statement: Statement,
  written: Map<string, WrittenInstance>,
  definitions: Definitions,
  globals: Globals,
  findings: Findings,
): void {
  const [keyword, name, ...more] = statement.words;
  if (!name || more.length > 0) {
    findings.ignore(
      keyword!,
      'vrrp_instance needs a name, in one word or between double quotes: keepalived leaves it out',
    );
  } else if (written.has(name.text)) {
    findings.ignore(name, `vrrp_instance ${name.text} is there twice: keepalived leaves the second one out`);
  } else {
    written.set(name.text, readInstance(name, statement.block, { definitions, globals, findings }));
  }
}

/** RFC 9568 §5.2.3: a VRID names one virtual router of a family on a link. */
function refuseDoubles(written: readonly WrittenInstance[], findings: Findings): void {
  const first = new Map<string, string>();
  for (const { name, instance, group_address } of written) {
    const { family, virtual_router_id: vrid, interface: place } = instance;
    if (place === undefined || group_address === undefined || vrid === 0) continue;
    const key = `${family} ${vrid} ${place} ${group_address}`;
    const other = first.get(key);
    if (other === undefined) first.set(key, name.text);
    else {
      const what = `IPv${family} on interface ${place} as vrrp_instance ${other} does`;
      findings.refuse(name, `vrrp_instance ${name.text} uses VRID ${vrid} with ${what}: keepalived ends`);
    }
  }
}

function readGlobals(statements: readonly Statement[], findings: Findings): Globals {
  const globals: Globals = { version: 2, down_timer_adverts: 3, strict: false };
  const blocks = statements.filter((one) => keywordOf(one) === 'global_defs');
  for (const { words } of blocks.flatMap(({ block }) => block)) {
    const [keyword, value] = words;
    const name = keyword!.text;
    if (name === 'vrrp_version') globals.version = looseNumber(value?.text, 2, 3) === 3 ? 3 : globals.version;
    if (name === 'vrrp_version' && looseNumber(value?.text, 2, 3) === 2) globals.version = 2;
    if (name === 'vrrp_strict') globals.strict = flagOf(value) ?? globals.strict;
    if (name !== 'vrrp_down_timer_adverts') continue;
    const count = looseNumber(value?.text, 1, 100);
    if (count === undefined)
      findings.ignore(value ?? keyword!, `${name} must be a whole number from 1 to 100`);
    globals.down_timer_adverts = count ?? globals.down_timer_adverts;
  }
  return globals;
}
