import { Address6 } from 'ip-address';

/** Numbers in network byte order. The caller has checked that they lie within `bytes`. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Six bytes as `02:00:00:00:00:01`. */
export function macText(bytes: Uint8Array, at: number): string {
  return hexText(bytes, at, at + 6);
}

/** Bytes as `01:02:0a`; nothing for none. */
export function hexText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1)
    text += `${at === from ? '' : ':'}${bytes[at]!.toString(16).padStart(2, '0')}`;
  return text;
}

/** One character a byte, as Latin-1 has them: nothing is lost, and no byte is invalid. */
export function latin1Text(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Four bytes as `198.18.0.1`. */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** Sixteen bytes as `2001:db8::1` (RFC 5952). */
export function ipv6Text(bytes: Uint8Array, at: number): string {
  return Address6.fromByteArray([...bytes.subarray(at, at + 16)]).correctForm();
}
