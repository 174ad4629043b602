/** Records of DHCP probes, as `dhcp_records.py` writes them. */

const MS = 1e6;
export const A = '198.18.16.2';
export const B = '198.18.16.3';

export interface Line {
  seq: number;
  port: string;
  discovers: number[];
  offers: [string, string, number][];
  requests: number[];
  ack: [string, string, number, number, number, number] | null;
  naks: [string, number][];
  end: 'acked' | 'failed' | 'open';
  released?: number;
}

/** A client that two servers offer to, served by the first after 5 ms. */
export function client(seq: number, sent_ms: number, change: Partial<Line> = {}): Line {
  const port = `198.18.17.${seq % 200}`;
  return {
    seq,
    port,
    discovers: [sent_ms * MS],
    offers: [
      [A, port, (sent_ms + 2) * MS],
      [B, port, (sent_ms + 3) * MS],
    ],
    requests: [(sent_ms + 2) * MS],
    ack: [A, port, 120, 10, 20, (sent_ms + 5) * MS],
    naks: [],
    end: 'acked',
    ...change,
  };
}

export const unserved = { offers: [], requests: [], ack: null, end: 'failed' } satisfies Partial<Line>;

export function lease(op: string, sent_ms: number, outcome: string, change: object = {}): object {
  const none = outcome === 'none';
  return {
    lease: 0,
    group: 'rebind',
    op,
    sent: sent_ms * MS,
    granted_by: A,
    outcome,
    server: none ? null : A,
    address: outcome === 'ack' ? '198.18.17.0' : null,
    at: none ? null : (sent_ms + 4) * MS,
    ...change,
  };
}

/** The text of a record; `more` are its lines about leases and rates. */
export function record(clients: readonly Line[], more: readonly object[] = [], facts: object = {}): string {
  const requests = more.filter((line) => 'lease' in line).length;
  const end = {
    exchanges: clients.length,
    requests,
    stage: { lasted_ns: 10e9, cpu_ns: 1e9 },
    dropped: 0,
    send_errors: {},
    cpu_ns: 2e9,
    ...facts,
  };
  return [{ format: 'hadrill.dhcp/1' }, ...more, ...clients, { end }]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}
