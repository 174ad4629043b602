import { Seeded } from './seeded.ts';

/** haproxy.cfg files, most of which HAProxy takes; the same for the same seed. */
export function haproxyFiles(count: number, seed: number): string[] {
  const seeded = new Seeded(seed);
  return Array.from({ length: count }, () => new HaproxyWriter(seeded).write());
}

const TIMES = '1s|500|2000|250ms|3s|1m|2h|1d|1500us|10s|700|2500ms|1|24d'.split('|');
const WRONG_TIMES = '0|25d|1x|-1|soon|1.5s|2s5|0ms|1S| |99999999999'.split('|');
const COUNTS = '1|2|3|5|10|007|3x|100'.split('|');
const WRONG_COUNTS = '0|-1|x| '.split('|');

class HaproxyWriter {
  readonly #seeded: Seeded;
  #sections = 0;
  /** Whether the file may have values that HAProxy refuses. */
  readonly #may_be_wrong: boolean;

  constructor(seeded: Seeded) {
    this.#seeded = seeded;
    this.#may_be_wrong = seeded.chance(0.2);
  }

  #wrong(share: number): boolean {
    return this.#may_be_wrong && this.#seeded.chance(share);
  }

  write(): string {
    const seeded = this.#seeded;
    const names: string[] = [];
    const defaults = () => {
      const name = seeded.chance(0.5) ? `d${names.length}` : '';
      const from = names.length > 0 && seeded.chance(0.3) ? ` from ${seeded.any(names)}` : '';
      if (name !== '') names.push(name);
      return [`defaults${name && ` ${name}`}${from && name ? from : ''}`, ...this.#defaultLines()];
    };
    const sections: string[][] = [
      ['global', ...seeded.some(0, 2, () => this.#globalLine())],
      ...seeded.some(0, 1, defaults),
      ...seeded.some(1, 4, () => (seeded.chance(0.25) ? defaults() : this.#proxy(names))),
      // HAProxy does not start without a listener.
      ['listen last', '  bind unix@/tmp/haproxy/last.sock', '  server last 198.18.1.9:80'],
    ];
    return `${sections.map((lines) => lines.join(seeded.any(['\n', '\n', '\n\n']))).join('\n')}\n`;
  }

  #globalLine(): string {
    return this.#seeded.any([
      'spread-checks 5',
      'spread-checks 50',
      'maxconn 200 # a few',
      '# spread-checks 9',
      'nbthread 1',
      'description "a \\"quoted\\" balancer"',
      '.if 1\nnbthread 1\n.else\nnbthread 1\n.endif',
    ]);
  }

  #defaultLines(): string[] {
    const seeded = this.#seeded;
    const lines = [
      'mode tcp',
      'mode http',
      `timeout connect ${this.#time()}`,
      `timeout check ${this.#time()}`,
    ];
    const some = lines.filter(() => seeded.chance(0.6));
    return [...some, ...seeded.some(0, 2, () => this.#defaultServer())].map((line) => this.#laidOut(line));
  }

  #proxy(names: readonly string[]): string[] {
    const seeded = this.#seeded;
    this.#sections += 1;
    const kind = seeded.any(['backend', 'backend', 'listen']);
    const name = seeded.any([`p${this.#sections}`, `p-${this.#sections}`, `p.${this.#sections}`]);
    const from = names.length > 0 && seeded.chance(0.4) ? ` from ${seeded.any(names)}` : '';
    const body = [
      ...seeded.some(0, 3, () => this.#proxyLine()),
      ...seeded.some(1, 4, (at) => this.#server(at)),
      ...seeded.some(0, 1, () => this.#defaultServer()),
      ...seeded.some(0, 2, (at) => this.#server(at + 10)),
      ...seeded.some(0, 1, () => `timeout check ${this.#time()}`),
    ];
    const bind = kind === 'listen' ? [`  bind unix@/tmp/haproxy/${this.#sections}.sock`] : [];
    return [`${kind} ${name}${from}`, ...bind, ...body.map((line) => this.#laidOut(line))];
  }

  #proxyLine(): string {
    const seeded = this.#seeded;
    return seeded.any([
      'option httpchk GET /health',
      'option tcp-check',
      'balance leastconn',
      'balance roundrobin',
      `timeout check ${this.#time()}`,
      `timeout connect ${this.#time()}`,
      'timeout server 30s',
      this.#defaultServer(),
      'retries 2',
      'option redispatch',
      'mode http',
      'hash-type consistent',
      '.if streq("a","a")\nbalance source\n.endif',
      ...(seeded.chance(0.1) ? ['.if feature(NOPE)\ndefault-server inter 3s\n.endif'] : []),
    ]);
  }

  #defaultServer(): string {
    return `default-server ${this.#parameters(true)}`;
  }

  #server(at: number): string {
    const seeded = this.#seeded;
    if (seeded.chance(0.1)) {
      const range = seeded.any(['2', '1-3', '5-6', '1']);
      return `server-template t${at}- ${range} 198.18.3.${at + 1}:${seeded.any(['80', '8080'])} ${this.#parameters(false)}`;
    }
    const address = seeded.any([
      '198.18.1.1:80',
      '198.18.1.2:8080',
      '198.18.1.3 port 70',
      'ipv4@198.18.1.4:443',
      '[2001:db8::1]:80',
      '2001:db8::2:81',
      'ipv6@[2001:db8::3]:82',
      ':85',
      '"198.18.1.5":8080',
      '198.18.1.6:"90"',
      '198.18.\\x31.7:91',
    ]);
    return `server ${seeded.any(['s', '"s"', 's_', "'s'-"])}${at} ${address} ${this.#parameters(false)}`;
  }

  #parameters(is_default: boolean): string {
    const seeded = this.#seeded;
    const all = [
      ...(seeded.chance(0.6) ? ['check'] : []),
      ...(seeded.chance(0.1) ? ['no-check'] : []),
      ...(seeded.chance(0.3) ? [`inter ${this.#time()}`] : []),
      ...(seeded.chance(0.15) ? [`fastinter ${this.#time()}`] : []),
      ...(seeded.chance(0.15) ? [`downinter ${this.#time()}`] : []),
      ...(seeded.chance(0.3) ? [`rise ${this.#count()}`] : []),
      ...(seeded.chance(0.3) ? [`fall ${this.#count()}`] : []),
      ...(seeded.chance(0.2) ? [`weight ${seeded.any(['0', '1', '10', '100', '256', '7', '50'])}`] : []),
      ...(seeded.chance(0.1) ? [seeded.any(['backup', 'no-backup', 'backup'])] : []),
      ...(seeded.chance(0.1) ? [seeded.any(['disabled', 'enabled', 'disabled'])] : []),
      ...(seeded.chance(0.1) ? ['port 9090'] : []),
      ...(seeded.chance(0.1)
        ? [seeded.any(['maxconn 10', 'slowstart 5s', 'maxqueue 3', 'send-proxy', 'on-error fastinter'])]
        : []),
      ...(seeded.chance(0.06) ? ['agent-check agent-port 99 agent-inter 5s'] : []),
      ...(seeded.chance(0.06) ? ['observe layer4'] : []),
      ...(is_default ? [] : seeded.chance(0.05) ? ['cookie check'] : []),
      ...(!is_default && this.#wrong(0.1)
        ? [seeded.any(['chekc', 'rise', 'track nowhere', 'weight 257', 'weight -1'])]
        : []),
    ];
    return seeded.shuffled(all).join(' ') || 'weight 1';
  }

  #time(): string {
    if (this.#seeded.chance(0.002)) return '"$HADRILL_TIME"';
    return this.#seeded.any(this.#wrong(0.06) ? WRONG_TIMES : TIMES);
  }

  #count(): string {
    return this.#seeded.any(this.#wrong(0.06) ? WRONG_COUNTS : COUNTS);
  }

  /** The same line in another layout. */
  #laidOut(line: string): string {
    const seeded = this.#seeded;
    if (line.startsWith('.')) return line;
    const ends = ['', '', '', ' # check inter 9s', '  ', '\t#"', " # it's"];
    const gap = seeded.any([' ', ' ', '  ', '\t']);
    return `${seeded.any(['  ', '    ', '\t', ''])}${line.replaceAll(' ', gap)}${seeded.any(ends)}`;
  }
}
