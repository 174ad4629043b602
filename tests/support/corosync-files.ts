import { Seeded } from './seeded.ts';

/** corosync.conf files of a node with 198.18.1.2, most of which corosync takes; the same for the same seed. */
export function corosyncFiles(count: number, seed: number): string[] {
  const seeded = new Seeded(seed);
  return Array.from({ length: count }, () => new CorosyncWriter(seeded).write());
}

class CorosyncWriter {
  readonly #seeded: Seeded;

  constructor(seeded: Seeded) {
    this.#seeded = seeded;
  }

  write(): string {
    const seeded = this.#seeded;
    const nodes = seeded.any([1, 2, 2, 2, 3, 3, 4, 5, 9]);
    const is_udpu = seeded.chance(0.25);
    const totem = [
      'version: 2',
      'cluster_name: west',
      is_udpu ? 'transport: udpu' : seeded.any(['transport: knet', '', '']),
      is_udpu ? '' : seeded.any(['crypto_cipher: none', 'link_mode: passive', '', '']),
      ...this.#timers(nodes),
      ...(is_udpu ? [] : this.#links()),
    ];
    const sections = [
      this.#section('totem', totem),
      this.#section(
        'nodelist',
        Array.from({ length: nodes }, (_, at) => this.#node(at)),
      ),
      this.#section('quorum', this.#quorum(nodes)),
      this.#section('logging', ['to_stderr: no', 'to_logfile: no', seeded.any(['debug: off', ''])]),
      // Of a section given twice the keys of both count.
      ...(seeded.chance(0.15) ? [this.#section('totem', [`token: ${this.#token()}`])] : []),
    ];
    return `${seeded.shuffled(sections).join(seeded.any(['', '\n', '# between\n']))}`;
  }

  #token(): string {
    return this.#seeded.any(['1000', '3000', '500', '10000', '0', '+2000', '01500', '300', '5000', '30000']);
  }

  #timers(nodes: number): string[] {
    const seeded = this.#seeded;
    const often: [string, readonly string[], number][] = [
      ['token', [this.#token()], 0.7],
      ['token_coefficient', ['0', '100', '650', '1000', '5000'], 0.3],
      ['token_retransmits_before_loss_const', ['4', '10', '1', '6', '20', '0'], 0.3],
      ['consensus', ['3600', '12000', '50000', '0', '4000', '100000'], 0.25],
      ['join', ['50', '100', '60'], 0.2],
      ['max_network_delay', ['50', '100'], 0.15],
      ['token_retransmit', ['238', '100', '0', '30', '400'], 0.12],
      ['hold', ['180', '50', '0', '14'], 0.12],
      ['send_join', ['0', '80'], 0.1],
      ['merge', ['200', '400'], 0.1],
      ['window_size', ['50', '100'], 0.1],
      ['max_messages', ['17'], 0.1],
      ['fail_recv_const', ['2500'], 0.1],
      ['seqno_unchanged_const', ['30'], 0.1],
      ['token_warning', ['75', '0', '50'], 0.1],
      ['heartbeat_failures_allowed', ['0', nodes > 2 ? '0' : '3'], 0.05],
    ];
    const some = often.filter(([, , share]) => seeded.chance(share));
    const lines = some.map(([key, values]) => `${key}: ${seeded.any(values)}`);
    // Of a key given twice the last counts.
    const twice = seeded.chance(0.1) ? [`token: ${this.#token()}`] : [];
    const wrong = seeded.chance(0.08)
      ? [
          seeded.any([
            'token: 1s',
            'token: 20',
            'hold: 1',
            'consensus: -1',
            'token: 0x400',
            'token_coefficient: x',
            'join: 999999',
          ]),
        ]
      : [];
    return [...seeded.shuffled(lines), ...twice, ...wrong];
  }

  #links(): string[] {
    const seeded = this.#seeded;
    if (!seeded.chance(0.3)) return [];
    const keys = [
      'knet_ping_interval: 500',
      'knet_ping_timeout: 1000',
      'knet_ping_precision: 2048',
      'knet_pong_count: 2',
    ];
    const some = keys.filter(() => seeded.chance(0.6));
    // An interval and a timeout belong together.
    const lines = some.some((key) => /interval|timeout/.test(key))
      ? [...new Set([...keys.slice(0, 2), ...some])]
      : some;
    return [this.#section('interface', ['linknumber: 0', ...lines]).trimEnd()];
  }

  #node(at: number): string {
    const seeded = this.#seeded;
    const lines = [`ring0_addr: 198.18.1.${at + 2}`, `nodeid: ${at + 1}`, seeded.any([`name: n${at}`, ''])];
    const votes = seeded.chance(0.05) ? ['quorum_votes: 2'] : [];
    return this.#section('node', seeded.shuffled([...lines, ...votes])).trimEnd();
  }

  #quorum(nodes: number): string[] {
    const seeded = this.#seeded;
    const two = seeded.chance(nodes === 2 ? 0.6 : 0.15)
      ? [`two_node: ${seeded.any(['1', '1', '0', '+1'])}`]
      : [];
    const rest = [
      'wait_for_all: 0',
      'wait_for_all: 1',
      'auto_tie_breaker: 1',
      'last_man_standing: 1',
      `expected_votes: ${nodes}`,
    ];
    const some = rest.filter(() => seeded.chance(0.15));
    return ['provider: corosync_votequorum', ...seeded.shuffled([...two, ...some])];
  }

  /** In another layout each time. */
  #section(name: string, lines: readonly string[]): string {
    const seeded = this.#seeded;
    const indent = seeded.any(['  ', '    ', '\t', '', ' \t']);
    const end = seeded.any(['', '', ' ', '\t']);
    const body = lines.flatMap((line) => {
      if (line === '') return [];
      const [key, ...value] = line.split(': ');
      const laid_out = line.includes('{')
        ? line
        : `${key}${seeded.any([': ', ':', ' : ', ':\t', ':   '])}${value.join(': ')}`;
      return [
        ...(seeded.chance(0.1) ? [seeded.any(['# token: 7', '', '   # a { comment'])] : []),
        `${indent}${laid_out}${end}`,
      ];
    });
    return `${name}${seeded.any([' ', '', '  '])}{\n${body.join('\n')}\n}\n`;
  }
}
