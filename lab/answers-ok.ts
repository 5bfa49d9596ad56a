/** Whether an address answers with success in time. */
export const answersOk = (
  url: string | URL,
  timeoutMs: number,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<boolean> =>
  fetch(url, { method, signal: AbortSignal.timeout(timeoutMs) }).then(
    ({ ok }) => ok,
    () => false,
  )
