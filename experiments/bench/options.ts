/** What `./stampede bench` was asked for. */
export interface BenchOptions {
  /** Benchmarks by name; none = all. */
  names: string[]
  /** Absolute path for the figures as JSON. */
  jsonFile: string | undefined
}
