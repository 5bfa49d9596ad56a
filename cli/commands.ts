import type { CommandTable } from './command-line.ts'

/** Every command of `./stampede`. */
export const commands: CommandTable = {
  rehearse: () => import('./rehearse.ts'),
  ladder: () => import('./ladder.ts'),
  compare: () => import('./compare.ts'),
  capacity: () => import('./capacity.ts'),
  'tipping-point': () => import('./tipping-point.ts'),
  matrix: () => import('./matrix.ts'),
  up: () => import('./up.ts'),
  spike: () => import('./spike.ts'),
  canary: () => import('./canary.ts'),
  'fade-out': () => import('./fade-out.ts'),
  down: () => import('./down.ts'),
  open: () => import('./open.ts'),
  replay: () => import('./replay.ts'),
  test: () => import('./test.ts'),
  doctor: () => import('./doctor.ts'),
  chaos: () => import('./chaos.ts'),
  'game-day': () => import('./game-day.ts'),
  prove: () => import('./prove.ts'),
  reproduce: () => import('./reproduce.ts'),
  bench: () => import('./bench.ts'),
  dashboards: () => import('./dashboards.ts'),
  docs: async () => ({ default: (await import('./docs.ts')).docsCommand(commands) }),
}
