import type { AuditRecord } from '../../../journal/journal.ts';
import type { Switch } from '../config/load-switches.ts';
import { cutOff, misplaced } from './kernel-bridges.ts';
import type { SwitchLook } from './l2-facts.ts';
import { lacking, unwired } from './switch-state.ts';

type Known = Pick<Switch, 'node' | 'settings'>;

/** Every port of a switch is there, carries frames, and is in its own network. */
export function judgePorts({ node, settings }: Known, look: SwitchLook): AuditRecord {
  const name = 'ports';
  if (!look.database)
    return { name, verdict: 'unknown', detail: `${whoAnswers(look)} of ${node} did not answer` };
  const { ports } = look.database;
  const problems: string[] = settings.ports.flatMap(({ interface: wanted, vlan }) => {
    const port = ports.find((one) => one.name === wanted);
    if (!port) return [`${wanted} is not plugged in`];
    return port.vlan === vlan ? [] : [`${wanted} is in VLAN ${port.vlan ?? 'none'}, not in ${vlan}`];
  });
  problems.push(...unwired(look).map((port) => `${port.name}: ${port.why}`));
  if (look.kernel_bridges) problems.push(...misplaced(look), ...cutOff(settings, look));
  // A controller's switch has one network, and nothing to translate.
  else if (!settings.controller) problems.push(...tagProblems(look));
  if (problems.length > 0) return { name, verdict: 'fail', detail: `${node}: ${problems.join(', ')}` };
  const count = ports.filter(({ vlan }) => vlan !== null).length;
  return {
    name,
    verdict: 'pass',
    detail: `${node}: ${count} ports are there, each ${look.kernel_bridges ? 'on the bridge' : 'with the tag'} of its network`,
  };
}

function whoAnswers({ kernel_bridges }: SwitchLook): string {
  return kernel_bridges ? 'the kernel' : 'the database';
}

/** With an agent tags are the switch's own: one for each network, that which the flows translate. */
function tagProblems(look: SwitchLook): string[] {
  const translated = translations(look);
  return look.database!.ports.flatMap(({ name, tag, vlan }) => {
    if (vlan === null || tag === null) return [];
    const wanted = translated.get(vlan);
    if (wanted === undefined)
      return look.flows.length > 0 ? [`${name}: no flow translates VLAN ${vlan}`] : [];
    return tag === wanted ? [] : [`${name} has tag ${tag}, and its network ${wanted}`];
  });
}

/** VLAN on the wire to the tag inside the switch, by the flows that translate what comes in. */
function translations({ flows }: SwitchLook): Map<number, number> {
  const all = flows.flatMap((bridge) => bridge.flows);
  return new Map(
    all.flatMap((flow): [number, number][] => {
      const match = /in_port="?int-br-phys"?,dl_vlan=(\d+) .*mod_vlan_vid:(\d+),/.exec(flow);
      return match ? [[Number(match[1]), Number(match[2])]] : [];
    }),
  );
}

/** How many flows of a difference are named. */
const MOST_NAMED = 4;

/** A switch has the flows that it had before the fault, and no others; cookies are each agent's own. */
export function judgeFlows(
  { node, settings }: Known,
  before: SwitchLook | undefined,
  now: SwitchLook,
): AuditRecord {
  const name = 'flows';
  const unknown = (why: string): AuditRecord => ({ name, verdict: 'unknown', detail: `${node}: ${why}` });
  if (settings.controller)
    return {
      name,
      verdict: 'pass',
      detail: `${node}: its flows are a controller's, which come and go with the traffic`,
    };
  if (settings.datapath === 'bridge')
    return {
      name,
      verdict: 'pass',
      detail: `${node} has no flows: bridges of the kernel forward by the addresses that they learn`,
    };
  if (!before || isSilent(before)) return unknown('its flows before the fault are not known');
  if (isSilent(now)) return unknown('ovs-vswitchd does not answer');
  const many = [...before.flows, ...now.flows].find(({ counted }) => counted !== undefined);
  if (many) return unknown(`its ${many.counted} flows in ${many.bridge} are too many to compare`);
  const lost = lacking(before, now);
  const more = lacking(now, before);
  const problems = [...named('lacks', lost), ...named('has, and had not,', more)];
  if (problems.length > 0) return { name, verdict: 'fail', detail: `${node} ${problems.join('; ')}` };
  const count = now.flows.reduce((sum, { flows }) => sum + flows.length, 0);
  return { name, verdict: 'pass', detail: `${node}: the same ${count} flows as before the fault` };
}

function isSilent({ flows }: SwitchLook): boolean {
  return flows.length === 0 || flows.some(({ trouble }) => trouble !== undefined);
}

function named(what: string, flows: readonly string[]): string[] {
  if (flows.length === 0) return [];
  const shown = flows.slice(0, MOST_NAMED).map((flow) => `'${flow}'`);
  const rest = flows.length - shown.length;
  return [`${what} ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`];
}
