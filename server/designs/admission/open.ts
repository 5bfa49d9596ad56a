import type { Admission } from './admission.ts'

/**
 * in: every request · out: every request.
 * Leaves open: under more than can be served everybody waits, and past the clients' patience the
 * work is done for people who have gone.
 */
export const open: Admission = { admit: () => undefined }
