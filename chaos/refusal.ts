/** What a process answers in place of its own answer: nothing was done, ask again later. */
export const refusal = (detail: string): Response =>
  Response.json(
    { type: 'about:blank', title: 'Injected fault', status: 503, detail, code: 'injected-fault' },
    { status: 503, headers: { 'content-type': 'application/problem+json' } },
  )
