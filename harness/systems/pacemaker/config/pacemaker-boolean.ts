/** Whether Pacemaker takes a text for true; false as well for what is neither true nor false. */
export function isTrue(text: string | undefined): boolean {
  return /^(?:true|on|yes|y|1)$/i.test(text ?? '');
}

/** Whether Pacemaker takes a text for false. */
export function isFalse(text: string | undefined): boolean {
  return /^(?:false|off|no|n|0)$/i.test(text ?? '');
}
