import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressAnswers } from '../../../harness/observe/address-answers.ts';
import { ethernet, ipv4, tcp, udp } from './builder.ts';
import { ACK, FIN, RST, SYN } from './conversation.ts';
import { frameOf } from './frames.ts';
import { ipv6 } from './message-builder.ts';

const VIP = '198.18.1.100';
const OTHER = '198.18.1.101';
const A = '02:00:00:00:00:0a';
const B = '02:00:00:00:00:0b';

interface Sent {
  mac?: string;
  source?: string;
  destination?: string;
  flags?: number;
}

const segment = (at_ns: number, { mac = A, source = VIP, destination, flags = SYN | ACK }: Sent = {}) =>
  frameOf(
    ethernet(
      0x0800,
      ipv4(6, tcp(flags, 1, 1, []), { source, ...(destination === undefined ? {} : { destination }) }),
      { source: mac },
    ),
    at_ns,
  );

function answers(frames: ReturnType<typeof segment>[], addresses = [VIP], since_ns = 0) {
  const seen = new AddressAnswers(new Map(addresses.map((address) => [address, since_ns])));
  for (const frame of frames) seen.take(frame);
  return seen;
}

describe('AddressAnswers', () => {
  it('notes the first segment of each interface, in order of time', () => {
    const seen = answers([segment(300, { mac: B }), segment(100), segment(200), segment(400, { mac: B })]);
    expect(seen.of(VIP)).toEqual([
      { mac: A, at_ns: 100 },
      { mac: B, at_ns: 300 },
    ]);
  });

  it('takes the earliest, in whatever order segments of the network are looked at', () => {
    expect(answers([segment(300), segment(200), segment(250)]).of(VIP)).toEqual([{ mac: A, at_ns: 200 }]);
  });

  it.each([
    ['an accepted connection', SYN | ACK],
    ['data or an acknowledgement', ACK],
    ['an end', FIN | ACK],
  ])('%s is an answer', (_, flags) => {
    expect(answers([segment(1, { flags })]).of(VIP)).toHaveLength(1);
  });

  it.each([RST, RST | ACK])('a reset is none (flags %i)', (flags) => {
    expect(answers([segment(1, { flags }), segment(5)]).of(VIP)).toEqual([{ mac: A, at_ns: 5 }]);
  });

  it('looks at who sends, not at who is asked', () => {
    const asked = segment(1, { source: '198.18.1.10', destination: VIP });
    expect(answers([asked]).of(VIP)).toEqual([]);
  });

  it('knows addresses of IPv6, in whatever form they are asked for', () => {
    const over6 = frameOf(
      ethernet(0x86dd, ipv6(6, tcp(SYN | ACK, 1, 1, []), { source: '2001:db8::64' }), { source: A }),
      100,
    );
    expect(answers([over6], ['2001:db8::64']).of('2001:db8:0::64')).toEqual([{ mac: A, at_ns: 100 }]);
    expect(answers([over6], ['2001:db8::65', VIP]).of('2001:db8::65')).toEqual([]);
  });

  it('keeps addresses apart', () => {
    const seen = answers([segment(1), segment(2, { source: OTHER, mac: B })], [VIP, OTHER]);
    expect(seen.of(VIP)).toEqual([{ mac: A, at_ns: 1 }]);
    expect(seen.of(OTHER)).toEqual([{ mac: B, at_ns: 2 }]);
  });

  it('knows nothing of an address that was not asked for', () => {
    expect(answers([segment(1, { source: OTHER })]).of(OTHER)).toEqual([]);
    expect(answers([segment(1)], []).of(VIP)).toEqual([]);
  });

  it('begins with its moment', () => {
    expect(answers([segment(99)], [VIP], 100).of(VIP)).toEqual([]);
    expect(answers([segment(99), segment(100)], [VIP], 100).of(VIP)).toEqual([{ mac: A, at_ns: 100 }]);
  });

  it('each address has a moment of its own', () => {
    const seen = new AddressAnswers(
      new Map([
        [VIP, 100],
        [OTHER, 10],
      ]),
    );
    for (const source of [VIP, OTHER]) seen.take(segment(50, { source }));
    expect([seen.of(VIP), seen.of(OTHER)]).toEqual([[], [{ mac: A, at_ns: 50 }]]);
  });

  it('looks at TCP only', () => {
    const datagram = ethernet(0x0800, ipv4(17, udp(80, 4000, [1, 2, 3]), { source: VIP }));
    expect(answers([frameOf(datagram)]).of(VIP)).toEqual([]);
  });

  it('a header that is cut, or the middle of a packet, tells nothing', () => {
    const whole = ethernet(0x0800, ipv4(6, tcp(ACK, 1, 1, []), { source: VIP }));
    const middle = ethernet(0x0800, ipv4(6, tcp(ACK, 1, 1, []), { source: VIP, fragment_offset: 100 }));
    const cut = [...Array(20).keys()].map((missing) => frameOf(whole.slice(0, whole.length - 1 - missing)));
    expect(answers([...cut, frameOf(middle)]).of(VIP)).toEqual([]);
    expect(answers([frameOf(whole)]).of(VIP)).toHaveLength(1);
  });

  it('knows addresses above 127.255.255.255 as well as below', () => {
    for (const address of ['9.8.7.6', '203.0.113.255', '255.255.255.254']) {
      const seen = answers([segment(1, { source: address })], [address]);
      expect(seen.of(address)).toHaveLength(1);
    }
  });

  it('says the same for frames in every order', () => {
    const one = fc.record({
      at_ns: fc.integer({ min: 0, max: 1000 }),
      mac: fc.constantFrom(A, B),
      flags: fc.constantFrom(ACK, RST),
      source: fc.constantFrom(VIP, OTHER),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), fc.integer({ min: 0, max: 500 }), (all, since_ns) => {
        const frames = all.map(({ at_ns, ...sent }) => segment(at_ns, sent));
        const seen = (some: typeof frames) =>
          answers(some, [VIP], since_ns)
            .of(VIP)
            .toSorted((a, b) => a.mac.localeCompare(b.mac));
        const found = seen(frames);
        expect(seen(frames.toReversed())).toEqual(found);
        const served = all.filter(
          ({ at_ns, flags, source }) => at_ns >= since_ns && flags === ACK && source === VIP,
        );
        expect(new Set(found.map(({ mac }) => mac))).toEqual(new Set(served.map(({ mac }) => mac)));
        expect(found.map(({ at_ns }) => at_ns)).toEqual(
          found.map(({ mac }) => Math.min(...served.filter((s) => s.mac === mac).map((s) => s.at_ns))),
        );
      }),
    );
  });
});
