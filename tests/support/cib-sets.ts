import type { Seeded } from './seeded.ts';

/** Taken more often, so that most monitors are repeated. */
export const USUAL = '1s|2s|3|5s|10s|30s|1min|PT10S'.split('|');
export const INTERVALS =
  '1s|2s|2000ms|3|10s|10s|10|PT10S|30s|30|1min|60s|PT1M|2.5s|500ms|5sec|1h|90 s|0|0s| 7s|PT1H1M1S|1m30s|soon|-5s|1w|10S|4294967296ms|'.split(
    '|',
  );
export const TIMEOUTS =
  '20s|5s|5|40|60s|1min|90s|15000ms|2.5s|1h|120 s|7sec|0|0s|-1|PT30S|never|3000000s|| 9s|11s |#default|1m30s|8 minutes'.split(
    '|',
  );
export const ON_FAIL = ['ignore', 'block', 'stop', 'restart', 'standby', 'restart', 'demote'];
const SCORES = [
  '',
  '',
  '',
  ' score="10"',
  ' score="20"',
  ' score="INFINITY"',
  ' score="-INFINITY"',
  ' score="-5"',
];
const DATES = [
  '2001-01-01',
  '2001-01-01T12:00:00Z',
  '2101-01-01',
  '2101-01-01 00:00:00',
  '2024-05-06 07:08:09 +02:00',
];

/** Writes the sets of meta attributes of a CIB, with their rules. */
export class CibSets {
  readonly seeded: Seeded;
  #ids = 0;
  /** What others may refer to, by the kind of element. */
  readonly #references = new Map<string, string[]>();

  constructor(seeded: Seeded) {
    this.seeded = seeded;
  }

  id(kind?: string): string {
    this.#ids += 1;
    const id = `${kind ?? 'x'}-${this.#ids}`;
    if (kind !== undefined) this.#references.set(kind, [...(this.#references.get(kind) ?? []), id]);
    return id;
  }

  /** An id that another element of the kind has already; undefined when there is none. */
  known(kind: string): string | undefined {
    const known = this.#references.get(kind) ?? [];
    return known.length > 0 ? this.seeded.any(known) : undefined;
  }

  pair(name: string, value: string): string {
    return `<nvpair id="${this.id()}" name="${name}" value="${value}"/>`;
  }

  opMeta(default_rules: boolean): string {
    const values: [string, readonly string[]][] = [
      ['timeout', TIMEOUTS],
      ['on-fail', ON_FAIL.slice(0, -1)],
      ['start-delay', ['3s', '2min', '0']],
      ['interval-origin', ['2026-01-01 00:00:00']],
      ['record-pending', ['true', 'false']],
      ['enabled', ['false']],
      ['interval', ['4s']],
      ['name', ['other']],
      ['role', ['Promoted']],
      ['description', ['x']],
    ];
    const chances = [0.8, 0.2, 0.1, 0.05, 0.2, 0.05, 0.05, 0.03, 0.05, 0.05];
    return this.#set('op-set', values, chances, default_rules ? 'op' : 'other');
  }

  resourceMeta(where: 'defaults' | 'resource'): string {
    const values: [string, readonly string[]][] = [
      ['target-role', ['Started', 'Started', 'Stopped', 'started', 'Started', '#default']],
      ['is-managed', ['true', 'false', '1']],
      ['migration-threshold', ['1', '3', 'INFINITY', '0', '#default', '5000000', '-1', 'x']],
      ['failure-timeout', ['60s', '1min', '0', 'PT30S', '#default']],
      ['maintenance', ['false', 'true', 'no']],
      ['resource-stickiness', ['100', 'INFINITY', '0']],
      ['priority', ['5']],
      ['multiple-active', ['stop_start', 'block']],
      ['timeout', ['66s']],
    ];
    return this.#set(
      'meta-set',
      values,
      [0.15, 0.04, 0.5, 0.3, 0.04, 0.4, 0.2, 0.2, 0.1],
      where === 'defaults' ? 'resource' : 'other',
    );
  }

  #set(
    kind: string,
    values: readonly [string, readonly string[]][],
    chances: readonly number[],
    rules: 'op' | 'resource' | 'other',
  ): string {
    const seeded = this.seeded;
    const known = this.known(kind);
    if (known !== undefined && seeded.chance(0.08)) return `<meta_attributes id-ref="${known}"/>\n`;
    const id = this.id(kind);
    const rule = seeded.chance(rules === 'other' ? 0.1 : 0.5) ? this.#rule(rules, 2) : '';
    const pairs = seeded.shuffled(values.filter((_, at) => seeded.chance(chances[at]!)));
    return `<meta_attributes id="${id}"${seeded.any(SCORES)}>${rule}${pairs.map(([name, list]) => this.pair(name, seeded.any(list))).join('')}</meta_attributes>\n`;
  }

  #rule(kind: 'op' | 'resource' | 'other', depth: number): string {
    const seeded = this.seeded;
    const known = this.known(`rule-${kind}`);
    if (depth === 2 && known !== undefined && seeded.chance(0.1)) return `<rule id-ref="${known}"/>`;
    const id = this.id(depth === 2 ? `rule-${kind}` : undefined);
    const parts = seeded.some(1, 2, () =>
      depth > 0 && seeded.chance(0.2) ? this.#rule(kind, depth - 1) : this.#expression(kind),
    );
    const how = seeded.any(['', '', ' boolean-op="and"', ' boolean-op="or"']);
    return `<rule id="${id}"${how}>${parts.join('')}</rule>`;
  }

  #expression(kind: 'op' | 'resource' | 'other'): string {
    const seeded = this.seeded;
    const id = `id="${this.id()}"`;
    if (kind === 'op' && seeded.chance(0.5)) {
      const interval = seeded.chance(0.5) ? ` interval="${seeded.any(INTERVALS)}"` : '';
      return `<op_expression ${id} name="${seeded.any(['monitor', 'monitor', 'start'])}"${interval}/>`;
    }
    if (kind !== 'other' && seeded.chance(0.6)) {
      return `<rsc_expression ${id} ${seeded.any(['class="ocf"', 'type="IPaddr2"', 'class="ocf" provider="pacemaker" type="Dummy"', 'provider="pacemaker"', 'type="Stateful"', 'class="systemd"', 'provider="heartbeat" type="dummy"'])}/>`;
    }
    if (seeded.chance(0.15)) {
      return `<date_expression ${id} operation="date_spec"><date_spec id="${this.id()}" hours="9-16"/></date_expression>`;
    }
    const date = seeded.any(DATES);
    return seeded.any([
      `<date_expression ${id} operation="gt" start="${date}"/>`,
      `<date_expression ${id} operation="lt" end="${date}"/>`,
      `<date_expression ${id} operation="in_range" start="2001-01-01" end="${date}"/>`,
      `<date_expression ${id} operation="in_range" start="${date}"/>`,
    ]);
  }
}
