/** What a user would read and the exit code; null when nothing was refused. */
export const refusalOf = (asked: Promise<unknown>) =>
  asked.then(
    () => null,
    (error: Error & { exitCode?: number }) => ({ text: error.message, code: error.exitCode }),
  )
