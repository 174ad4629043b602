import { readFileSync } from 'node:fs';
import { InputError } from '../../harness/ground/errors.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { Findings } from '../../harness/systems/file-findings.ts';
import { checkCorosyncStart } from '../../harness/systems/pacemaker/config/check-corosync-start.ts';
import {
  type CorosyncConf,
  parseCorosyncConf,
} from '../../harness/systems/pacemaker/config/corosync-conf.ts';
import { parseCorosyncSyntax } from '../../harness/systems/pacemaker/config/corosync-syntax.ts';
import {
  consensusMs,
  holdMs,
  realTokenMs,
} from '../../harness/systems/pacemaker/findings/corosync-bounds.ts';
import type { Comparison } from './comparison.ts';

const ASK_ALL = readFileSync(new URL('../fixtures/cluster/corosync-all.sh', import.meta.url), 'utf8');

/** Compares what is read of corosync.conf files with what corosync in node `lb1` of the lab makes of them. */
export async function compareCorosyncs(
  lab: Lab,
  texts: readonly string[],
  comparison: Comparison,
): Promise<void> {
  const files = Object.fromEntries(texts.map((text, at) => [`/tmp/corosync/${at}.conf`, text]));
  await lab.agent.call('write_node_files', { pid: lab.node('lb1').pid, files, remove: [] });
  const { stdout } = await lab.exec('lb1', ['sh', '-c', ASK_ALL], 300_000);
  compareCorosync(texts, stdout, comparison);
}

/** @param said what `corosync-all.sh` printed. */
function compareCorosync(texts: readonly string[], said: string, comparison: Comparison): void {
  for (const part of said.split(/^=== /m).slice(1)) {
    const text = texts[Number(part.split('\n', 1)[0])]!;
    const is_refused = /^refused/m.test(part);
    comparison.file(!is_refused);
    const own = readCorosync(text);
    const starts = !/^refused at its start/m.test(part);
    const warns = startNotes(text).some((one) => one.includes('does not start'));
    // What corosync refuses need not concern the reader; what it takes must not be refused.
    if (!is_refused || !starts) comparison.value('refused', own === undefined, false, text);
    if (own !== undefined && (!is_refused || !starts)) comparison.value('starts', !warns, starts, text);
    if (own === undefined || is_refused) continue;
    const values = new Map(
      [...part.matchAll(/^(\S+) \(\w+\) = (.*)$/gm)].map(([, key, value]) => [key!, value!]),
    );
    const totem = (key: string) => Number(values.get(`runtime.config.totem.${key}`));
    const compare = (what: string, one: unknown, other: unknown) => comparison.value(what, one, other, text);
    compare('token', realTokenMs(own), totem('token'));
    compare('consensus', consensusMs(own), totem('consensus'));
    compare('hold', holdMs(own), totem('hold'));
    const retransmits = 'token_retransmits_before_loss_const';
    compare(retransmits, own[retransmits], totem(retransmits));
    const nodes = [...values.keys()].filter((key) => /^nodelist\.node\.\d+\.nodeid$/.test(key));
    compare('nodes', own.nodes, nodes.length);
    compare('two_node', own.two_node, values.get('runtime.votequorum.two_node') === '1');
    compare('wait_for_all', own.wait_for_all, values.has('runtime.votequorum.wait_for_all_status'));
  }
}

function startNotes(text: string): string[] {
  const findings = new Findings('corosync.conf');
  const root = parseCorosyncSyntax(text, 'corosync.conf', []);
  const nodes = root.sections
    .filter(({ name }) => name === 'nodelist')
    .flatMap(({ sections }) => sections.filter(({ name }) => name === 'node'));
  checkCorosyncStart(root, text, nodes.length, findings);
  return findings.all.map(({ message }) => message);
}

function readCorosync(text: string): CorosyncConf | undefined {
  try {
    return parseCorosyncConf(text, 'corosync.conf');
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
