import type { ServerOptions } from '../../lab/servers/engine.ts'
import type { Arrivals } from '../../loadtests/crowd/arrival-times.ts'
import type { ScenarioName } from '../../loadtests/crowd/profiles.ts'
import type { Driver } from './result.ts'

export interface ExperimentOptions extends ServerOptions {
  /** The driver asked for; undefined takes k6 if it is available. */
  driver?: Driver | undefined
  /** Uses only tools that are installed already. */
  quick?: boolean
  /** Absolute path of the report's folder; undefined = a folder below `.stampede`. */
  out?: string | undefined
  /** Absolute path of a file for the result as JSON, besides. */
  jsonFile?: string | undefined
}

/** Options of an experiment in blocks; what is undefined takes the default of the scenario. */
export interface CrowdOptions extends ExperimentOptions {
  scenario: ScenarioName
  /** Blocks per arm. */
  blocks: number | undefined
  /** Seconds of crowd per block. */
  durationSeconds: number | undefined
  /** Peak arrivals per second. */
  rate: number | undefined
  arrivals: Arrivals
  seed: number
  quick: boolean
  /** Keep metrics in a private Prometheus, if one is available. */
  prometheus: boolean
}
