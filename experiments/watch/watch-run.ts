import type { CheckResult } from '../../audit/checker.ts'
import { remoteWriteUrl } from '../../lab/servers/prometheus.ts'
import { findTool, type Tool } from '../../lab/tools/find.ts'
import { resolveTool } from '../../lab/tools/resolve.ts'
import { UserError } from '../../lab/user-error.ts'
import { openArm, type RunningArm } from '../run/arm.ts'
import type { Turn } from '../run/plan.ts'
import type { ArmSpec, Plan } from '../run/result.ts'
import type { TestBed } from '../run/test-bed.ts'
import { runName } from './run-folders.ts'
import { ScrapeProxy } from './scrape-proxy.ts'
import { openWatch } from './watch.ts'

/** How a rehearsal reports to Prometheus what it does; Prometheus scrapes everything else. */
export interface RunWatch {
  /** As of `Watch`. */
  seeing: Promise<void>
  /** As `openArm`; the arm's processes are scraped until it closes. */
  openArm(testBed: TestBed, spec: ArmSpec, name: string): Promise<RunningArm>
  blockBegins(turn: Turn, startMs: number): void
  blockEnds(turn: Turn): void
  audited(turn: Turn, checks: CheckResult[]): void
  /** Where the driver of a block pushes its metrics, and how they are labelled. */
  remoteWrite(turn: Turn): { url: string; labels: Record<string, string> }
}

interface WatchOptions {
  prometheus: boolean
  quick: boolean
  install: boolean
}

/** A block whose end is never reported counts as over an hour later. */
const blockMsMax = 3_600_000

/**
 * Scrapes the arms of a plan with a private Prometheus, whose data stays beside the report.
 * @returns null, after printing why, if there is none: a rehearsal does not need it
 */
async function watchRun(
  testBed: TestBed,
  plan: Plan,
  folder: string,
  options: WatchOptions,
): Promise<RunWatch | null> {
  const tool = options.prometheus ? await toolFor(testBed, options) : null
  if (!tool) return null
  const armNames = plan.arms.map(({ name }) => name)
  const scrapeProxy = ScrapeProxy.open(testBed.session)
  const servers = [{ arm: null, databases: testBed.databases }]
  const watch = await openWatch(testBed.session, scrapeProxy, tool, {
    ...{ runFolder: folder, servers, armNames },
  })
  const { board } = scrapeProxy
  const run = runName(folder)
  const { scenario, driver, seed } = plan
  board.runBegins({ run, scenario, driver, seed })
  const factsOf = ({ index, arm }: Turn) => ({ run, block: index, arm: arm.name })
  const url = remoteWriteUrl(watch.prometheus.url)
  return {
    seeing: watch.seeing,
    async openArm(testBed, spec, name) {
      const arm = await openArm(testBed, spec, name)
      watch.armUp(arm)
      return {
        ...arm,
        async close() {
          watch.armDown(arm)
          await arm.close()
        },
      }
    },
    blockBegins: (turn, startMs) => board.blockBegins(factsOf(turn), startMs, startMs + blockMsMax),
    blockEnds: (turn) => board.blockEnds(factsOf(turn)),
    audited: (turn, checks) => board.audited(run, turn.arm.name, checks),
    remoteWrite(turn) {
      const { arm, block } = factsOf(turn)
      return { url, labels: { run, arm, block: String(block) } }
    },
  }
}

/** The test bed with a Prometheus that scrapes its arms, if one is wanted and available. */
export async function watched<Own extends TestBed>(
  testBed: Own,
  plan: Plan,
  folder: string,
  options: WatchOptions,
) {
  const watch = await watchRun(testBed, plan, folder, options)
  return { ...testBed, openArm: watch?.openArm ?? openArm, ...(watch ? { watch } : {}) }
}

/** Fetched if that is allowed; in a quick run only if it is installed. */
async function toolFor(testBed: TestBed, { quick, install }: WatchOptions): Promise<Tool | null> {
  if (quick || !install) return await findTool('prometheus')
  return await resolveTool(testBed.session, 'prometheus', { install }).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error
    console.error(`stampede: no Prometheus, so no metrics of this run: ${error.message}`)
    return null
  })
}
