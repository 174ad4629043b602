import { CibSets, INTERVALS, ON_FAIL, TIMEOUTS, USUAL } from './cib-sets.ts';
import { Seeded } from './seeded.ts';

/** CIBs of two members, lb1 and lb2, that are online and run nothing yet; the same for the same seed. */
export function cibFiles(count: number, seed: number): string[] {
  const seeded = new Seeded(seed);
  return Array.from({ length: count }, () => new CibWriter(seeded).write());
}

const KINDS = [
  'class="ocf" provider="pacemaker" type="Dummy"',
  'class="ocf" provider="pacemaker" type="Stateful"',
  'class="ocf" provider="heartbeat" type="IPaddr2"',
  'class="ocf" provider="heartbeat" type="Dummy"',
  'class="systemd" type="haproxy"',
  'class="service" type="nginx"',
  'class="lsb" type="web"',
];
/** The first of them. */
const OCF_KINDS = 4;

class CibWriter extends CibSets {
  /** Ids of clones. */
  readonly #promotable: string[] = [];
  /** Ids of templates, by whether their agents may have roles. */
  readonly #templates = { with_roles: [] as string[], others: [] as string[] };

  write(): string {
    const seeded = this.seeded;
    const schema = seeded.any(['pacemaker-4.0', 'pacemaker-4.0', 'pacemaker-3.9', 'pacemaker-3.10']);
    const templates = seeded.some(0, 2, (at) => this.#template(`t${at}`));
    const resources = seeded.some(1, 4, (at) => this.#resource(`r${at}`));
    const promoted = this.#promotable.map(
      (id) =>
        `<rsc_location id="${id}-promoted" rsc="${id}" node="lb1" role="${schema === 'pacemaker-3.9' ? 'Master' : 'Promoted'}" score="INFINITY"/>`,
    );
    const op_defaults = seeded.some(0, 3, () => this.opMeta(true)).join('');
    const rsc_defaults = seeded.some(0, 2, () => this.resourceMeta('defaults')).join('');
    const options = [this.pair('stonith-enabled', 'false'), ...this.#properties()];
    return `<cib crm_feature_set="3.20.0" validate-with="${schema}" epoch="1" num_updates="0" admin_epoch="0" have-quorum="1" dc-uuid="1">
<configuration>
<crm_config><cluster_property_set id="cib-bootstrap-options">${options.join('')}</cluster_property_set></crm_config>
<nodes><node id="1" uname="lb1"/><node id="2" uname="lb2"/></nodes>
<resources>
${[...templates, ...resources].join('\n')}
</resources>
<constraints>${promoted.join('')}</constraints>
${rsc_defaults ? `<rsc_defaults>${rsc_defaults}</rsc_defaults>\n` : ''}${op_defaults ? `<op_defaults>\n${op_defaults}</op_defaults>\n` : ''}</configuration>
<status>
${['lb1', 'lb2'].map((name, at) => `<node_state id="${at + 1}" uname="${name}" in_ccm="true" crmd="online" join="member" expected="member"><lrm id="${at + 1}"><lrm_resources/></lrm></node_state>`).join('\n')}
</status>
</cib>
`;
  }

  #properties(): string[] {
    const seeded = this.seeded;
    const all: [string, string[]][] = [
      ['no-quorum-policy', ['ignore', 'stop', 'freeze']],
      ['cluster-recheck-interval', ['15min', '60s', '0']],
      ['start-failure-is-fatal', ['false', 'true']],
      ['symmetric-cluster', ['true']],
      ['node-action-limit', ['3']],
      ['cluster-delay', ['60s']],
    ];
    return all.filter(() => seeded.chance(0.25)).map(([name, values]) => this.pair(name, seeded.any(values)));
  }

  #template(id: string): string {
    const kind = this.seeded.any(KINDS);
    this.#templates[kind.startsWith('class="ocf"') ? 'with_roles' : 'others'].push(id);
    return `<template id="${id}" ${kind}>${this.#inside()}</template>`;
  }

  #resource(id: string): string {
    const seeded = this.seeded;
    if (seeded.chance(0.45)) return this.#primitive(id);
    const metas = () => seeded.some(0, 2, () => this.resourceMeta('resource')).join('');
    const members = (promotable: boolean) =>
      seeded.some(1, 3, (at) => this.#primitive(`${id}p${at}`, promotable)).join('');
    if (seeded.chance(0.4)) return `<group id="${id}">${metas()}${members(false)}</group>`;
    const promotable = seeded.chance(0.6);
    if (promotable) this.#promotable.push(id);
    const how = promotable ? this.pair('promotable', seeded.any(['true', '1', 'yes', 'TRUE'])) : '';
    const max = seeded.chance(0.3) ? this.pair('clone-max', seeded.any(['1', '2'])) : '';
    const own = `<meta_attributes id="${this.id()}">${how}${max}${this.pair('interleave', 'true')}</meta_attributes>`;
    const inside = seeded.chance(0.3)
      ? `<group id="${id}g">${metas()}${members(promotable)}</group>`
      : this.#primitive(`${id}p`, promotable);
    return `<clone id="${id}">${own}${metas()}${inside}</clone>`;
  }

  /** @param promotable Pacemaker ignores a promotable clone with an agent that never has roles. */
  #primitive(id: string, promotable = false): string {
    const seeded = this.seeded;
    const { with_roles, others } = this.#templates;
    const templates = promotable ? with_roles : [...with_roles, ...others];
    const kinds = promotable ? KINDS.slice(0, OCF_KINDS) : KINDS;
    const kind =
      templates.length > 0 && seeded.chance(0.4) ? `template="${seeded.any(templates)}"` : seeded.any(kinds);
    return `<primitive id="${id}" ${kind}>${this.#inside()}</primitive>`;
  }

  /** Of a primitive or a template. */
  #inside(): string {
    const seeded = this.seeded;
    const metas = seeded.some(0, 2, () => this.resourceMeta('resource')).join('');
    return seeded.chance(0.15) ? metas : metas + this.#operations();
  }

  #operations(): string {
    const seeded = this.seeded;
    const known = this.known('ops');
    if (known !== undefined && seeded.chance(0.15)) return `\n<operations id-ref="${known}"/>`;
    const id = seeded.chance(0.6) ? ` id="${this.id('ops')}"` : '';
    const ops = seeded.some(1, 5, () => `\n${this.#op()}`);
    return `\n<operations${id}>${ops.join('')}</operations>`;
  }

  #op(): string {
    const seeded = this.seeded;
    const name = seeded.any([
      'monitor',
      'monitor',
      'monitor',
      'monitor',
      'monitor',
      'monitor',
      'start',
      'stop',
      'promote',
      'notify',
    ]);
    const interval =
      name === 'monitor' || seeded.chance(0.02)
        ? seeded.any(seeded.chance(0.6) ? USUAL : INTERVALS)
        : seeded.any(['0', '0s']);
    const attributes = [
      `id="${this.id()}"`,
      `name="${name}"`,
      `interval="${interval}"`,
      ...(seeded.chance(0.5) ? [`timeout="${seeded.any(TIMEOUTS)}"`] : []),
      ...(seeded.chance(0.15) ? [`enabled="${seeded.any(['true', 'false', '1', '0'])}"`] : []),
      ...(seeded.chance(0.15) ? [`record-pending="${seeded.any(['true', 'false'])}"`] : []),
      ...(seeded.chance(0.2) ? [`on-fail="${seeded.any(ON_FAIL)}"`] : []),
      ...(seeded.chance(0.35)
        ? [
            `role="${seeded.any(['Started', 'Stopped', 'Promoted', 'Unpromoted', 'Promoted', 'Slave', 'Master'])}"`,
          ]
        : []),
      ...(seeded.chance(0.2)
        ? [
            seeded.any([
              'start-delay="5s"',
              'start-delay="1min"',
              'start-delay="0"',
              'start-delay="700s"',
              'start-delay="x"',
              'interval-origin="2026-01-01 00:00:00"',
              'interval-origin="2030-01-01T00:00:00Z"',
              'interval-origin="x"',
            ]),
          ]
        : []),
    ];
    const metas = seeded.chance(0.25) ? seeded.some(1, 2, () => this.opMeta(false)).join('') : '';
    return `<op ${seeded.shuffled(attributes).join(' ')}>${metas}</op>`;
  }
}
