import { readersMax } from '../../chaos/events.ts'
import type { ProblemCode } from '../errors.ts'
import { type AppForTest, type AppOptions, tokenForTest, withToken } from './app-for-test.ts'

/** A request that ends in each problem of the board of faults. */
export function boardProblems(
  shop: (options?: AppOptions) => AppForTest['app'],
): Partial<Record<ProblemCode, () => Promise<Response>>> {
  const ask = async (app: AppForTest['app'], path: string) =>
    await app.request(path, { headers: withToken })
  return {
    'board-unavailable': async () =>
      ask(shop({ token: tokenForTest, boardUrl: 'http://127.0.0.1:1' }), '/chaos/faults'),
    async 'too-many-streams'() {
      const app = shop({ token: tokenForTest })
      const open = () => ask(app, '/chaos/events')
      const streams = await Promise.all(Array.from({ length: readersMax }, open))
      const refused = await open()
      await Promise.all(streams.map(({ body }) => body?.cancel()))
      return refused
    },
  }
}
