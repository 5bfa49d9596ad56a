/**
 * For `.catch` on reading a file or folder that need not be there. Any other error is thrown: what
 * cannot be read is not absent.
 */
export function ifAbsent<Fallback>(fallback: Fallback): (error: unknown) => Fallback {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return fallback
    throw error
  }
}
