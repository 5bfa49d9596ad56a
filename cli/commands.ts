import type { CommandTable } from './arguments.ts'

/** Every command of `./stampede`. */
export const commands: CommandTable = {
  rehearse: async () => (await import('./rehearse.ts')).default,
  ladder: async () => (await import('./ladder.ts')).default,
  compare: async () => (await import('./compare.ts')).default,
  capacity: async () => (await import('./capacity.ts')).default,
  up: async () => (await import('./up.ts')).default,
  spike: async () => (await import('./spike.ts')).default,
  down: async () => (await import('./down.ts')).default,
  open: async () => (await import('./open.ts')).default,
  replay: async () => (await import('./replay.ts')).default,
  test: async () => (await import('./test.ts')).default,
  doctor: async () => (await import('./doctor.ts')).default,
  prove: async () => (await import('./prove.ts')).default,
  reproduce: async () => (await import('./reproduce.ts')).default,
  bench: async () => (await import('./bench.ts')).default,
  dashboards: async () => (await import('./dashboards.ts')).default,
  docs: async () => (await import('./docs.ts')).docsCommand(commands),
}
