/** Bytes of a text in UTF-8. For the few ASCII characters of a key a loop takes a fifth of the time of a call. */
export function utf8Length(text: string): number {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) >= 0x80) return Buffer.byteLength(text);
  return text.length;
}
