/**
 * The form of an e-mail address by which accounts are told apart: NFC, lower case. Some hosts tell capitals apart in the
 * local part (RFC 5321 2.4); people do not, and two accounts that look alike are worse.
 */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
