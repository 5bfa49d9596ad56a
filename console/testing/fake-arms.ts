import { appForTest, tokenForTest } from '../../server/testing/app-for-test.ts'
import { type ArmName, armNames } from '../model/faults.ts'

/** An API with a board of faults of its own, without a shop behind it. */
export interface FakeArm {
  url: string
  board: ReturnType<typeof appForTest>['board']
  /** Headers of each request that has come. */
  asked: Headers[]
  /** Nothing listens until `start`, at the same address. */
  stop(): Promise<void>
  start(): void
}

/** Both arms, which take the token of tests. */
export function startFakeArms(): Record<ArmName, FakeArm> {
  const [before, after] = armNames.map(startFakeArm)
  if (!before || !after) throw new Error('there are two arms')
  return { before, after }
}

function startFakeArm(): FakeArm {
  const { app, board } = appForTest({ token: tokenForTest })
  const asked: Headers[] = []
  const serve = (port: number) =>
    Bun.serve({
      ...{ hostname: '127.0.0.1', port },
      fetch(request) {
        asked.push(request.headers)
        return app.fetch(request)
      },
    })
  let server = serve(0)
  const port = server.port ?? 0
  return {
    ...{ url: `http://127.0.0.1:${port}`, board, asked },
    stop: () => server.stop(true),
    start() {
      server = serve(port)
    },
  }
}
