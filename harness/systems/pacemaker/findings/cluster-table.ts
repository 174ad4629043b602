import type { Journal } from '../../../journal/journal.ts';
import type { Section } from '../../../journal/section.ts';
import type { ClusterRecord, ClusterWord } from '../../../journal/system-records.ts';
import { trustedTrials } from '../../../journal/trusted-trials.ts';
import { MOMENT_WORDS } from '../../moment-words.ts';

const HEAD = ['CRM_MON ON CLUSTER', 'WHEN', 'SAID BY', 'DC', 'QUORUM', 'MEMBERS', 'RESOURCES'];

/**
 * What clusters reported of themselves in crm_mon, and in its notes what had failed: of the first trial that has that,
 * undefined when none has.
 */
export function clusterTable(journal: Journal): Section | undefined {
  const trial = trustedTrials(journal).find(({ clusters = [] }) => clusters.length > 0);
  if (!trial) return undefined;
  const records = trial.clusters ?? [];
  const of = `trial ${trial.index}`;
  return {
    title: `What crm_mon said in ${of}`,
    of,
    head: HEAD,
    align: HEAD.map(() => 'left'),
    rows: records.map(rowOf),
    notes: records.flatMap(failuresOf),
  };
}

function rowOf({ cluster, when, said }: ClusterRecord): string[] {
  const of = [cluster, MOMENT_WORDS[when]];
  if (!said) return [...of, 'nobody answers', '', '', '', ''];
  return [
    ...of,
    said.by,
    said.dc ?? 'none',
    said.with_quorum ? 'yes' : 'no',
    membersOf(said),
    resourcesOf(said),
  ];
}

/** `online lb1 lb2, offline lb3` */
function membersOf({ nodes }: ClusterWord): string {
  const conditions = [...new Set(Object.values(nodes))];
  return conditions
    .map((condition) =>
      [condition, ...Object.keys(nodes).filter((name) => nodes[name] === condition)].join(' '),
    )
    .join(', ');
}

/** `vip lb1, haproxy lb1` */
function resourcesOf({ resources }: ClusterWord): string {
  return resources
    .map(({ id, role, nodes, failed, blocked }) =>
      [
        id,
        nodes.length > 0 ? nodes.join('+') : role.toLowerCase(),
        ...(failed ? ['(failed)'] : []),
        ...(blocked ? ['(blocked)'] : []),
      ].join(' '),
    )
    .join(', ');
}

function failuresOf({ cluster, when, said }: ClusterRecord): string[] {
  return (said?.failures ?? []).map(
    (failure) => `crm_mon ${MOMENT_WORDS[when]}, on cluster ${cluster}: failed: ${failure}.`,
  );
}
