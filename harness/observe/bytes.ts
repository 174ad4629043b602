/** Numbers in network byte order. The caller has checked that they lie within `bytes`. */
export function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

export function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** Six bytes as `02:00:00:00:00:01`. */
export function macText(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = 0; i < 6; i += 1)
    text += `${i === 0 ? '' : ':'}${bytes[at + i]!.toString(16).padStart(2, '0')}`;
  return text;
}

/** Four bytes as `198.18.0.1`. */
export function ipv4Text(bytes: Uint8Array, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}
