/** For `.catch` on reading what may be absent; any other error is thrown. */
export function ifAbsent<Fallback>(fallback: Fallback): (error: unknown) => Fallback {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return fallback
    throw error
  }
}
