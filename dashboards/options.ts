export const verbs = ['build', 'check', 'verify'] as const

/** What `./stampede dashboards` was asked for. */
export interface DashboardsOptions {
  verb: (typeof verbs)[number]
  /** Absolute path where `verify` writes its verdicts. */
  jsonFile: string | undefined
  /** Address of the Prometheus that `verify` asks; undefined = the one of `./stampede up`. */
  prometheus: string | undefined
}
