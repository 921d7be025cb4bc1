import type { Principal } from '@lethe/identity';

/** Whether the caller is of the staff. */
export const isAdmin = (user: Principal): boolean => user.roles.includes('admin');

/** Whose orders the caller may touch: an admin anyone's (null), others their own (S38, S40). */
export const customerOf = (user: Principal): string | null => (isAdmin(user) ? null : user.id);
