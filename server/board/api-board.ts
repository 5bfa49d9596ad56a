import { type BoardControl, createBoard } from '../../chaos/board.ts'
import type { BoardAccess } from '../../chaos/http.ts'
import { faultMetrics, faultReadings } from '../../chaos/metrics.ts'
import { registerMetrics } from '../metrics/register.ts'
import { insideOf } from './inside-rounds.ts'
import { type BoardSettings, follow, isRefused, type JoinedBoard } from './join.ts'
import { refuseUnobeyed } from './unobeyed.ts'

/** What an API server has besides: where its routes of chaos lead. */
export interface ApiBoard extends JoinedBoard {
  access: BoardAccess
}

/**
 * Opens chaos for an API server: with the board that the environment names, or else with one of its
 * own; without a token there is none, nor where it is refused.
 */
export function openApiBoard(settings: BoardSettings): ApiBoard | undefined {
  const { CHAOS_TOKEN: token, CHAOS_BOARD_URL: url } = settings
  if (token === undefined || isRefused(settings)) return undefined
  if (url !== undefined) {
    const { forward, ...joined } = follow('api', url, token)
    return { ...joined, access: { forward } }
  }
  const stopping = new AbortController()
  const board = createBoard()
  const inside = insideOf(board, 'api')
  const put: BoardControl['put'] = (name, settings) => {
    refuseUnobeyed(name, { outside: false, proxy: false, board: false })
    return board.put(name, settings)
  }
  return {
    chaos: board,
    access: { control: { ...board, put }, stopping: stopping.signal },
    start: inside.start,
    register: (registry) => registerMetrics(registry, faultMetrics, faultReadings(board)),
    stop() {
      stopping.abort()
      board.reset()
      inside.stop()
    },
  }
}
