import { describe, expect, it } from 'vitest';
import type { DhcpMessage } from '../../../harness/observe/dhcp.ts';
import { DhcpClientStates } from '../../../harness/observe/dhcp-client-states.ts';

const MAC = '02:16:00:00:00:01';
const [A, B, OWN] = ['198.18.16.2', '198.18.16.3', '198.18.16.11'];

function message(at_ns: number, type: DhcpMessage['type'], more: Partial<DhcpMessage> = {}): DhcpMessage {
  return {
    ...{
      at_ns,
      op: type === 'ack' || type === 'nak' || type === 'offer' ? 'reply' : 'request',
      type,
      xid: 7,
    },
    ...{ chaddr: MAC, ciaddr: '0.0.0.0', yiaddr: '0.0.0.0', siaddr: '0.0.0.0', giaddr: '0.0.0.0' },
    ...{ broadcast: false, server_id: undefined, requested_ip: undefined, lease_s: undefined },
    ...{ renewal_s: undefined, rebinding_s: undefined, client_id: undefined, host_name: undefined },
    ...{ truncated: false, source_ip: '0.0.0.0', destination_ip: '255.255.255.255' },
    ...{ source_mac: MAC, interface_index: undefined },
    ...more,
  };
}

function follow(...messages: DhcpMessage[]): DhcpClientStates {
  const states = new DhcpClientStates(MAC.toUpperCase());
  for (const one of messages) states.take(one);
  return states;
}

const ack = (at_ns: number, server_id: string, xid = 7) =>
  message(at_ns, 'ack', { server_id, yiaddr: OWN, lease_s: 120, renewal_s: 10, rebinding_s: 20, xid });

const first = [
  message(1, 'discover'),
  message(2, 'offer', { server_id: A, yiaddr: OWN }),
  message(3, 'request', { server_id: A, requested_ip: OWN }),
  ack(4, A),
];

describe('DhcpClientStates', () => {
  it('follows a first lease, and the loss of its server', () => {
    const { changes } = follow(
      ...first,
      message(10, 'request', { ciaddr: OWN, destination_ip: A, xid: 8 }),
      message(15, 'request', { ciaddr: OWN, destination_ip: A, xid: 8 }),
      message(20, 'request', { ciaddr: OWN, xid: 8 }),
      ack(21, B, 8),
    );
    expect(changes).toEqual([
      { at_ns: 1, state: 'SELECTING', address: undefined, server: undefined },
      { at_ns: 3, state: 'REQUESTING', address: OWN, server: A },
      { at_ns: 4, state: 'BOUND', address: OWN, server: A },
      { at_ns: 10, state: 'RENEWING', address: OWN, server: A },
      { at_ns: 20, state: 'REBINDING', address: OWN, server: undefined },
      { at_ns: 21, state: 'BOUND', address: OWN, server: B },
    ]);
  });

  it('gives an answer to the last request that it can be meant for, and to no other', () => {
    const { requests } = follow(
      message(10, 'request', { ciaddr: OWN, destination_ip: A, xid: 8 }),
      message(20, 'request', { ciaddr: OWN, xid: 8 }),
      ack(21, B, 8),
      ack(22, A, 8),
      ack(23, A, 99),
    );
    expect(requests.map(({ state, answer }) => [state, answer?.at_ns, answer?.server])).toEqual([
      ['RENEWING', undefined, undefined],
      ['REBINDING', 21, B],
    ]);
    expect(requests[1]!.answer).toMatchObject({ lease_s: 120, renewal_s: 10, rebinding_s: 20 });
  });

  it('knows a client that begins anew with the address it had', () => {
    const { changes } = follow(
      message(5, 'request', { requested_ip: OWN }),
      message(6, 'nak', { server_id: B }),
    );
    expect(changes.map(({ state, address }) => [state, address])).toEqual([
      ['REBOOTING', OWN],
      ['INIT', undefined],
    ]);
  });

  it('knows one that gives its address back, or finds that another has it', () => {
    expect(follow(...first, message(9, 'release', { ciaddr: OWN })).changes.at(-1)?.state).toBe('INIT');
    expect(follow(...first, message(9, 'decline')).changes.at(-1)?.state).toBe('INIT');
  });

  it('takes nothing from other clients', () => {
    const states = follow(message(1, 'discover', { chaddr: '02:16:00:00:00:02' }));
    expect([states.changes, states.discovers, states.requests]).toEqual([[], [], []]);
  });
});
