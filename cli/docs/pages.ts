import { checkersReference } from '../../audit/reference.ts'
import type { CommandTable } from '../command-line.ts'
import { axisPages } from './axis-pages.ts'
import { commandsPage } from './commands.ts'
import { environmentPage } from './environment.ts'
import { gameDaysPage } from './game-days.ts'
import { httpPage } from './http.ts'
import { page } from './markdown.ts'
import { metricsPage } from './metrics.ts'
import { axesPage, errorsPage, faultsPage, pointsPage } from './registries.ts'

/** A reference page that is generated from a registry. */
export interface GeneratedPage {
  /** Relative to the checkout. */
  path: string
  generate(): Promise<string>
}

const checkersPage = async () =>
  page(
    'Checkers',
    'What is checked after each block, once it is quiescent. Each answers true, false or ' +
      'unknown; a checker that crashed is unknown, never a pass.',
    checkersReference(),
  )

const writers: Record<string, (commands: CommandTable) => Promise<string>> = {
  axes: axesPage,
  ...axisPages,
  checkers: checkersPage,
  commands: commandsPage,
  environment: environmentPage,
  errors: errorsPage,
  faults: faultsPage,
  'game-days': gameDaysPage,
  http: httpPage,
  metrics: metricsPage,
  points: pointsPage,
}

/** The pages of docs/reference. */
export const referencePages = (commands: CommandTable): GeneratedPage[] =>
  Object.entries(writers).map(([name, write]) => ({
    path: `docs/reference/${name}.md`,
    generate: () => write(commands),
  }))
