/**
 * Opens something at the first call and gives the same ever after. After a failure the next call
 * tries again: the database may only have been unavailable.
 */
export function openedOnce<T>(open: () => Promise<T>): () => Promise<T> {
  let opening: Promise<T> | undefined
  return async () => {
    opening ??= open()
    try {
      return await opening
    } catch (error) {
      opening = undefined
      throw error
    }
  }
}
