/** What is wrong with a fault of a file. */
export interface FaultFlaw {
  /** Below the fault: `name`, or `settings` and the setting. */
  path: string[]
  message: string
}

/** What the board of faults would refuse in the middle of a run. */
export interface FaultRules {
  ttlSecondsMax: number
  /** @param settings with `ttlSeconds` */
  flawsOf(name: string, settings: object): FaultFlaw[]
  /** Whether it needs the proxy before the servers of an arm. */
  actsInProxy(name: string): boolean
}
