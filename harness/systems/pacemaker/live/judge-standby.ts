import type { AuditRecord } from '../../../journal/journal.ts';
import type { Cib, CibPrimitive } from '../config/cib.ts';

/** A resource and a member that does not run it and may have to. */
export interface StandbyPlace {
  node: string;
  resource: string;
}

/** What the resource agent said there; undefined when it could not be asked. */
export interface StandbyAnswer extends StandbyPlace {
  /** Exit status of its action `validate-all` ("Resource Agent API" 1.1, "Return codes"). */
  status: number | undefined;
  /** Why, or what was said instead. */
  words: string;
}

const OK = 0;
const UNIMPLEMENTED = 3;

/** What of a cluster's configuration decides where its resources may run. */
export interface Configuration extends Pick<Cib, 'constraints' | 'properties'> {
  primitives: readonly Pick<CibPrimitive, 'id' | 'class' | 'clone' | 'group'>[];
}

/**
 * Where each resource of a cluster could have to be started that does not run there. Left out are what has no action
 * to ask (all but OCF), what runs on several nodes anyway, and what a location forbids or a rule decides.
 * @param running by resource, the nodes that run it.
 */
export function standbyPlaces(
  cib: Configuration,
  members: readonly string[],
  running: ReadonlyMap<string, readonly string[]>,
): StandbyPlace[] {
  if (/^(false|off|no|n|0)$/i.test(cib.properties['symmetric-cluster'] ?? '')) return [];
  const places = cib.primitives
    .filter(({ class: standard, clone }) => standard === 'ocf' && clone === undefined)
    .flatMap(({ id, group }) => {
      const locations = cib.constraints.filter(
        ({ kind, resources }) =>
          kind === 'location' && resources.some((one) => one.id === id || one.id === group),
      );
      if (locations.some(({ node }) => node === undefined)) return [];
      const forbidden = locations.filter(({ score }) => score === '-INFINITY').map(({ node }) => node);
      return members
        .filter((node) => !forbidden.includes(node) && !running.get(id)?.includes(node))
        .map((node) => ({ node, resource: id }));
    });
  return places;
}

/** Reads what `crm_resource --validate` printed (crm_resource(8); Pacemaker 2.1 and 3). */
export function readValidation(place: StandbyPlace, stdout: string, stderr: string): StandbyAnswer {
  const said = `${stdout}\n${stderr}`;
  const returned = /^Operation validate for .* returned (\d+) \((.*)\)\s*$/m.exec(said);
  if (!returned) return { ...place, status: undefined, words: said.trim().split('\n').at(-1) ?? '' };
  const reason = /^ocf-exit-reason:(.*)$/m.exec(said)?.[1]?.trim();
  return { ...place, status: Number(returned[1]), words: reason || returned[2]! };
}

/** Whether every resource could be started wherever it does not run. */
export function judgeStandby(cluster: string, answers: readonly StandbyAnswer[]): AuditRecord {
  const wrong = answers.filter(
    ({ status }) => status !== undefined && status !== OK && status !== UNIMPLEMENTED,
  );
  const silent = answers.filter(({ status }) => status === undefined);
  const sentence = ({ node, resource, words }: StandbyAnswer) => `'${resource}' on ${node}: ${words}`;
  const record = (verdict: AuditRecord['verdict'], words: string): AuditRecord => ({
    name: 'cluster-standby',
    verdict,
    detail: `cluster '${cluster}': ${words}`,
  });
  if (wrong.length > 0) return record('fail', `could not start ${wrong.map(sentence).join('; ')}`);
  if (silent.length > 0) {
    return record('unknown', `it is not known whether it could start ${silent.map(sentence).join('; ')}`);
  }
  const nodes = [...new Set(answers.map(({ node }) => node))].join(' and ');
  return record(
    'pass',
    answers.length > 0 ? `${nodes} could start what it does not run` : 'nothing to take over',
  );
}
